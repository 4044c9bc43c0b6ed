import { ProviderError } from '../contracts/diagnostics.ts';
import type { Resource } from '../contracts/resource.ts';
import type { Attributes } from '../schema/attribute.ts';
import { parseJson } from '../values/exact-json.ts';
import type { JsonObject } from '../values/value.ts';
import type { RawState } from '../wire/descriptions.ts';

/**
 * A stored state, made one of the resource's present version step by step.
 * @throws ProviderError when it is of a later version, or of a CLI before 0.12.
 */
export function stateOfVersion<C>(
  resource: Resource<Attributes, C> | undefined,
  version: number,
  raw: RawState | undefined,
): JsonObject | null {
  if (raw?.json === undefined || raw.json.length === 0) {
    if (Object.keys(raw?.flatmap ?? {}).length > 0) throw flatMap();
    return null;
  }
  let state = parseJson(Buffer.from(raw.json).toString()) as JsonObject | null;
  const present = resource?.schema.version ?? 0;
  if (resource === undefined || state === null) return state;
  if (version > present) throw tooNew(version, present);
  for (let at = version; at < present; at++) state = (resource.upgrades?.[at] ?? same)(state);
  return state;
}

/** A version that only added attributes needs no upgrade of its own. */
const same = (state: JsonObject): JsonObject => state;

function tooNew(version: number, present: number): ProviderError {
  return new ProviderError({
    code: 'STATE_TOO_NEW',
    summary: 'The state was written by a later version of the provider',
    detail: `The state has version ${version} of the resource's schema, and this provider knows versions up to ${present}. Update the provider.`,
  });
}

function flatMap(): ProviderError {
  return new ProviderError({
    code: 'STATE_TOO_OLD',
    summary: 'The state was written by a CLI before version 0.12',
    detail: 'This provider never wrote such a state. Remove the object from the state and import it.',
  });
}
