import type { JsonDocument, JsonScalarType } from '../../../core/row.ts';
import { corrupt } from '../capture/event.ts';
import { type SeenScalar, typedDocument } from './json-document.ts';
import { opaqueText, opaqueType } from './json-opaque.ts';

/**
 * JSON values in the server's binary form, to the text that CAST(… AS CHAR) prints; with the types of scalars that the text does not
 * tell, if there are any. Small (2-byte) and large (4-byte) offsets are relative to the start of their object or array.
 * Format: sql-common/json_binary.h; text: Json_wrapper::to_string in sql-common/json_dom.cc.
 */
export function jsonValue(bytes: Buffer): string | JsonDocument {
  // An empty value is what an error left in a nullable column: the server reads it as null.
  if (bytes.length === 0) return 'null';
  const reader = new Reader(bytes);
  const text = reader.value(bytes[0]!, 1);
  return reader.typed === undefined ? text : typedDocument(text, reader.typed);
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

/** Integers of text from here on are unsigned, below signed: what the server makes of a text. Type handler: Rapid_json_handler in json_dom.cc. */
export const FIRST_UNSIGNED = 2 ** 32;

class Reader {
  /** Scalars so far that the text does not tell; absent while there is none. */
  typed: SeenScalar[] | undefined;
  readonly #bytes: Buffer;
  /** Scalars so far. */
  #scalars = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  value(type: number, at: number): string {
    switch (type) {
      case types.smallObject:
        return this.#object(at, 2);
      case types.largeObject:
        return this.#object(at, 4);
      case types.smallArray:
        return this.#array(at, 2);
      case types.largeArray:
        return this.#array(at, 4);
      default:
        this.#scalars++;
        return this.#scalar(type, at);
    }
  }

  #scalar(type: number, at: number): string {
    const bytes = this.#bytes;
    switch (type) {
      case types.literal:
        return literalText(bytes[at]!);
      case types.int16:
        return String(bytes.readInt16LE(at));
      case types.uint16:
        this.#seen('UNSIGNED');
        return String(bytes.readUInt16LE(at));
      case types.int32:
        return String(bytes.readInt32LE(at));
      case types.uint32:
        this.#seen('UNSIGNED');
        return String(bytes.readUInt32LE(at));
      case types.int64: {
        const value = bytes.readBigInt64LE(at);
        if (value >= FIRST_UNSIGNED) this.#seen('SIGNED');
        return String(value);
      }
      case types.uint64: {
        const value = bytes.readBigUInt64LE(at);
        if (value < FIRST_UNSIGNED) this.#seen('UNSIGNED');
        return String(value);
      }
      case types.double:
        return doubleText(bytes.readDoubleLE(at));
      case types.string: {
        const { value: length, end } = readLength(bytes, at);
        return quoted(bytes.toString('utf8', end, end + length));
      }
      case types.opaque: {
        const { value: length, end } = readLength(bytes, at + 1);
        this.#seen(opaqueType(bytes[at]!));
        return opaqueText(bytes.subarray(end, end + length), bytes[at]!);
      }
      default:
        throw corrupt(`a JSON value has the unknown type ${type}`);
    }
  }

  /** The scalar that is being read has a type that its text does not tell. */
  #seen(type: JsonScalarType): void {
    this.typed ??= [];
    this.typed.push({ type, index: this.#scalars - 1 });
  }

  #object(start: number, size: 2 | 4): string {
    const bytes = this.#bytes;
    const count = readOffset(bytes, start, size);
    const parts: string[] = [];
    for (let i = 0; i < count; i++) {
      const key = start + 2 * size + i * (size + 2);
      const keyStart = start + readOffset(bytes, key, size);
      const name = bytes.toString('utf8', keyStart, keyStart + bytes.readUInt16LE(key + size));
      const entry = start + 2 * size + count * (size + 2) + i * (size + 1);
      parts.push(`${quoted(name)}: ${this.#entry(start, entry, size)}`);
    }
    return `{${parts.join(', ')}}`;
  }

  #array(start: number, size: 2 | 4): string {
    const count = readOffset(this.#bytes, start, size);
    const parts: string[] = [];
    for (let i = 0; i < count; i++) parts.push(this.#entry(start, start + 2 * size + i * (size + 1), size));
    return `[${parts.join(', ')}]`;
  }

  /** A value entry holds small values in the place of their offset. */
  #entry(start: number, entry: number, size: 2 | 4): string {
    const type = this.#bytes[entry]!;
    const inline =
      type === types.literal ||
      type === types.int16 ||
      type === types.uint16 ||
      (size === 4 && (type === types.int32 || type === types.uint32));
    return this.value(type, inline ? entry + 1 : start + readOffset(this.#bytes, entry + 1, size));
  }
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
