import type { Column, ColumnType } from '../../../core/table.ts';
import { type CharsetPair, maxBytesOf, resolveCharset } from './charset.ts';
import type { ColumnNode, TypeNode } from './parser/ast.ts';
import type { Rules } from './rules.ts';

/** The column that a definition makes in a table with these defaults. Keys may still make it NOT NULL. */
export function columnOf(node: ColumnNode, table: CharsetPair, rules: Rules): Column {
  const serial = node.type.name === 'serial';
  const type = typeOf(node, table, rules);
  const autoIncrement = node.autoIncrement || node.serialDefault || serial;
  return {
    name: node.name.value,
    type,
    nullable: !autoIncrement && node.key !== 'PRIMARY' && (node.nullable ?? nullableUnsaid(type, rules)),
    ...(node.generated ? { generated: node.generated } : {}),
    ...(autoIncrement ? { autoIncrement: true } : {}),
    ...(node.invisible ? { invisible: true } : {}),
  };
}

const nullableUnsaid = (type: ColumnType, rules: Rules): boolean =>
  type.name !== 'timestamp' || rules.explicitTimestamp;

const integerNames: Readonly<Record<string, string>> = {
  tinyint: 'tinyint',
  int1: 'tinyint',
  smallint: 'smallint',
  int2: 'smallint',
  mediumint: 'mediumint',
  middleint: 'mediumint',
  int3: 'mediumint',
  int: 'int',
  integer: 'int',
  int4: 'int',
  bigint: 'bigint',
  int8: 'bigint',
};
const unsignedWidths: Readonly<Record<string, number>> = {
  tinyint: 3,
  smallint: 5,
  mediumint: 8,
  int: 10,
  bigint: 20,
};

function typeOf(node: ColumnNode, table: CharsetPair, rules: Rules): ColumnType {
  const { type } = node;
  const [first, second] = type.numbers;
  const sign = type.unsigned || type.zerofill ? { unsigned: true as const } : {};
  const fill = type.zerofill ? { zerofill: true as const } : {};
  const integer = integerNames[type.name];
  if (integer !== undefined) {
    // A width says nothing about the values; only tinyint(1), by custom a boolean, and zerofill keep theirs.
    if (type.zerofill) return { name: integer, ...sign, ...fill, length: first ?? unsignedWidths[integer]! };
    return {
      name: integer,
      ...sign,
      ...(integer === 'tinyint' && first === 1 && !type.unsigned ? { length: 1 } : {}),
    };
  }
  switch (type.name) {
    case 'bool':
    case 'boolean':
      return { name: 'tinyint', length: 1 };
    case 'serial':
      return { name: 'bigint', unsigned: true };
    case 'decimal':
    case 'numeric':
    case 'dec':
    case 'fixed':
      return { name: 'decimal', ...sign, ...fill, precision: first || 10, scale: second ?? 0 };
    case 'float':
    case 'float4':
      if (second === undefined)
        return { name: first !== undefined && first > 24 ? 'double' : 'float', ...sign, ...fill };
      return { name: 'float', ...sign, ...fill, precision: first!, scale: second };
    case 'double':
    case 'double precision':
    case 'float8':
    case 'real': {
      const name = type.name === 'real' && rules.dialect.realAsFloat ? 'float' : 'double';
      return {
        name,
        ...sign,
        ...fill,
        ...(second === undefined ? {} : { precision: first!, scale: second }),
      };
    }
    case 'bit':
      return { name: 'bit', length: first || 1 };
    case 'time':
    case 'datetime':
    case 'timestamp':
      return { name: type.name, ...(first ? { scale: first } : {}) };
    case 'date':
    case 'uuid':
    case 'inet4':
    case 'inet6':
      return { name: type.name };
    case 'year':
      return { name: 'year' };
    case 'vector':
      return { name: 'vector', length: first ?? 2048 };
    case 'json':
      if (rules.server.flavour === 'mysql') return { name: 'json' };
      return { name: 'longtext', charset: 'utf8mb4', collation: 'utf8mb4_bin' };
    case 'binary':
      return bytesType('binary', first ?? 1);
    case 'varbinary':
      return byteString('varbinary', first ?? 0);
    case 'long varbinary':
      return bytesType('mediumblob');
    case 'blob':
      return bytesType(first ? blobForBytes(first) : 'blob');
    case 'tinyblob':
    case 'mediumblob':
    case 'longblob':
      return bytesType(first ? blobForBytes(first) : type.name);
    case 'enum':
    case 'set':
      return { name: type.name, members: membersOf(type), ...charsetOf(type, table, rules) };
  }
  if (type.name in textTypes) return textType(textTypes[type.name]!, type, table, rules);
  // Geometry: what is left.
  const name = type.name === 'geomcollection' ? 'geometrycollection' : type.name;
  return { name, ...(node.srid === undefined ? {} : { srid: node.srid }) };
}

/** Trailing spaces of members are cut when a table is made. */
const membersOf = (type: TypeNode): readonly string[] =>
  (type.members ?? []).map((member) => member.replace(/ +$/, ''));

