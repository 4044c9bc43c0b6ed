import type { Chunk } from '../../../core/source.ts';
import type { Column, Key, Table } from '../../../core/table.ts';
import { quoteName } from '../identifier.ts';

/** A column of an identity as SQL: how its value is selected for a literal, and the literal made of the selected text. */
export interface KeyColumn {
  readonly name: string;
  readonly read: string;
  literal(text: string): string;
}

/** The identity of a table as the planner and the reader of chunks use it. */
export interface ChunkKey {
  readonly columns: readonly KeyColumn[];
  /** Index hint that makes the server walk the key in order. */
  readonly hint: string;
  /** True for one integer column: ranges can be cut by arithmetic. */
  readonly integer: boolean;
}

const integers = new Set(['tinyint', 'smallint', 'mediumint', 'int', 'bigint']);
const temporals = new Set(['date', 'time', 'datetime', 'timestamp']);
const asNumber = new Set(['enum', 'set', 'bit']);
const asBytes = new Set(['binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob']);
const asText = new Set(['char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext']);

export function keyColumn(column: Column): KeyColumn {
  const name = quoteName(column.name);
  const type = column.type.name;
  if (integers.has(type) || type === 'year' || type === 'decimal') {
    return { name, read: name, literal: (text) => text };
  }
  if (type === 'float' || type === 'double') {
    // With an exponent it is a double; without, a decimal that the comparison would convert anew.
    return { name, read: `${name}*1e0`, literal: (text) => (text.includes('e') ? text : `${text}e0`) };
  }
  if (temporals.has(type)) return { name, read: name, literal: (text) => `'${text}'` };
  // Numbers order and compare these as their index does; member texts would not.
  if (asNumber.has(type)) return { name, read: `CAST(${name} AS UNSIGNED)`, literal: (text) => text };
  if (asBytes.has(type) || type.startsWith('var') || asText.has(type) || type === 'char') {
    const charset = column.type.charset ?? 'binary';
    const introducer = asBytes.has(type) || charset === 'binary' ? '' : `_${charset} `;
    return { name, read: `HEX(${name})`, literal: (text) => `${introducer}x'${text}'` };
  }
  // MariaDB's uuid, inet4, inet6: their text.
  return { name, read: `CAST(${name} AS CHAR)`, literal: (text) => `'${text}'` };
}

export function chunkKey(table: Table, identity: readonly number[]): ChunkKey {
  const columns = identity.map((index) => table.columns[index]!);
  const key = table.keys.find((candidate: Key) => {
    const parts = candidate.parts.map((part) => part.column);
    return candidate.unique && parts.length === identity.length && parts.every((c, i) => c === identity[i]);
  });
  return {
    columns: columns.map(keyColumn),
    hint: key ? `FORCE INDEX (${quoteName(key.primary ? 'PRIMARY' : key.name)})` : '',
    integer: columns.length === 1 && integers.has(columns[0]!.type.name),
  };
}

/** Condition for the rows of a chunk; '' for all. Row constructors are avoided: not every version ranges over an index by them. */
export function rangeCondition(key: ChunkKey, chunk: Pick<Chunk, 'after' | 'through'>): string {
  const parts = [
    chunk.after ? beyond(key.columns, chunk.after, '>', '>') : '',
    chunk.through ? beyond(key.columns, chunk.through, '<', '<=') : '',
  ].filter((part) => part !== '');
  return parts.join(' AND ');
}

/** Lexicographic comparison: `a > x OR (a = x AND (b > y OR …))`, with the bare bound of the first column for the optimizer. */
function beyond(
  columns: readonly KeyColumn[],
  literals: readonly string[],
  inner: string,
  last: string,
): string {
  const [column] = columns;
  const [literal] = literals;
  if (columns.length === 1) return `${column!.name} ${last} ${literal}`;
  const rest = beyond(columns.slice(1), literals.slice(1), inner, last);
  return `(${column!.name} ${inner}= ${literal} AND (${column!.name} ${inner} ${literal} OR (${column!.name} = ${literal} AND ${rest})))`;
}
