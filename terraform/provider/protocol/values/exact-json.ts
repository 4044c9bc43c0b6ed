import { Decimal } from './decimal.ts';
import { numericOf } from './numeric.ts';
import type { JsonValue } from './value.ts';

/** What the parser tells beside a value: how it was written. */
interface Written {
  readonly source?: string;
}

const parse = JSON.parse as (
  text: string,
  reviver: (this: unknown, key: string, value: unknown, written: Written) => unknown,
) => unknown;

const rawJson = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON;

/** JSON.parse that loses no digit of a number. */
export function parseJson(text: string): JsonValue {
  return parse(text, (_key, value, written) =>
    typeof value === 'number' ? numericOf(written.source ?? String(value)) : value,
  ) as JsonValue;
}

/** JSON.stringify that loses no digit of a number. */
export function printJson(value: JsonValue): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    each instanceof Decimal ? rawJson(each.text) : typeof each === 'bigint' ? rawJson(String(each)) : each,
  );
}
