import { inflateRawSync, inflateSync } from 'node:zlib';
import { EnumIndex, type Value } from '../../../core/row.ts';
import type { ColumnType } from '../../../core/table.ts';
import { type MappedColumn, typeCodes } from '../capture/table-map.ts';
import { addressTexts } from './address.ts';
import { decimalLength, decimalText } from './decimal.ts';
import { jsonValue } from './json.ts';
import {
  dateText,
  datetime2Text,
  fractionLength,
  hiresDatetimeText,
  hiresLengths,
  hiresTimestampText,
  hiresTimeText,
  oldDatetimeText,
  oldTimestampText,
  oldTimeText,
  readBig,
  time2Text,
  timestamp2Text,
  yearText,
} from './temporal.ts';

/** Makes a value that is not NULL of the bytes [start, end). */
export type ReadValue = (bytes: Buffer, start: number, end: number) => Value;

/** How the values of one column that are not NULL stand in a row. */
export interface ValueReader {
  /** Bytes of every value; 0 where the value's own length stands before it. */
  readonly length: number;
  /** Bytes of that length, little endian. */
  readonly prefix: number;
  readonly read: ReadValue;
}

const fixed = (length: number, read: ReadValue): ValueReader => ({ length, prefix: 0, read });
const counted = (prefix: number, read: ReadValue): ValueReader => ({ length: 0, prefix, read });

/**
 * The reader of a column: storage by the log's own table map, meaning (signedness, length of binary, fraction of MariaDB's own time
 * types) by the structure. Undefined when the two do not fit.
 */
export function valueReader(mapped: MappedColumn, type: ColumnType): ValueReader | undefined {
  const { meta } = mapped;
  const fits = typesOf[mapped.type];
  if (fits && !fits.has(type.name)) return undefined;
  const unsigned = mapped.unsigned ?? type.unsigned ?? false;
  switch (mapped.type) {
    case typeCodes.tiny:
      return fixed(1, unsigned ? (bytes, at) => bytes[at]! : (bytes, at) => (bytes[at]! << 24) >> 24);
    case typeCodes.short:
      return fixed(2, unsigned ? uint16 : (bytes, at) => (uint16(bytes, at) << 16) >> 16);
    case typeCodes.int24:
      return fixed(3, unsigned ? uint24 : (bytes, at) => (uint24(bytes, at) << 8) >> 8);
    case typeCodes.long:
      return fixed(4, unsigned ? (bytes, at) => int32(bytes, at) >>> 0 : int32);
    case typeCodes.longlong:
      return fixed(8, unsigned ? uint64 : int64);
    case typeCodes.float:
      return fixed(4, (bytes, at) => bytes.readFloatLE(at));
    case typeCodes.double:
      return fixed(8, (bytes, at) => bytes.readDoubleLE(at));
    case typeCodes.newdecimal: {
      const precision = meta & 0xff;
      const scale = meta >> 8;
      return fixed(decimalLength(precision, scale), (bytes, at) => decimalText(bytes, at, precision, scale));
    }
    case typeCodes.bit:
      return fixed((meta >> 8) + ((meta & 0xff) > 0 ? 1 : 0), viewOf);
    case typeCodes.enum:
    case typeCodes.set:
      return fixed(meta, enumReader(meta, type.members?.length ?? 0));
    case typeCodes.varchar:
    case typeCodes.varString:
      return counted(meta > 255 ? 2 : 1, viewOf);
    case typeCodes.string:
      return counted(meta > 255 ? 2 : 1, stringReader(type, meta));
    case typeCodes.varcharCompressed:
      return counted(meta > 255 ? 2 : 1, compressedValue);
    case typeCodes.blob:
    case typeCodes.geometry:
    case typeCodes.vector:
      return counted(meta, viewOf);
    case typeCodes.blobCompressed:
      return counted(meta, compressedValue);
    case typeCodes.json:
      return counted(meta, jsonValue);
    default:
      return temporalReader(mapped.type, meta, type.scale ?? 0);
  }
}

function temporalReader(code: number, meta: number, scale: number): ValueReader | undefined {
  switch (code) {
    case typeCodes.date:
      return fixed(3, dateText);
    case typeCodes.year:
      return fixed(1, (bytes, at) => yearText(bytes[at]!));
    case typeCodes.datetime2:
      return fixed(5 + fractionLength(meta), (bytes, at) => datetime2Text(bytes, at, meta));
    case typeCodes.timestamp2:
      return fixed(4 + fractionLength(meta), (bytes, at) => timestamp2Text(bytes, at, meta));
    case typeCodes.time2:
      return fixed(3 + fractionLength(meta), (bytes, at) => time2Text(bytes, at, meta));
    // Old types; with a fraction they are MariaDB's own, which the log alone does not tell.
    case typeCodes.datetime:
      return scale === 0
        ? fixed(8, oldDatetimeText)
        : fixed(hiresLengths.datetime[scale]!, (bytes, at) => hiresDatetimeText(bytes, at, scale));
    case typeCodes.timestamp:
      return scale === 0
        ? fixed(4, oldTimestampText)
        : fixed(hiresLengths.timestamp[scale]!, (bytes, at) => hiresTimestampText(bytes, at, scale));
    case typeCodes.time:
      return scale === 0
        ? fixed(3, oldTimeText)
        : fixed(hiresLengths.time[scale]!, (bytes, at) => hiresTimeText(bytes, at, scale));
    default:
      return undefined;
  }
}

// Unrolled by hand: Buffer's own methods check their arguments on every call.
const uint16 = (bytes: Buffer, at: number): number => bytes[at]! | (bytes[at + 1]! << 8);
const uint24 = (bytes: Buffer, at: number): number => uint16(bytes, at) | (bytes[at + 2]! << 16);
const int32 = (bytes: Buffer, at: number): number => uint24(bytes, at) | (bytes[at + 3]! << 24);

