import type { Column, ForeignKey, Key, KeyPart, Table, TableId } from '../../../core/table.ts';
import type { CharsetPair } from './charset.ts';
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
export function makeTable(parts: TableParts): MysqlTable {
  const columns = withKeyColumnsNotNull(parts.columns, parts.indexes);
  const cleaned = withoutServedIndexes(parts.indexes).map((index) => withoutWholePrefixes(index, columns));
  const indexes = sortIndexes(cleaned, columns);
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

/** A generated index goes when another begins with its columns; of two generated ones the shorter goes. */
function withoutServedIndexes(indexes: readonly MysqlIndex[]): readonly MysqlIndex[] {
  const served = (index: MysqlIndex): boolean =>
    indexes.some((other) => {
      if (other === index || other.kind === 'FULLTEXT' || other.kind === 'SPATIAL') return false;
      if (!beginsWith(other, index)) return false;
      if (!other.generated) return true;
      const longer = other.parts.length - index.parts.length;
      return longer > 0 || (longer === 0 && indexes.indexOf(other) < indexes.indexOf(index));
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

function withoutWholePrefixes(index: MysqlIndex, columns: readonly Column[]): MysqlIndex {
  const parts = index.parts.map((part) => {
    const column = part.column === undefined ? undefined : columns[columnIndex(columns, part.column)];
    if (column === undefined) return part;
    const { prefix, ...rest } = { ...part, column: column.name };
    if (prefix === undefined) return rest;
    const partly =
      takesPrefix(column) && !(sized.has(column.type.name) && prefix >= (column.type.length ?? 0));
    return partly && index.kind !== 'SPATIAL' && index.kind !== 'FULLTEXT' ? { ...rest, prefix } : rest;
  });
  return { ...index, parts };
}

const takesPrefix = ({ type }: Column): boolean => sized.has(type.name) || /text$|blob$/.test(type.name);

/** The order in which the server keeps and shows indexes; see sort_keys of sql_table.cc. */
function sortIndexes(indexes: readonly MysqlIndex[], columns: readonly Column[]): readonly MysqlIndex[] {
  const rank = (index: MysqlIndex): number => {
    if (index.kind === 'PRIMARY') return 0;
    if (index.kind === 'FULLTEXT') return 6;
    if (index.kind !== 'UNIQUE') return 5;
    const partColumns = index.parts.map((part) => columns[columnIndex(columns, part.column ?? '')]);
    const nullable = partColumns.some((column) => column === undefined || column.nullable);
    const partial = index.parts.some((part) => part.prefix !== undefined);
    return (nullable ? 3 : 1) + (partial ? 1 : 0);
  };
  return indexes
    .map((index, at) => ({ index, at, rank: rank(index) }))
    .sort((a, b) => a.rank - b.rank || a.at - b.at)
    .map(({ index }) => index);
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
