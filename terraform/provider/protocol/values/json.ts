import { conform, type Encoding } from './conform.ts';
import { parseJson } from './exact-json.ts';
import { numericOfPrinted } from './numeric.ts';
import type { Type } from './type.ts';
import type { JsonValue, Value } from './value.ts';

/** A value whose type the schema leaves open is `{"type": …, "value": …}`. */
const encoding: Encoding = {
  lenient: true,
  double: numericOfPrinted,
  dynamic(value) {
    const { type, value: inner } = value as { type?: Type; value?: unknown };
    return type === undefined ? undefined : { type, value: inner };
  },
};

/** Reads a value of a type. @throws ValueError, SyntaxError */
export function decodeJson(type: Type, text: string): Value {
  return conform(type, parseJson(text), encoding);
}

/** A state out of JSON: attributes that it lacks are null, those that the schema lacks are dropped. @throws ValueError */
export function valueOfJson(type: Type, json: JsonValue): Value {
  return conform(type, json, encoding);
}
