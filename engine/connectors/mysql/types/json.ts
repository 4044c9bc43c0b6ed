import type { JsonDocument, JsonScalarType } from '../../../core/row.ts';
import { corrupt } from '../capture/event.ts';
import { type SeenScalar, typedDocument } from './json-document.ts';
import { opaqueText, opaqueType } from './json-opaque.ts';
import { TextWriter } from './text-writer.ts';

/**
 * JSON values in the server's binary form, to the text that CAST(… AS CHAR) prints; with the types of scalars that the text does not
 * tell, if there are any. Small (2-byte) and large (4-byte) offsets are relative to the start of their object or array.
 * Format: sql-common/json_binary.h; text: Json_wrapper::to_string in sql-common/json_dom.cc.
 */
export function jsonValue(bytes: Buffer, start = 0, end = bytes.length): string | JsonDocument {
  // An empty value is what an error left in a nullable column: the server reads it as null.
  if (end <= start) return 'null';
  return reader.document(bytes, start, end);
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

const nothing = Buffer.alloc(0);

class Reader {
  readonly #text = new TextWriter();
  #bytes: Buffer = nothing;
  #end = 0;
  /** Scalars so far, and those of them that the text does not tell. */
  #scalars = 0;
  #typed: SeenScalar[] = [];

  document(bytes: Buffer, start: number, end: number): string | JsonDocument {
    this.#bytes = bytes;
    this.#end = end;
    this.#scalars = 0;
    if (this.#typed.length > 0) this.#typed = [];
    this.#text.reset();
    this.#value(bytes[start]!, start + 1);
    // Whoever owns the bytes may give their memory back.
    this.#bytes = nothing;
    const text = this.#text.take();
    return this.#typed.length === 0 ? text : typedDocument(text, this.#typed);
  }

  #value(type: number, at: number): void {
    if (type === types.smallObject) this.#object(at, 2);
    else if (type === types.smallArray) this.#array(at, 2);
    else if (type === types.largeObject) this.#object(at, 4);
    else if (type === types.largeArray) this.#array(at, 4);
    else {
      this.#scalars++;
      this.#scalar(type, at);
    }
  }

  #scalar(type: number, at: number): void {
    const bytes = this.#bytes;
    const text = this.#text;
    switch (type) {
      case types.literal:
        text.ascii(literalText(bytes[at]!));
        break;
      case types.int16:
        text.integer((this.#offset(at, 2) << 16) >> 16);
        break;
      case types.uint16:
        this.#seen('UNSIGNED');
        text.integer(this.#offset(at, 2));
        break;
      case types.int32:
        text.integer(this.#offset(at, 4) | 0);
        break;
      case types.uint32:
        this.#seen('UNSIGNED');
        text.integer(this.#offset(at, 4));
        break;
      case types.int64: {
        const value = bytes.readBigInt64LE(at);
        if (value >= FIRST_UNSIGNED) this.#seen('SIGNED');
        text.ascii(String(value));
        break;
      }
      case types.uint64: {
        const value = bytes.readBigUInt64LE(at);
        if (value < FIRST_UNSIGNED) this.#seen('UNSIGNED');
        text.ascii(String(value));
        break;
      }
      case types.double:
        text.ascii(doubleText(bytes.readDoubleLE(at)));
        break;
      case types.string: {
        // Most strings are shorter than 128 bytes: one byte of length.
        const first = bytes[at]!;
        const { value: length, end } = first < 0x80 ? { value: first, end: at + 1 } : readLength(bytes, at);
        this.#quoted(end, length);
        break;
      }
      case types.opaque: {
        const { value: length, end } = readLength(bytes, at + 1);
        this.#seen(opaqueType(bytes[at]!));
        text.ascii(opaqueText(bytes.subarray(end, end + length), bytes[at]!));
        break;
      }
      default:
        throw corrupt(`a JSON value has the unknown type ${type}`);
    }
  }

  /** The scalar that is being read has a type that its text does not tell. */
  #seen(type: JsonScalarType): void {
    this.#typed.push({ type, index: this.#scalars - 1 });
  }

  #object(start: number, size: 2 | 4): void {
    const text = this.#text;
    const count = this.#offset(start, size);
    let key = start + 2 * size;
    let entry = key + count * (size + 2);
    text.byte(0x7b);
    for (let i = 0; i < count; i++) {
      if (i > 0) text.ascii(', ');
      this.#quoted(start + this.#offset(key, size), this.#offset(key + size, 2));
      text.ascii(': ');
      this.#entry(start, entry, size);
      key += size + 2;
      entry += size + 1;
    }
    text.byte(0x7d);
  }

  #array(start: number, size: 2 | 4): void {
    const text = this.#text;
    const count = this.#offset(start, size);
    let entry = start + 2 * size;
    text.byte(0x5b);
    for (let i = 0; i < count; i++) {
      if (i > 0) text.ascii(', ');
      this.#entry(start, entry, size);
      entry += size + 1;
    }
    text.byte(0x5d);
  }

  /** A value entry holds small values in the place of their offset. */
  #entry(start: number, entry: number, size: 2 | 4): void {
    const type = this.#bytes[entry]!;
    const inline =
      type === types.literal ||
      type === types.int16 ||
      type === types.uint16 ||
      (size === 4 && (type === types.int32 || type === types.uint32));
    this.#value(type, inline ? entry + 1 : start + this.#offset(entry + 1, size));
  }

  #quoted(start: number, length: number): void {
    if (start + length > this.#end) throw corrupt('a JSON value is cut short');
    this.#text.quoted(this.#bytes, start, start + length);
  }

  #offset(at: number, size: 2 | 4): number {
    if (at + size > this.#end) throw corrupt('a JSON value is cut short');
    const bytes = this.#bytes;
    const low = bytes[at]! | (bytes[at + 1]! << 8);
    return size === 2 ? low : (low | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
  }
}

/** Documents are read one after the other. */
const reader = new Reader();

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