interface TextType {
  readonly name: 'char' | 'varchar' | 'tinytext' | 'text' | 'mediumtext' | 'longtext';
  readonly national?: true;
}
const textTypes: Readonly<Record<string, TextType>> = {
  char: { name: 'char' },
  character: { name: 'char' },
  'char byte': { name: 'char' },
  nchar: { name: 'char', national: true },
  'national char': { name: 'char', national: true },
  'national character': { name: 'char', national: true },
  varchar: { name: 'varchar' },
  varcharacter: { name: 'varchar' },
  'char varying': { name: 'varchar' },
  'character varying': { name: 'varchar' },
  nvarchar: { name: 'varchar', national: true },
  'nchar varying': { name: 'varchar', national: true },
  'nchar varchar': { name: 'varchar', national: true },
  'nchar varcharacter': { name: 'varchar', national: true },
  'national varchar': { name: 'varchar', national: true },
  'national varcharacter': { name: 'varchar', national: true },
  'national char varying': { name: 'varchar', national: true },
  'national character varying': { name: 'varchar', national: true },
  tinytext: { name: 'tinytext' },
  text: { name: 'text' },
  mediumtext: { name: 'mediumtext' },
  longtext: { name: 'longtext' },
  long: { name: 'mediumtext' },
  'long varchar': { name: 'mediumtext' },
  'long varcharacter': { name: 'mediumtext' },
  'long char varying': { name: 'mediumtext' },
  'long character varying': { name: 'mediumtext' },
};

function textType(text: TextType, type: TypeNode, table: CharsetPair, rules: Rules): ColumnType {
  const bytes = type.byte || type.name === 'char byte';
  const pair: CharsetPair = bytes
    ? { charset: 'binary', collation: 'binary' }
    : text.national
      ? resolveCharset({ ...type, charset: 'utf8mb3' }, table, rules.collationFor)
      : charsetOf(type, table, rules);
  const length = type.numbers[0];
  return textWith(text.name, length ?? (text.name === 'char' ? 1 : undefined), pair);
}

const charsetOf = (type: TypeNode, table: CharsetPair, rules: Rules): CharsetPair =>
  resolveCharset(type, table, rules.collationFor);

/** A text type of `length` characters in a character set: bytes when the set is binary, a larger type when it does not fit. */
function textWith(name: TextType['name'], length: number | undefined, pair: CharsetPair): ColumnType {
  const maxBytes = maxBytesOf(pair.charset);
  if (name === 'char') {
    return pair.charset === 'binary' ? bytesType('binary', length!) : { name, length: length!, ...pair };
  }
  if (name === 'varchar') {
    if (pair.charset === 'binary') return byteString('varbinary', length ?? 0);
    // Without strict mode a VARCHAR that no row can hold becomes a TEXT that can.
    if ((length ?? 0) * maxBytes > 65_535) return { name: textForBytes((length ?? 0) * maxBytes), ...pair };
    return { name, length: length ?? 0, ...pair };
  }
  const sized = length && name !== 'longtext' ? textForBytes(length * maxBytes) : name;
  return pair.charset === 'binary' ? bytesType(sized.replace('text', 'blob')) : { name: sized, ...pair };
}

const bytesType = (name: string, length?: number): ColumnType => ({
  name,
  ...(length === undefined ? {} : { length }),
  charset: 'binary',
  collation: 'binary',
});
const byteString = (name: 'varbinary', length: number): ColumnType =>
  length > 65_535 ? bytesType(blobForBytes(length)) : bytesType(name, length);

const sizes = [
  ['tiny', 0xff],
  ['', 0xffff],
  ['medium', 0xff_ffff],
] as const;
const prefixForBytes = (bytes: number): string => sizes.find(([, limit]) => bytes <= limit)?.[0] ?? 'long';
const blobForBytes = (bytes: number): string => `${prefixForBytes(bytes)}blob`;
const textForBytes = (bytes: number): TextType['name'] => `${prefixForBytes(bytes)}text` as TextType['name'];

const textCapacity: Readonly<Record<string, number>> = {
  tinytext: 0xff,
  text: 0xffff,
  mediumtext: 0xff_ffff,
};

/** The same column in another character set, of the same size in characters where it has one. */
export function inCharset(column: Column, to: CharsetPair): Column {
  const { type } = column;
  if (type.charset === undefined || type.charset === 'binary') return column;
  if (type.members !== undefined) return { ...column, type: { ...type, ...to } };
  return { ...column, type: textWith(type.name as TextType['name'], type.length, to) };
}

/** A column defined anew beside CONVERT TO CHARACTER SET: the server sizes its text by the characters of the former column. */
export function convertedAs(column: Column, former: Column, to: CharsetPair): Column {
  const { type } = column;
  if (type.charset === undefined || type.charset === 'binary' || textCapacity[type.name] === undefined) {
    return inCharset(column, to);
  }
  const characters = charactersOf(former.type);
  return { ...column, type: textWith(type.name as TextType['name'], characters, to) };
}

/** Most characters that a value of the type is shown with, as far as sizes of text types depend on it. */
function charactersOf(type: ColumnType): number {
  const bytes = type.charset === undefined ? 1 : maxBytesOf(type.charset);
  const capacity = textCapacity[type.name] ?? textCapacity[type.name.replace('blob', 'text')];
  if (capacity !== undefined) return Math.floor(capacity / bytes);
  if (type.name.startsWith('long') || type.name === 'json' || type.srid !== undefined) return 0xffff_ffff;
  if (type.members !== undefined) {
    const lengths = type.members.map((member) => member.length);
    if (type.name === 'enum') return Math.max(0, ...lengths);
    return lengths.reduce((sum, length) => sum + length, lengths.length - 1);
  }
  if (type.name === 'decimal') return (type.precision ?? 10) + 2;
  return type.length ?? 20;
}

/** The column after ALTER TABLE … CONVERT TO CHARACTER SET: a text type grows until its former characters fit. */
export function converted(column: Column, to: CharsetPair): Column {
  const { type } = column;
  if (type.charset === undefined || type.charset === 'binary') return column;
  if (type.members !== undefined) return { ...column, type: { ...type, ...to } };
  const capacity = textCapacity[type.name];
  if (capacity === undefined) {
    return { ...column, type: textWith(type.name as TextType['name'], type.length, to) };
  }
  const characters = Math.floor(capacity / maxBytesOf(type.charset));
  return { ...column, type: textWith(type.name as TextType['name'], characters, to) };
}
