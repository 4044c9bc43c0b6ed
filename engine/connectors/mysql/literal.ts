import { DtsError } from '../../core/errors.ts';
import { EnumIndex, JsonDocument, JsonPatch, type Value } from '../../core/row.ts';
import type { Column, ColumnType } from '../../core/table.ts';
import { ownTypes } from './ddl/own-types.ts';
import { jsonText, jsonValue, patch } from './json-literal.ts';
import type { SqlWriter } from './sql-writer.ts';

/**
 * Values as SQL literals, exact for each column type. For sessions as SqlWriter says: the client character set is `binary`, so a quoted
 * literal is a binary string, and storing it into a character column copies its bytes.
 */

/** What the server that reads the SQL understands. */
export interface Dialect {
  /** Its name of the three-byte UTF-8: `utf8` warns where `utf8mb3` is known, and `utf8mb3` fails where it is not. */
  readonly utf8mb3: 'utf8' | 'utf8mb3';
  /** Prints minus zero as `-0`. MariaDB prints `0` and has nothing else that tells the two apart. */
  readonly tellsMinusZero: boolean;
  /** Has JSON_TABLE, also over columns of an outer query: MySQL from 8.0.14. */
  readonly jsonTable: boolean;
}

/** Writes one value that is neither NULL nor absent. */
type Render = (writer: SqlWriter, value: NonNullable<Value>) => void;

/** Writes values of one column. */
export interface ColumnLiteral {
  /** To store it: in VALUES and SET. */
  readonly store: Render;
  /** To find the row by it, so that an index over the column is used. Character strings compare by the column's collation. */
  readonly find: Render;
  /** Exact equality with the column (its quoted name), bytes and all, NULL aside: `c<=>1`. */
  readonly equal: (writer: SqlWriter, column: string, value: NonNullable<Value>) => void;
}

const INTEGERS = new Set([
  'tinyint',
  'smallint',
  'mediumint',
  'int',
  'integer',
  'bigint',
  'bool',
  'boolean',
  'serial',
]);
const FLOATS = new Set(['float', 'double', 'real', 'double precision']);
const DECIMALS = new Set(['decimal', 'numeric', 'dec', 'fixed']);
const TEXTS = new Set(['char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext', 'nchar', 'nvarchar']);
const TIMES = new Set(['date', 'time', 'datetime', 'timestamp']);

export function columnLiteral(column: Column, dialect: Dialect): ColumnLiteral {
  const { store, find } = rendersOf(column.type, dialect);
  return { store, find, equal: equalOf(column.type, dialect, store, find) };
}

function rendersOf(type: ColumnType, dialect: Dialect): Pick<ColumnLiteral, 'store' | 'find'> {
  const { name } = type;
  if (INTEGERS.has(name)) return both(number);
  if (FLOATS.has(name)) return both(double);
  if (DECIMALS.has(name)) return both(decimal);
  if (TIMES.has(name)) return both(time);
  if (name === 'year') return both((writer, value) => writer.integer(Number(value)));
  if (name === 'bit') return both(bit);
  if (name === 'enum' || name === 'set') return both(enumIndex);
  if (name === 'json') return both(json(dialect));
  // A binary string would be taken for the stored bytes.
  if (ownTypes.has(name)) return both(latin1);
  if (name === 'binary') return { store: bytes, find: padded(type.length ?? 0) };
  if (TEXTS.has(name) && type.charset !== undefined && type.charset !== 'binary') {
    return { store: bytes, find: inCharset(type, dialect) };
  }
  return both(bytes);
}

const both = (render: Render) => ({ store: render, find: render });

function equalOf(type: ColumnType, dialect: Dialect, store: Render, find: Render): ColumnLiteral['equal'] {
  const plain: ColumnLiteral['equal'] = (writer, column, value) => {
    writer.text(`${column}<=>`);
    find(writer, value);
  };
  if (FLOATS.has(type.name) && dialect.tellsMinusZero) {
    return (writer, column, value) => {
      plain(writer, column, value);
      // Zero equals minus zero; only their texts differ.
      if (value === 0) writer.text(` AND CAST(${column} AS CHAR)${Object.is(value, -0) ? '=' : '<>'}'-0'`);
    };
  }
  if (type.name === 'json') {
    return (writer, column, value) => {
      writer.text(`${column}<=>`);
      if (typeof value === 'string') jsonValue(writer, value, dialect);
      else find(writer, value);
    };
  }
  // Vectors do not compare, and no expression over one takes <=>.
  if (type.name === 'vector') {
    return (writer, column, value) => {
      writer.text(`HEX(${column})=`);
      writer.quotedAscii(
        Buffer.from(value as Uint8Array)
          .toString('hex')
          .toUpperCase(),
      );
    };
  }
  if (!TEXTS.has(type.name) || type.charset === 'binary') return plain;
  // An index serves the first comparison; the second tells apart what the collation holds for equal.
  return (writer, column, value) => {
    plain(writer, column, value);
    writer.text(` AND CAST(${column} AS BINARY)<=>`);
    store(writer, value);
  };
}

