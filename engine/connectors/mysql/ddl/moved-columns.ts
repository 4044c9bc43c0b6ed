import { createHash } from 'node:crypto';
import { type TableId, tableKey } from '../../../core/table.ts';
import { columnRenames } from './alter.ts';
import type { AlterSpec, QualifiedName } from './parser/ast.ts';
import type { Cursor } from './parser/cursor.ts';

/**
 * True when a column takes a name that another leaves in the same statement. The table may look alike before and after, and a
 * repetition moves the values again; all other renames show, because the new name was not there before.
 */
export function movesColumnNames(specs: readonly AlterSpec[]): boolean {
  const renames = [...columnRenames(specs)].filter(([from, to]) => from !== to.toLowerCase());
  const left = new Set(renames.map(([from]) => from));
  for (const spec of specs) if (spec.kind === 'drop-column') left.add(spec.name.toLowerCase());
  return renames.some(([, to]) => left.has(to.toLowerCase()));
}

/** The name a table bears between two steps of its change; of the same database, and of this table alone. */
export const interimName = (table: TableId): TableId => ({
  database: table.database,
  name: `_opendts_${createHash('sha256').update(tableKey(table)).digest('hex').slice(0, 16)}`,
});

/** Where the first change of ALTER TABLE starts: after the table's name and MariaDB's limit for the wait. */
export function startOfSpecs(cursor: Cursor, table: QualifiedName): number {
  const at = cursor.tokens.findIndex(({ start }) => start >= table.name.end);
  const word = cursor.tokens[at]?.value.toUpperCase();
  return cursor.tokens[at + (word === 'WAIT' ? 2 : word === 'NOWAIT' ? 1 : 0)]!.start;
}
