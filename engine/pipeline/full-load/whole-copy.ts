import { DtsError } from '../../core/errors.ts';
import type { Position } from '../../core/position.ts';
import type { Table } from '../../core/table.ts';
import { sourceIdOf, targetIdOf } from '../run/run-state.ts';
import { type CopiedTable, type FullLoadOptions, isTableChanged, writeRows } from './copy-rows.ts';

/**
 * Copies tables whole, all as of one position: low = high. A failure in the middle begins it anew with empty tables, as what was
 * read shows a position of its own.
 */
export async function copyWhole(options: FullLoadOptions, tables: readonly CopiedTable[]): Promise<void> {
  try {
    await options.retrying('copy', () => attempt(options, tables));
  } catch (error) {
    const known = tables.map(({ table }) => table);
    if (!(await isTableChanged(error, options, known))) throw error;
    for (const { run } of tables) await options.onTableChanged(run, error as DtsError);
  }
}

async function attempt(options: FullLoadOptions, tables: readonly CopiedTable[]): Promise<void> {
  const { source, target, registry, port, signal } = options;
  const ids = tables.map(({ run }) => sourceIdOf(run));
  const begun = { low: undefined, high: undefined, rowsCopied: 0, bytesCopied: 0 };
  await registry.updateAll(ids, { state: 'COPYING', ...begun });
  for (const { run } of tables) {
    await port.clearChunks(sourceIdOf(run));
    await target.structure.truncate(targetIdOf(run));
  }
  const copied = new Map<Table, CopiedTable>(tables.map((entry) => [entry.table, entry]));
  let position: Position | undefined;
  const reading = source.snapshot.readTogether({
    tables: [...copied.keys()],
    signal,
    onPosition: (at) => {
      position = at;
    },
  });
  for await (const { table, blocks } of reading) {
    const entry = copied.get(table)!;
    const { rows, bytes } = await writeRows(options, entry, blocks);
    registry.countCopied(sourceIdOf(entry.run), rows, bytes);
  }
  if (position === undefined) throw new DtsError('INTERNAL', 'a copy as of one position told none');
  // In one change of the store: after a crash either all have this position or all are copied again.
  await registry.updateAll(ids, { state: 'COPIED', low: position, high: position });
}