/** Upper halves between which a 64-bit integer is exact as a number. */
const safeHigh = 0x1fffff;
function int64(bytes: Buffer, at: number): number | bigint {
  const high = int32(bytes, at + 4);
  if (high > safeHigh || high < -safeHigh) return bytes.readBigInt64LE(at);
  return high * 0x100000000 + (int32(bytes, at) >>> 0);
}
function uint64(bytes: Buffer, at: number): number | bigint {
  const high = int32(bytes, at + 4) >>> 0;
  if (high > safeHigh) return bytes.readBigUInt64LE(at);
  return high * 0x100000000 + (int32(bytes, at) >>> 0);
}

/** A little-endian number of members; the objects of small ones are shared. */
function enumReader(size: number, members: number): ReadValue {
  const known = Array.from({ length: Math.min(members + 1, 256) }, (_, i) => new EnumIndex(BigInt(i)));
  if (size > 2) {
    return (bytes, at) => {
      let value = 0n;
      for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[at + i]!);
      return new EnumIndex(value);
    };
  }
  return (bytes, at) => {
    const value = size === 2 ? uint16(bytes, at) : bytes[at]!;
    return known[value] ?? new EnumIndex(BigInt(value));
  };
}

/** A view, not a copy. */
const viewOf = (bytes: Buffer, start: number, end: number): Buffer => bytes.subarray(start, end);

function stringReader(type: ColumnType, meta: number): ReadValue {
  const address = addressTexts[type.name];
  if (address !== undefined) {
    const { length, text } = address;
    return (bytes, start, end) => text(paddedTo(length, bytes, start, end));
  }
  // binary(n) is logged without its trailing zero bytes, which belong to the value.
  if (type.charset !== undefined && type.charset !== 'binary') return viewOf;
  if (type.name === 'char') return viewOf;
  const length = type.length ?? meta;
  return (bytes, start, end) => paddedTo(length, bytes, start, end);
}

function paddedTo(length: number, bytes: Buffer, start: number, end: number): Buffer {
  const value = viewOf(bytes, start, end);
  if (value.length >= length) return value;
  const padded = Buffer.alloc(length);
  padded.set(value);
  return padded;
}

/**
 * MariaDB's COMPRESSED columns. First byte: 0 for plain bytes after it; else bit 7 set (zlib), bit 3 set for data without zlib's own
 * header, low bits the count of length bytes, big endian, before the data.
 */
function compressedValue(bytes: Buffer, start: number, end: number): Buffer {
  if (start === end || bytes[start] === 0) return viewOf(bytes, Math.min(start + 1, end), end);
  return inflateColumn(viewOf(bytes, start, end), bytes[start]!);
}

function inflateColumn(value: Buffer, head: number): Buffer {
  const lengthBytes = head & 0x07;
  const data = value.subarray(1 + lengthBytes);
  const expected = readBig(value, 1, lengthBytes);
  const plain = (head & 0x08) === 0 ? inflateSync(data) : inflateRawSync(data);
  if (plain.length !== expected) throw new RangeError('a compressed column has another length than it says');
  return plain;
}

const numbers = (...names: string[]): ReadonlySet<string> => new Set(names);
const bytesTypes = [
  'tinytext',
  'text',
  'mediumtext',
  'longtext',
  'tinyblob',
  'blob',
  'mediumblob',
  'longblob',
];

/** Type names of the structure that may be stored as a type of the log. */
const typesOf: Partial<Record<number, ReadonlySet<string>>> = {
  [typeCodes.tiny]: numbers('tinyint', 'boolean', 'bool'),
  [typeCodes.short]: numbers('smallint'),
  [typeCodes.int24]: numbers('mediumint'),
  [typeCodes.long]: numbers('int', 'integer'),
  [typeCodes.longlong]: numbers('bigint', 'serial'),
  [typeCodes.float]: numbers('float'),
  [typeCodes.double]: numbers('double', 'real', 'double precision', 'float'),
  [typeCodes.newdecimal]: numbers('decimal', 'numeric', 'dec', 'fixed'),
  [typeCodes.bit]: numbers('bit'),
  [typeCodes.enum]: numbers('enum'),
  [typeCodes.set]: numbers('set'),
  [typeCodes.varchar]: numbers('varchar', 'varbinary', 'char', 'binary'),
  [typeCodes.varString]: numbers('varchar', 'varbinary', 'char', 'binary'),
  [typeCodes.string]: numbers('char', 'binary', 'uuid', 'inet4', 'inet6'),
  [typeCodes.varcharCompressed]: numbers('varchar', 'varbinary'),
  [typeCodes.blob]: numbers(...bytesTypes, 'json', 'vector'),
  [typeCodes.blobCompressed]: numbers(...bytesTypes),
  [typeCodes.json]: numbers('json'),
  [typeCodes.vector]: numbers('vector'),
  [typeCodes.geometry]: numbers(
    'geometry',
    'point',
    'linestring',
    'polygon',
    'multipoint',
    'multilinestring',
    'multipolygon',
    'geometrycollection',
    'geomcollection',
  ),
  [typeCodes.date]: numbers('date'),
  [typeCodes.year]: numbers('year'),
  [typeCodes.datetime]: numbers('datetime'),
  [typeCodes.datetime2]: numbers('datetime'),
  [typeCodes.timestamp]: numbers('timestamp'),
  [typeCodes.timestamp2]: numbers('timestamp'),
  [typeCodes.time]: numbers('time'),
  [typeCodes.time2]: numbers('time'),
};
