import type { Path } from '../contracts/diagnostics.ts';
import { type Attribute, type Attributes, isComputed, isNested } from '../schema/attribute.ts';
import { typeOf } from '../schema/type-of.ts';
import { sameValue } from '../values/fingerprint.ts';
import { isUnknown } from '../values/unknown.ts';
import type { Value, ValueRecord } from '../values/value.ts';

/**
 * Where a plan breaks the CLI's rules: what is set is planned as set, or as it was where it was anything at all, and
 * what is not set and not computed is null. The CLI refuses such a plan without saying which resource's code made it.
 */
export function unlawful(
  attributes: Attributes,
  config: ValueRecord,
  prior: ValueRecord | null,
  planned: ValueRecord,
  path: Path = [],
): Path[] {
  return Object.entries(attributes).flatMap(([name, attribute]) =>
    ofAttribute(attribute, config[name] ?? null, prior?.[name] ?? null, planned[name] ?? null, [
      ...path,
      name,
    ]),
  );
}

function ofAttribute(attribute: Attribute, config: Value, prior: Value, planned: Value, path: Path): Path[] {
  const type = typeOf(attribute);
  if (attribute.writeOnly) return planned === null ? [] : [path];
  if (config === null) return isComputed(attribute) || planned === null ? [] : [path];
  if (sameValue(type, planned, config)) return [];
  if (prior !== null && sameValue(type, planned, prior)) return [];
  if (!isNested(attribute) || isUnknown(config) || isUnknown(planned) || planned === null) return [path];
  const within = (one: Value, before: Value, after: Value, at: Path): Path[] =>
    isObject(one) && isObject(after)
      ? unlawful(attribute.attributes, one, isObject(before) ? before : null, after, at)
      : sameValue(['object', {}], one, after)
        ? []
        : [at];
  if (attribute.nesting === 'single') return within(config, prior, planned, path);
  const keys = keysOf(config);
  if (keysOf(planned).join() !== keys.join()) return [path];
  if (attribute.nesting === 'set') return []; // which element became which cannot be told
  const of = (value: Value, key: string) =>
    isObject(value) && Object.hasOwn(value, key) ? (value[key] ?? null) : null;
  return keys.flatMap((key) => within(of(config, key), of(prior, key), of(planned, key), [...path, key]));
}

function keysOf(value: Value): string[] {
  return Object.keys(value as object).sort();
}

function isObject(value: Value): value is ValueRecord {
  return typeof value === 'object' && value !== null && !isUnknown(value);
}
