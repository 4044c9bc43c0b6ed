import type { StructureHistory } from '../../core/structure.ts';
import { type Table, type TableKey, tableKey } from '../../core/table.ts';
import type { Target } from '../../core/target.ts';
import type { ObjectMapper } from '../../transform/mapping.ts';
import { sourceIdOf, type TableRun, targetIdOf } from '../run/run-state.ts';
import { parentsAtTarget } from './cascades.ts';
import type { TableRegistry } from './table-registry.ts';

export interface CompleteOptions {
  readonly target: Target;
  readonly mapper: ObjectMapper;
  readonly registry: TableRegistry;
  readonly history: StructureHistory;
  /** Tables at once. */
  readonly parallelism: number;
}

/**
 * Gives copied tables their indexes and foreign keys; from then on they follow the changes. Several at a time, as an index is built on
 * one core for the most part; those that foreign keys join come one after the other, as each may add an index to its parents.
 */
export async function completeTables(options: CompleteOptions, tables: readonly TableRun[]): Promise<void> {
  const joined = tablesWithForeignKeys(options.history);
  const waiting = tables.filter((run) => !joined.has(tableKey(sourceIdOf(run))));
  const workers = Array.from({ length: Math.max(1, options.parallelism) }, async () => {
    for (let run = waiting.shift(); run !== undefined; run = waiting.shift()) await complete(options, run);
  });
  // All have ended before a failure is told.
  for (const result of await Promise.allSettled(workers)) {
    if (result.status === 'rejected') throw result.reason;
  }
  for (const run of tables) if (joined.has(tableKey(sourceIdOf(run)))) await complete(options, run);
}

function tablesWithForeignKeys(history: StructureHistory): ReadonlySet<TableKey> {
  const joined = (table: Table) =>
    table.foreignKeys.length === 0
      ? []
      : [table.id, ...table.foreignKeys.map(({ references }) => references)];
  return new Set(history.tables().flatMap(joined).map(tableKey));
}

async function complete(options: CompleteOptions, run: TableRun): Promise<void> {
  const { target, mapper, registry, history } = options;
  const id = sourceIdOf(run);
  const source = history.table(id);
  // After a crash the table may be ahead of the history: the change that made it, or gave it this name, is about to come again.
  if (source === undefined) return;
  if (!run.completed) {
    const parents = parentsAtTarget(source, history, (parent) => registry.targetOf(parent));
    await target.structure.completeTable({ source, id: targetIdOf(run) }, mapper, parents);
  }
  await registry.update(id, { state: 'REPLICATING', completed: true, low: undefined, high: undefined });
}
