import type { PrivateState } from '../contracts/context.ts';
import { parseJson, printJson } from '../values/exact-json.ts';
import type { JsonObject, JsonValue } from '../values/value.ts';

/** Private state as the bytes that the CLI keeps: JSON, or nothing when it is empty. */
export class KeptFacts implements PrivateState {
  readonly #facts: Map<string, JsonValue>;

  constructor(bytes: Uint8Array) {
    this.#facts = new Map(Object.entries(objectOf(bytes)));
  }

  get(key: string): JsonValue | undefined {
    return this.#facts.get(key);
  }

  set(key: string, value: JsonValue | undefined): void {
    if (value === undefined) this.#facts.delete(key);
    else this.#facts.set(key, value);
  }

  bytes(): Uint8Array {
    if (this.#facts.size === 0) return new Uint8Array();
    return bytesOf(Object.fromEntries(this.#facts));
  }
}

/** Nothing is an empty object; so is what another program wrote. */
export function objectOf(bytes: Uint8Array): JsonObject {
  if (bytes.length === 0) return {};
  try {
    const value = parseJson(Buffer.from(bytes).toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

export function bytesOf(object: JsonObject): Uint8Array {
  return Buffer.from(printJson(object));
}
