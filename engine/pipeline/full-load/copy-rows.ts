import type { Clock } from '../../core/clock.ts';
import { DtsError } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import { blockBytes, type RowBlock, type Source } from '../../core/source.ts';
import type { StructureHistory } from '../../core/structure.ts';
import type { Table } from '../../core/table.ts';
import type { Target } from '../../core/target.ts';
import type { Meter } from '../run/meter.ts';
import { type TableRun, targetIdOf } from '../run/run-state.ts';
import type { TaskPort } from '../run/task-port.ts';
import type { TableRegistry } from '../tables/table-registry.ts';

export interface FullLoadOptions {
  readonly source: Source;
  readonly target: Target;
  readonly registry: TableRegistry;
  readonly meter: Meter;
  readonly history: StructureHistory;
  readonly port: TaskPort;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly parallelism: number;
  readonly chunkBytes: number;
  readonly signal: AbortSignal;
  /** Joined to another table by a foreign key with an action: nothing of it may be dropped for being in the copy. */
  readonly acting: (table: Table) => boolean;
  /** Runs one piece of work under the task's retry windows. */
  readonly retrying: <T>(stage: string, work: () => Promise<T>) => Promise<T>;
  /** The table cannot be copied as its structure was known: it is emptied and copied again when the structure has caught up. */
  readonly onTableChanged: (table: TableRun, cause: DtsError) => Promise<void>;
}

/** A table of the full load with its structure at the source. */
export interface CopiedTable {
  readonly run: TableRun;
  readonly table: Table;
}

/** Brings rows to the target in one transaction, and measures who waited for whom. */
export async function writeRows(
  options: FullLoadOptions,
  { run, table }: CopiedTable,
  blocks: AsyncIterable<RowBlock>,
): Promise<{ rows: number; bytes: number }> {
  const { target, signal, meter, clock } = options;
  const startedAt = clock.now();
  let reading = 0;
  let askedAt = startedAt;
  const timed = async function* () {
    for await (const block of blocks) {
      reading += clock.now() - askedAt;
      meter.bytes.add(blockBytes(block));
      meter.rows.add(block.rows);
      yield block;
      askedAt = clock.now();
    }
  };
  const written = await target.bulk.load({
    table: { source: table, id: targetIdOf(run) },
    blocks: timed(),
    signal,
  });
  meter.waits.add('SOURCE', reading);
  meter.waits.add('TARGET', clock.now() - startedAt - reading);
  return written;
}

/** Failures that values of another type can cause. */
const ofValues: ReadonlySet<string> = new Set(['VALUE_NOT_EXACT', 'TARGET_REJECTED', 'SOURCE_REJECTED']);

/** True when a copy failed because the source has one of the tables no more, or with other columns than are known. */
export async function isTableChanged(
  error: unknown,
  options: FullLoadOptions,
  tables: readonly Table[],
): Promise<boolean> {
  if (!(error instanceof DtsError)) return false;
  if (error.code === 'SOURCE_TABLE_CHANGED') return true;
  if (!ofValues.has(error.code)) return false;
  const databases = [...new Set(tables.map(({ id }) => id.database))].map((name) => ({
    name,
    tables: tables.filter(({ id }) => id.database === name).map(({ id }) => ({ name: id.name })),
  }));
  const { history } = await options.retrying('schema', () => options.source.readStructure({ databases }));
  return tables.some(
    ({ id, columns }) => JSON.stringify(history.table(id)?.columns) !== JSON.stringify(columns),
  );
}