/** Writes any value, with NULL. An absent value is a fault of the caller. */
export function writeValue(writer: SqlWriter, render: Render, value: Value): void {
  if (value === null) writer.ascii('NULL');
  else if (value === undefined)
    throw new DtsError('INTERNAL', 'A value that is not in the row image cannot be written.');
  else render(writer, value);
}

function number(writer: SqlWriter, value: NonNullable<Value>): void {
  if (typeof value === 'number') writer.integer(value);
  else writer.ascii(String(value));
}

/**
 * JavaScript prints a double by the shortest text that reads back as the same double, and the server reads text with an exponent as a
 * double. Without one it would read a decimal. A float is the exact double of itself, and so comes back too.
 */
function double(writer: SqlWriter, value: NonNullable<Value>): void {
  const text = Object.is(value, -0) ? '-0' : String(value);
  writer.ascii(text.includes('e') ? text : `${text}e0`);
}

function decimal(writer: SqlWriter, value: NonNullable<Value>): void {
  writer.ascii(String(value));
}

function time(writer: SqlWriter, value: NonNullable<Value>): void {
  if (value instanceof Uint8Array) writer.quoted(value);
  else writer.quotedAscii(String(value));
}

/** A number compares with a bit column and stores into it; a string would not compare. */
function bit(writer: SqlWriter, value: NonNullable<Value>): void {
  if (!(value instanceof Uint8Array)) writer.ascii(String(BigInt(value as number | bigint)));
  else if (value.length <= 6) {
    let bits = 0;
    for (let i = 0; i < value.length; i++) bits = bits * 256 + value[i]!;
    writer.integer(bits);
  } else {
    let bits = 0n;
    for (const byte of value) bits = (bits << 8n) | BigInt(byte);
    writer.ascii(String(bits));
  }
}

function enumIndex(writer: SqlWriter, value: NonNullable<Value>): void {
  if (!(value instanceof EnumIndex)) number(writer, value);
  else if (value.index > MAX_SAFE) writer.ascii(String(value.index));
  else writer.integer(Number(value.index));
}

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);

function bytes(writer: SqlWriter, value: NonNullable<Value>): void {
  if (value instanceof Uint8Array) writer.quoted(value);
  else if (typeof value === 'string') writer.quotedText(value);
  else if (value instanceof JsonDocument) writer.quotedText(value.text);
  else if (value instanceof JsonPatch)
    throw new DtsError('INTERNAL', 'Changes of a JSON document in a column of another type.');
  else number(writer, value);
}

/** The log leaves out trailing zeros of binary(n), but a comparison needs them. */
function padded(length: number): Render {
  return (writer, value) => {
    if (value instanceof Uint8Array && value.length < length) {
      const whole = new Uint8Array(length);
      whole.set(value);
      writer.quoted(whole);
    } else bytes(writer, value);
  };
}

function inCharset(type: ColumnType, dialect: Dialect): Render {
  const charset = type.charset === 'utf8' || type.charset === 'utf8mb3' ? dialect.utf8mb3 : type.charset;
  const introducer = `_${charset}`;
  return (writer, value) => {
    writer.ascii(introducer);
    bytes(writer, value);
  };
}

function latin1(writer: SqlWriter, value: NonNullable<Value>): void {
  writer.ascii('_latin1');
  bytes(writer, value);
}

/** A JSON column takes no binary string. */
const json =
  (dialect: Dialect): Render =>
  (writer, value) => {
    if (value instanceof JsonDocument) jsonValue(writer, value, dialect);
    else if (value instanceof JsonPatch) patch(writer, value, { dialect });
    else if (typeof value === 'string') jsonText(writer, value);
    else {
      writer.ascii('_utf8mb4');
      bytes(writer, value);
    }
  };
