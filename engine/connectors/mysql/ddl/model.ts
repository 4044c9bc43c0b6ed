import type { Column, ForeignKey, Key, KeyPart, Table, TableId } from '../../../core/table.ts';
import { type CharsetPair, maxBytesOf } from './charset.ts';
import type { ServerVersion } from './dialect.ts';
import { keyLength } from './key-length.ts';
import type { IndexKind, IndexPartNode } from './parser/ast.ts';

/** An index, complete enough to be made again. */
export interface MysqlIndex {
  readonly name: string;
  readonly kind: IndexKind;
  readonly parts: readonly IndexPartNode[];
  /** Text of USING, KEY_BLOCK_SIZE, WITH PARSER, COMMENT … */
  readonly options: string;
  /** INVISIBLE, or IGNORED in MariaDB. */
  readonly hidden: boolean;
  /** Made by the server for a foreign key: goes as soon as another index serves. */
  readonly generated: boolean;
}

/** A table of MySQL or MariaDB: the neutral structure and what its keys are made of. */
export interface MysqlTable extends Table {
  /** Defaults for columns that name no character set. */
  readonly defaults: CharsetPair;
  /** Lower case. */
  readonly engine: string;
  /** In the server's order: primary key, unique keys without NULL, other unique keys, the rest. */
  readonly indexes: readonly MysqlIndex[];
}

export type TableParts = Pick<
  MysqlTable,
  'id' | 'columns' | 'foreignKeys' | 'defaults' | 'engine' | 'indexes'
>;

export const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

export const columnIndex = (columns: readonly Column[], name: string): number =>
  columns.findIndex((column) => sameName(column.name, name));

/** Brings parts into the form that the server keeps: key columns NOT NULL, indexes in its order, whole-length prefixes dropped. */
export function makeTable(parts: TableParts, server: ServerVersion): MysqlTable {
  const columns = withKeyColumnsNotNull(parts.columns, parts.indexes);
  const cleaned = withoutServedIndexes(parts.indexes).map((index) =>
    withFittingParts(index, columns, server),
  );
  const indexes = sortIndexes(cleaned, columns, server);
  return {
    id: parts.id,
    columns,
    keys: indexes.map((index) => keyOf(index, columns)),
    foreignKeys: parts.foreignKeys,
    defaults: parts.defaults,
    engine: parts.engine,
    indexes,
  };
}

export const renamed = (table: MysqlTable, id: TableId): MysqlTable => ({ ...table, id });

function withKeyColumnsNotNull(
  columns: readonly Column[],
  indexes: readonly MysqlIndex[],
): readonly Column[] {
  const primary = indexes.find((index) => index.kind === 'PRIMARY');
  if (primary === undefined) return columns;
  const inKey = (column: Column) => primary.parts.some((part) => sameName(part.column ?? '', column.name));
  return columns.map((column) =>
    column.nullable && inKey(column) ? { ...column, nullable: false } : column,
  );
}

/** A generated index goes when another begins with its columns; of two generated ones the shorter or older goes. */
function withoutServedIndexes(indexes: readonly MysqlIndex[]): readonly MysqlIndex[] {
  const served = (index: MysqlIndex): boolean =>
    indexes.some((other) => {
      if (other === index || other.kind === 'FULLTEXT' || other.kind === 'SPATIAL') return false;
      if (!beginsWith(other, index)) return false;
      if (!other.generated) return true;
      const longer = other.parts.length - index.parts.length;
      return longer > 0 || (longer === 0 && indexes.indexOf(other) > indexes.indexOf(index));
    });
  return indexes.filter((index) => !(index.generated && served(index)));
}

const beginsWith = (index: MysqlIndex, start: MysqlIndex): boolean =>
  start.parts.every((part, at) => {
    const other = index.parts[at];
    return (
      other?.column !== undefined && other.prefix === undefined && sameName(other.column, part.column ?? '')
    );
  });

const sized = new Set(['char', 'varchar', 'binary', 'varbinary']);

/** Prefixes that are whole columns go; parts longer than an index can hold are cut; a hash has no direction. */
function withFittingParts(index: MysqlIndex, columns: readonly Column[], server: ServerVersion): MysqlIndex {
  const hash = server.flavour === 'mariadb' && index.kind === 'UNIQUE' && isHash(index, columns);
  const parts = index.parts.map((part) => {
    const column = part.column === undefined ? undefined : columns[columnIndex(columns, part.column)];
    if (column === undefined) return part;
    const { prefix: written, ...rest } = { ...part, column: column.name };
    const turned = hash ? { ...rest, descending: false } : rest;
    const prefix = index.kind === 'INDEX' ? cutPrefix(written, column, server) : written;
    if (prefix === undefined) return turned;
    const partly =
      takesPrefix(column) && !(sized.has(column.type.name) && prefix >= (column.type.length ?? 0));
    return partly && index.kind !== 'SPATIAL' && index.kind !== 'FULLTEXT' ? { ...turned, prefix } : turned;
  });
  return { ...index, parts };
}

