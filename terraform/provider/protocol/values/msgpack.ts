import { ExtData, ExtensionCodec, encode } from '@msgpack/msgpack';
import type { Path } from '../contracts/diagnostics.ts';
import { decodeAnyKey } from './any-key.ts';
import { conform, type Encoding } from './conform.ts';
import { exactText } from './decimal.ts';
import { isNumeric, numericOfDouble, textOf } from './numeric.ts';
import type { Type } from './type.ts';
import { isUnknown, UNKNOWN, Unknown } from './unknown.ts';
import { Dynamic, type Value, type ValueRecord } from './value.ts';
import { ValueError } from './value-error.ts';

// Facts of the wire format: an unknown value is extension 0, of which the body means nothing, or extension 12 with
// what is known about it. A number is an integer when it is whole and has 64 bits, else a double when that is
// exact, else its digits as a string. A value of an open type is an array of its type, as JSON, and itself.
const PLAIN_UNKNOWN = 0;
const REFINED_UNKNOWN = 12;

const decoding = new ExtensionCodec();
// Whatever extension a later CLI may send stands for what is not known yet.
for (let type = 0; type < 128; type++) decoding.register({ type, encode: () => null, decode: () => UNKNOWN });
decoding.register({ type: REFINED_UNKNOWN, encode: () => null, decode: (body) => new Unknown(body.slice()) });

const encoding: Encoding = {
  lenient: false,
  double: numericOfDouble,
  dynamic(value) {
    if (!Array.isArray(value) || value.length !== 2 || !(value[0] instanceof Uint8Array)) return undefined;
    return { type: JSON.parse(Buffer.from(value[0]).toString()) as Type, value: value[1] };
  },
};

/** Reads a value of a type; an object has exactly the attributes of its type. @throws ValueError, DecodeError */
export function decodeMsgpack(type: Type, bytes: Uint8Array): Value {
  return conform(type, decodeAnyKey(bytes, decoding), encoding);
}

/** Writes a value of a type as the CLI would write it. @throws ValueError where it does not fit. */
export function encodeMsgpack(type: Type, value: Value): Uint8Array {
  return encode(wire(type, value, []), { useBigInt64: true, sortKeys: true });
}

/** What the encoder writes for a value. */
function wire(type: Type, value: Value | undefined, path: Path): unknown {
  if (value === null || value === undefined) return null;
  if (isUnknown(value)) {
    if (value.refinements === undefined) return new ExtData(PLAIN_UNKNOWN, new Uint8Array(1));
    return new ExtData(REFINED_UNKNOWN, value.refinements);
  }
  if (type === 'dynamic') {
    if (!(value instanceof Dynamic)) throw new ValueError('a value with its type is required', path);
    return [Buffer.from(JSON.stringify(value.type)), wire(value.type, value.value, path)];
  }
  if (type === 'number') {
    if (!isNumeric(value)) throw new ValueError('a number is required', path);
    return wireNumber(textOf(value));
  }
  if (type === 'string' || type === 'bool') {
    if (typeof value === (type === 'bool' ? 'boolean' : 'string')) return value;
    throw new ValueError(`a ${type} is required`, path);
  }
  if (type[0] === 'map' || type[0] === 'object') return wireRecord(type, value, path);
  if (!Array.isArray(value)) throw new ValueError(`a ${type[0]} is required`, path);
  if (type[0] === 'tuple') return type[1].map((each, index) => wire(each, value[index], [...path, index]));
  return value.map((each, index) => wire(type[1], each, [...path, index]));
}

function wireRecord(type: Type & readonly unknown[], value: Value, path: Path): Record<string, unknown> {
  if (!isRecord(value)) throw new ValueError(`a ${type[0]} is required`, path);
  if (type[0] === 'map')
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [key, wire(type[1] as Type, each, [...path, key])]),
    );
  const types = type[1] as Readonly<Record<string, Type>>;
  const stray = Object.keys(value).find((name) => !Object.hasOwn(types, name) && value[name] !== undefined);
  if (stray !== undefined) throw new ValueError('there is no such attribute', [...path, stray]);
  return Object.fromEntries(
    Object.entries(types).map(([name, each]) => [name, wire(each, value[name], [...path, name])]),
  );
}

function isRecord(value: Value): value is ValueRecord {
  return (
    typeof value === 'object' && !Array.isArray(value) && !isNumeric(value) && !(value instanceof Dynamic)
  );
}

const LARGEST_SHORT = 2 ** 32;
const INT64 = 1n << 63n;

function wireNumber(text: string): number | bigint | string {
  const double = Number(text);
  if (text.includes('.')) return Number.isFinite(double) && exactText(double) === text ? double : text;
  // The encoder takes whole numbers of more than 32 bits as doubles unless they are bigints.
  if (Math.abs(double) < LARGEST_SHORT || /Infinity/.test(text)) return double;
  const whole = BigInt(text);
  if (whole >= -INT64 && whole < INT64) return whole;
  return Number.isFinite(double) && BigInt(double) === whole ? double : text;
}
