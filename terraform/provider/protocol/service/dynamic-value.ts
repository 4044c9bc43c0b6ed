import type { Attributes } from '../schema/attribute.ts';
import { objectType } from '../schema/type-of.ts';
import { decodeJson } from '../values/json.ts';
import { decodeMsgpack, encodeMsgpack } from '../values/msgpack.ts';
import type { Type } from '../values/type.ts';
import type { Value, ValueRecord } from '../values/value.ts';
import type { DynamicValue } from '../wire/descriptions.ts';

/** Reads a value in either of its encodings; absent is null. @throws ValueError */
export function readValue(type: Type, value: DynamicValue | undefined): Value {
  if (value?.msgpack !== undefined && value.msgpack.length > 0) return decodeMsgpack(type, value.msgpack);
  if (value?.json !== undefined && value.json.length > 0)
    return decodeJson(type, Buffer.from(value.json).toString());
  return null;
}

/** The object of these attributes, or null. @throws ValueError */
export function readObject(attributes: Attributes, value: DynamicValue | undefined): ValueRecord | null {
  return readValue(objectType(attributes), value) as ValueRecord | null;
}

/** @throws ValueError where the object does not fit the attributes. */
export function writeObject(attributes: Attributes, object: ValueRecord | null): DynamicValue {
  return writeValue(objectType(attributes), object);
}

export function writeValue(type: Type, value: Value): DynamicValue {
  return { msgpack: encodeMsgpack(type, value) };
}
