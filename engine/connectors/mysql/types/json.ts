import { corrupt } from '../capture/event.ts';
import { decimalText } from './decimal.ts';

/**
 * JSON values in the server's binary form, to the text that CAST(… AS CHAR) prints. Small (2-byte) and large (4-byte) offsets are relative
 * to the start of their object or array. Format: sql-common/json_binary.h; text: Json_wrapper::to_string in sql-common/json_dom.cc.
 */
export function jsonText(bytes: Buffer): string {
  // An empty value is what an error left in a nullable column: the server reads it as null.
  if (bytes.length === 0) return 'null';
  return valueText(bytes, bytes[0]!, 1);
}

const types = {
  smallObject: 0,
  largeObject: 1,
  smallArray: 2,
  largeArray: 3,
  literal: 4,
  int16: 5,
  uint16: 6,
  int32: 7,
  uint32: 8,
  int64: 9,
  uint64: 10,
  double: 11,
  string: 12,
  opaque: 15,
} as const;

function valueText(bytes: Buffer, type: number, at: number): string {
  switch (type) {
    case types.smallObject:
      return objectText(bytes, at, 2);
    case types.largeObject:
      return objectText(bytes, at, 4);
    case types.smallArray:
      return arrayText(bytes, at, 2);
    case types.largeArray:
      return arrayText(bytes, at, 4);
    case types.literal:
      return literalText(bytes[at]!);
    case types.int16:
      return String(bytes.readInt16LE(at));
    case types.uint16:
      return String(bytes.readUInt16LE(at));
    case types.int32:
      return String(bytes.readInt32LE(at));
    case types.uint32:
      return String(bytes.readUInt32LE(at));
    case types.int64:
      return String(bytes.readBigInt64LE(at));
    case types.uint64:
      return String(bytes.readBigUInt64LE(at));
    case types.double:
      return doubleText(bytes.readDoubleLE(at));
    case types.string: {
      const { value: length, end } = readLength(bytes, at);
      return quoted(bytes.toString('utf8', end, end + length));
    }
    case types.opaque: {
      const { value: length, end } = readLength(bytes, at + 1);
      return opaqueText(bytes.subarray(end, end + length), bytes[at]!);
    }
    default:
      throw corrupt(`a JSON value has the unknown type ${type}`);
  }
}

function objectText(bytes: Buffer, start: number, size: 2 | 4): string {
  const count = readOffset(bytes, start, size);
  const parts: string[] = [];
  for (let i = 0; i < count; i++) {
    const key = start + 2 * size + i * (size + 2);
    const keyStart = start + readOffset(bytes, key, size);
    const name = bytes.toString('utf8', keyStart, keyStart + bytes.readUInt16LE(key + size));
    const entry = start + 2 * size + count * (size + 2) + i * (size + 1);
    parts.push(`${quoted(name)}: ${entryText(bytes, start, entry, size)}`);
  }
  return `{${parts.join(', ')}}`;
}

function arrayText(bytes: Buffer, start: number, size: 2 | 4): string {
  const count = readOffset(bytes, start, size);
  const parts: string[] = [];
  for (let i = 0; i < count; i++)
    parts.push(entryText(bytes, start, start + 2 * size + i * (size + 1), size));
  return `[${parts.join(', ')}]`;
}

/** A value entry holds small values in the place of their offset. */
function entryText(bytes: Buffer, start: number, entry: number, size: 2 | 4): string {
  const type = bytes[entry]!;
  const inline =
    type === types.literal ||
    type === types.int16 ||
    type === types.uint16 ||
    (size === 4 && (type === types.int32 || type === types.uint32));
  return valueText(bytes, type, inline ? entry + 1 : start + readOffset(bytes, entry + 1, size));
}

const readOffset = (bytes: Buffer, at: number, size: 2 | 4): number =>
  size === 2 ? bytes.readUInt16LE(at) : bytes.readUInt32LE(at);

