import { isNumeric, textOf } from './numeric.ts';
import type { Type } from './type.ts';
import { isUnknown } from './unknown.ts';
import { Dynamic, type Value, type ValueRecord } from './value.ts';

/** Whether two values of a type are the same: sets in any order, numbers by their digits, unknown as unknown. */
export function sameValue(type: Type, left: Value, right: Value): boolean {
  return left === right || fingerprint(type, left) === fingerprint(type, right);
}

/** A text that is the same for the same values of a type, and for them alone. */
export function fingerprint(type: Type, value: Value | undefined): string {
  if (value === null || value === undefined) return 'null';
  if (isUnknown(value)) return '?';
  if (value instanceof Dynamic)
    return `<${JSON.stringify(value.type)}>${fingerprint(value.type, value.value)}`;
  if (isNumeric(value)) return textOf(value);
  if (typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value);
  if (Array.isArray(value)) return ofArray(type, value);
  return ofRecord(type, value as ValueRecord);
}

function ofArray(type: Type, values: readonly Value[]): string {
  const texts = values.map((each, index) => fingerprint(elementType(type, index), each));
  const ordered = type[0] === 'set' ? [...new Set(texts)].sort() : texts;
  return `[${ordered.join()}]`;
}

function ofRecord(type: Type, record: ValueRecord): string {
  const names = (type[0] === 'object' ? Object.keys(type[1] as object) : Object.keys(record)).sort();
  const members = names.map(
    (name) => `${JSON.stringify(name)}:${fingerprint(elementType(type, name), record[name])}`,
  );
  return `{${members.join()}}`;
}

/** The type of a collection's elements, or of one member of an object or tuple; `dynamic` when it has none. */
export function elementType(type: Type, member: string | number): Type {
  if (typeof type === 'string') return 'dynamic';
  if (type[0] === 'object') return type[1][member] ?? 'dynamic';
  if (type[0] === 'tuple') return type[1][Number(member)] ?? 'dynamic';
  return type[1];
}
