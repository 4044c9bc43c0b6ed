import type { Path } from '../contracts/diagnostics.ts';
import { isNumeric, numericOf } from './numeric.ts';
import type { Type } from './type.ts';
import { isUnknown } from './unknown.ts';
import { Dynamic, type Numeric, type Value } from './value.ts';
import { ValueError } from './value-error.ts';

/** How an encoding writes what the types do not tell. */
export interface Encoding {
  /** The type and the value of one whose type the schema leaves open. */
  dynamic(value: unknown): { readonly type: Type; readonly value: unknown } | undefined;
  /** Whether members of an object that are not there count as null, and others are dropped. */
  readonly lenient: boolean;
  /** The number that a double stands for; it is not NaN. */
  double(raw: number): Numeric;
}

/** Makes a value of a type out of what a decoder gave. @throws ValueError where it does not fit. */
export function conform(type: Type, raw: unknown, encoding: Encoding, path: Path = []): Value {
  if (raw === null || raw === undefined) return null;
  if (isUnknown(raw)) return raw;
  const wrong = (expected: string) => new ValueError(`${expected} is required`, path);
  if (type === 'string') {
    if (typeof raw !== 'string') throw wrong('a string');
    return raw;
  }
  if (type === 'bool') {
    if (typeof raw !== 'boolean') throw wrong('a bool');
    return raw;
  }
  if (type === 'number') return fitNumber(raw, encoding, path);
  if (type === 'dynamic') {
    const typed = encoding.dynamic(raw);
    if (typed === undefined) throw wrong('a value with its type');
    return new Dynamic(typed.type, conform(typed.type, typed.value, encoding, path));
  }
  if (type[0] === 'map' || type[0] === 'object') {
    if (typeof raw !== 'object' || Array.isArray(raw)) throw wrong(type[0] === 'map' ? 'a map' : 'an object');
    const record = raw as Record<string, unknown>;
    if (type[0] === 'object') return fitObject(type[1], record, encoding, path);
    return fitMap(type[1], record, encoding, path);
  }
  if (!Array.isArray(raw)) throw wrong(`a ${type[0]}`);
  if (type[0] !== 'tuple')
    return raw.map((each, index) => conform(type[1], each, encoding, [...path, index]));
  if (raw.length !== type[1].length) throw wrong(`a tuple of ${type[1].length}`);
  return type[1].map((each, index) => conform(each, raw[index], encoding, [...path, index]));
}

function fitNumber(raw: unknown, encoding: Encoding, path: Path): Value {
  if (typeof raw === 'number' && !Number.isNaN(raw)) return encoding.double(raw);
  try {
    if (typeof raw === 'bigint' || typeof raw === 'string') return numericOf(String(raw));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  if (isNumeric(raw) && typeof raw !== 'number') return raw;
  throw new ValueError('a number is required', path);
}

function fitMap(type: Type, raw: Record<string, unknown>, encoding: Encoding, path: Path): Value {
  const entries = Object.entries(raw);
  return Object.fromEntries(
    entries.map(([key, each]) => [key, conform(type, each, encoding, [...path, key])]),
  );
}

function fitObject(
  types: Readonly<Record<string, Type>>,
  raw: Record<string, unknown>,
  encoding: Encoding,
  path: Path,
): Value {
  if (!encoding.lenient) {
    const stray = Object.keys(raw).find((name) => !Object.hasOwn(types, name));
    if (stray !== undefined) throw new ValueError('there is no such attribute', [...path, stray]);
    const missing = Object.keys(types).find((name) => !Object.hasOwn(raw, name));
    if (missing !== undefined) throw new ValueError('the attribute is missing', [...path, missing]);
  }
  return Object.fromEntries(
    Object.entries(types).map(([name, type]) => [name, conform(type, raw[name], encoding, [...path, name])]),
  );
}
