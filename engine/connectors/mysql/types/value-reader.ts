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

/** Where reading stands in the body of a rows event. */
export interface RowCursor {
  readonly bytes: Buffer;
  at: number;
}

/** Reads one value that is not NULL and moves the cursor behind it. */
export type ValueReader = (cursor: RowCursor) => Value;

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
      return unsigned ? (c) => c.bytes[c.at++]! : (c) => (c.bytes[c.at++]! << 24) >> 24;
    case typeCodes.short:
      return unsigned ? readUint16 : readInt16;
    case typeCodes.int24:
      return unsigned ? readUint24 : readInt24;
    case typeCodes.long:
      return unsigned ? readUint32 : readInt32;
    case typeCodes.longlong:
      return unsigned ? readUint64 : readInt64;
    case typeCodes.float:
      return fixed(4, (bytes, at) => bytes.readFloatLE(at));
    case typeCodes.double:
      return fixed(8, (bytes, at) => bytes.readDoubleLE(at));
    case typeCodes.newdecimal: {
      const precision = meta & 0xff;
      const scale = meta >> 8;
      return fixed(decimalLength(precision, scale), (bytes, at) => decimalText(bytes, at, precision, scale));
    }
    case typeCodes.bit: {
      const length = (meta >> 8) + ((meta & 0xff) > 0 ? 1 : 0);
      return fixed(length, (bytes, at) => bytes.subarray(at, at + length));
    }
    case typeCodes.enum:
    case typeCodes.set:
      return enumReader(meta, type.members?.length ?? 0);
    case typeCodes.varchar:
    case typeCodes.varString:
      return bytesReader(meta > 255 ? 2 : 1);
    case typeCodes.string:
      return stringReader(bytesReader(meta > 255 ? 2 : 1), type, meta);
    case typeCodes.varcharCompressed:
      return compressedReader(meta > 255 ? 2 : 1);
    case typeCodes.blob:
    case typeCodes.geometry:
    case typeCodes.vector:
      return bytesReader(meta);
    case typeCodes.blobCompressed:
      return compressedReader(meta);
    case typeCodes.json: {
      const read = bytesReader(meta);
      return (c) => jsonValue(read(c));
    }
    default:
      return temporalReader(mapped.type, meta, type.scale ?? 0);
  }
}

function temporalReader(code: number, meta: number, scale: number): ValueReader | undefined {
  switch (code) {
    case typeCodes.date:
      return fixed(3, dateText);
    case typeCodes.year:
      return (c) => yearText(c.bytes[c.at++]!);
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

function fixed(length: number, read: (bytes: Buffer, at: number) => Value): ValueReader {
  return (c) => {
    const at = c.at;
    c.at = at + length;
    return read(c.bytes, at);
  };
}

const readUint16: ValueReader = (c) => {
  const { bytes, at } = c;
  c.at = at + 2;
  return bytes[at]! | (bytes[at + 1]! << 8);
};
const readInt16: ValueReader = (c) => {
  const { bytes, at } = c;
  c.at = at + 2;
  return ((bytes[at]! | (bytes[at + 1]! << 8)) << 16) >> 16;
};
const readUint24: ValueReader = (c) => {
  const { bytes, at } = c;
  c.at = at + 3;
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);
};
const readInt24: ValueReader = (c) => ((readUint24(c) as number) << 8) >> 8;

/** Unrolled by hand: Buffer's own methods check their arguments on every call. */
function int32(bytes: Buffer, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}
const readInt32: ValueReader = (c) => {
  const { bytes, at } = c;
  c.at = at + 4;
  return int32(bytes, at);
};
const readUint32: ValueReader = (c) => {
  const { bytes, at } = c;
  c.at = at + 4;
  return int32(bytes, at) >>> 0;
};

/** Upper halves between which a 64-bit integer is exact as a number. */
const safeHigh = 0x1fffff;
const readInt64: ValueReader = (c) => {
  const { bytes, at } = c;
  c.at = at + 8;
  const high = int32(bytes, at + 4);
  if (high > safeHigh || high < -safeHigh) return bytes.readBigInt64LE(at);
  return high * 0x100000000 + (int32(bytes, at) >>> 0);
};
const readUint64: ValueReader = (c) => {
  const { bytes, at } = c;
  c.at = at + 8;
  const high = int32(bytes, at + 4) >>> 0;
  if (high > safeHigh) return bytes.readBigUInt64LE(at);
  return high * 0x100000000 + (int32(bytes, at) >>> 0);
};

/** A little-endian number of members; the objects of small ones are shared. */
function enumReader(size: number, members: number): ValueReader {
  const known = Array.from({ length: Math.min(members + 1, 256) }, (_, i) => new EnumIndex(BigInt(i)));
  if (size > 2) {
    return (c) => {
      let value = 0n;
      for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(c.bytes[c.at + i]!);
      c.at += size;
      return new EnumIndex(value);
    };
  }
  return (c) => {
    const value = size === 2 ? (readUint16(c) as number) : c.bytes[c.at++]!;
    return known[value] ?? new EnumIndex(BigInt(value));
  };
}

type BytesReader = (cursor: RowCursor) => Buffer;

/** A length of `size` bytes, then the bytes: a view, not a copy. */
function bytesReader(size: number): BytesReader {
  return (c) => {
    const { bytes, at } = c;
    let length = bytes[at]!;
    if (size > 1) length |= bytes[at + 1]! << 8;
    if (size > 2) length |= bytes[at + 2]! << 16;
    if (size > 3) length += bytes[at + 3]! * 0x1000000;
    const start = at + size;
    c.at = start + length;
    return bytes.subarray(start, c.at);
  };
}

function stringReader(read: BytesReader, type: ColumnType, meta: number): ValueReader {
  const address = addressTexts[type.name];
  if (address === undefined) return paddedReader(read, type, meta);
  return (c) => address.text(paddedTo(address.length, read(c)));
}

/** binary(n) is logged without its trailing zero bytes, which belong to the value. */
function paddedReader(read: BytesReader, type: ColumnType, meta: number): ValueReader {
  if (type.charset !== undefined && type.charset !== 'binary') return read;
  if (type.name === 'char') return read;
  const length = type.length ?? meta;
  return (c) => paddedTo(length, read(c));
}

function paddedTo(length: number, value: Buffer): Buffer {
  if (value.length >= length) return value;
  const padded = Buffer.alloc(length);
  padded.set(value);
  return padded;
}

/**
 * MariaDB's COMPRESSED columns. First byte: 0 for plain bytes after it; else bit 7 set (zlib), bit 3 set for data without zlib's own
 * header, low bits the count of length bytes, big endian, before the data.
 */
function compressedReader(size: number): ValueReader {
  const read = bytesReader(size);
  return (c) => {
    const value = read(c);
    if (value.length === 0) return value;
    const head = value[0]!;
    if (head === 0) return value.subarray(1);
    return inflateColumn(value, head);
  };
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