/** A part longer than the longest of InnoDB is cut to it; MariaDB so gives a prefix to texts indexed without one. */
function cutPrefix(prefix: number | undefined, { type }: Column, server: ServerVersion): number | undefined {
  const longest = server.flavour === 'mysql' && server.version < 50_700 ? 767 : 3072;
  const perCharacter = type.charset === undefined ? 1 : maxBytesOf(type.charset);
  const capacity = bigCapacity(type.name);
  if (capacity !== undefined && (prefix !== undefined || server.flavour === 'mariadb')) {
    return Math.min(
      prefix ?? Number.POSITIVE_INFINITY,
      Math.floor(Math.min(capacity, longest) / perCharacter),
    );
  }
  if (!sized.has(type.name)) return prefix;
  const length = prefix ?? type.length ?? 0;
  return length * perCharacter > longest ? Math.floor(longest / perCharacter) : prefix;
}

const bigCapacity = (name: string): number | undefined => {
  if (!/text$|blob$/.test(name)) return undefined;
  return name.startsWith('tiny') ? 255 : 65_535;
};

/** A key that is longer than a tree of InnoDB takes. */
function isHash(index: MysqlIndex, columns: readonly Column[]): boolean {
  const lengths = index.parts.map((part) => {
    const column = columns[columnIndex(columns, part.column ?? '')];
    if (isBig(column) && part.prefix === undefined) return Number.POSITIVE_INFINITY;
    const perUnit = column?.type.charset === undefined ? 1 : maxBytesOf(column.type.charset);
    const whole = column === undefined ? 0 : (keyLength(column.type) ?? 0);
    const unit = column?.type.members === undefined ? perUnit : 1;
    return (part.prefix ?? whole) * unit;
  });
  return lengths.reduce((sum, length) => sum + length, 0) > longestKey;
}
const longestKey = 3072;

/** True for geometry types, whose values are blobs inside. */
export const isGeometry = (column: Column | undefined): boolean =>
  /^(?:geometry|(?:multi)?(?:point|linestring|polygon)|geometrycollection)$/.test(column?.type.name ?? '');

const isBig = (column: Column | undefined): boolean => bigCapacity(column?.type.name ?? '') !== undefined;
const takesPrefix = ({ type }: Column): boolean =>
  sized.has(type.name) || bigCapacity(type.name) !== undefined;

/** The order in which the server keeps and shows indexes; see sort_keys of sql_table.cc. */
function sortIndexes(
  indexes: readonly MysqlIndex[],
  columns: readonly Column[],
  server: ServerVersion,
): readonly MysqlIndex[] {
  return indexes
    .map((index, at) => ({ index, at, rank: rankOf(index, columns, server) }))
    .sort((a, b) => a.rank - b.rank || a.at - b.at)
    .map(({ index }) => index);
}

function rankOf(index: MysqlIndex, columns: readonly Column[], server: ServerVersion): number {
  if (index.kind === 'PRIMARY') return 0;
  const parts = index.parts.map((part) => columns[columnIndex(columns, part.column ?? '')]);
  // MySQL puts keys over what is computed when read behind those of their class.
  const computed = parts.some((column) => column === undefined || column.generated === 'VIRTUAL');
  const last = computed && server.flavour === 'mysql' ? 0.25 : 0;
  if (index.kind === 'FULLTEXT') return 6 + last;
  if (index.kind !== 'UNIQUE') return 5 + last;
  // MariaDB keeps a unique key that no tree can hold as a hash, behind the others.
  if (server.flavour === 'mariadb' && isHash(index, columns)) return 4.5;
  const nullable = parts.some((column) => column === undefined || column.nullable);
  const partial = index.parts.some((part, at) => part.prefix !== undefined || isGeometry(parts[at]));
  return (nullable ? 3 : 1) + (partial ? 1 : 0) + last;
}

function keyOf(index: MysqlIndex, columns: readonly Column[]): Key {
  const parts = index.parts.map((part): KeyPart => {
    const column = part.column === undefined ? -1 : columnIndex(columns, part.column);
    return part.prefix === undefined ? { column } : { column, prefix: part.prefix };
  });
  return {
    name: index.name,
    unique: index.kind === 'PRIMARY' || index.kind === 'UNIQUE',
    primary: index.kind === 'PRIMARY',
    parts,
  };
}

/** The name that the server gives to an index without one. */
export function freeIndexName(parts: readonly IndexPartNode[], taken: readonly MysqlIndex[]): string {
  const functional = parts.some((part) => part.column === undefined);
  const base = functional ? 'functional_index' : parts[0]!.column!;
  const free = (name: string) => !taken.some((index) => sameName(index.name, name));
  if (free(base) && !sameName(base, 'PRIMARY')) return base;
  for (let number = 2; ; number++) {
    const name = `${base}_${number}`;
    if (free(name)) return name;
  }
}

/** The name that InnoDB gives to a foreign key without one: `orders_ibfk_3`. */
export function freeForeignKeyName(table: string, taken: readonly ForeignKey[]): string {
  const prefix = `${table}_ibfk_`;
  const numbers = taken
    .filter((key) => key.name.toLowerCase().startsWith(prefix.toLowerCase()))
    .map((key) => Number(key.name.slice(prefix.length)))
    .filter((number) => Number.isInteger(number));
  return `${prefix}${Math.max(0, ...numbers) + 1}`;
}