function literalText(value: number): string {
  if (value === 0) return 'null';
  return value === 1 ? 'true' : 'false';
}

/** Lengths: seven bits a byte, least significant first, the high bit says that more follow. */
function readLength(bytes: Buffer, at: number): { value: number; end: number } {
  let value = 0;
  for (let i = 0; i < 5; i++) {
    const byte = bytes[at + i]!;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return { value, end: at + i + 1 };
  }
  throw corrupt('a length inside a JSON value is too long');
}

/**
 * Doubles as the server prints them in JSON: the shortest digits that read back equal; with an exponent when the decimal point would
 * stand more than 15 places from the first digit; whole numbers end in `.0`. Source: my_gcvt in strings/dtoa.cc.
 */
export function doubleText(value: number): string {
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const [mantissa = '', exponentText = '0'] = Math.abs(value).toExponential().split('e');
  const digits = mantissa.replace('.', '');
  const exponent = Number(exponentText);
  const text = exponent < -15 || exponent > 14 ? scientific(digits, exponent) : plain(digits, exponent);
  return value < 0 ? `-${text}` : text;
}

const scientific = (digits: string, exponent: number): string =>
  `${digits[0]}${digits.length > 1 ? `.${digits.slice(1)}` : ''}e${exponent}`;

function plain(digits: string, exponent: number): string {
  const point = exponent + 1;
  if (point <= 0) return `0.${'0'.repeat(-point)}${digits}`;
  if (digits.length <= point) return `${digits}${'0'.repeat(point - digits.length)}.0`;
  return `${digits.slice(0, point)}.${digits.slice(point)}`;
}

const escapes: Record<string, string> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

function quoted(text: string): string {
  if (!/["\\\u0000-\u001f]/.test(text)) return `"${text}"`;
  const escaped = text.replace(
    /["\\\u0000-\u001f]/g,
    (c) => escapes[c] ?? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `"${escaped}"`;
}

/** Values that JSON itself has not, kept with their MySQL type: decimals as numbers, times as text, the rest in base64. */
function opaqueText(data: Buffer, type: number): string {
  switch (type) {
    case 246:
      return decimalText(data, 2, data[0]!, data[1]!);
    case 10:
      return `"${packedDatetime(data).slice(0, 10)}"`;
    case 12:
    case 7:
      return `"${packedDatetime(data)}"`;
    case 11:
      return `"${packedTime(data)}"`;
    default:
      return `"base64:type${type}:${data.toString('base64')}"`;
  }
}

/** 8 bytes: year × 13 + month 17 bits, day 5, hour 5, minute 6, second 6, microsecond 24. */
function packedDatetime(data: Buffer): string {
  const packed = data.readBigInt64LE(0);
  const value = packed < 0n ? -packed : packed;
  const clock = Number((value >> 24n) & 0x1ffffn);
  const date = Number(value >> 41n);
  const months = date >> 5;
  return `${pad(Math.floor(months / 13), 4)}-${pad(months % 13, 2)}-${pad(date & 31, 2)} ${clockText(clock >> 12, clock)}.${pad(
    Number(value & 0xffffffn),
    6,
  )}`;
}

/** 8 bytes: hour 10 bits, minute 6, second 6, microsecond 24; negative as a whole. */
function packedTime(data: Buffer): string {
  const packed = data.readBigInt64LE(0);
  const value = packed < 0n ? -packed : packed;
  const clock = Number(value >> 24n);
  return `${packed < 0n ? '-' : ''}${clockText((clock >> 12) & 1023, clock)}.${pad(Number(value & 0xffffffn), 6)}`;
}

const clockText = (hour: number, packed: number): string =>
  `${pad(hour, 2)}:${pad((packed >> 6) & 63, 2)}:${pad(packed & 63, 2)}`;

const pad = (value: number, digits: number): string => String(value).padStart(digits, '0');
