import type { TableId } from '../core/table.ts';
import type { PhaseName, PhaseState, TableState } from '../core/task.ts';

/** What a task's run knows beside the checkpoint at the target. Kept in the store as JSON; every change is saved before it is acted on. */
export interface RunState {
  /** Where the change log and the structure begin. */
  readonly startPosition: string;
  readonly startOffset: string;
  readonly phases: Readonly<
    Record<PhaseName, { state: PhaseState; startedAt?: number; finishedAt?: number }>
  >;
  readonly totals: RunTotals;
  /** What the user decided about a schema change that stopped the task. */
  readonly resolution?: SchemaResolution | undefined;
}

/** Counted since the first start; a crash may lose the latest seconds of counts, never of data. */
export interface RunTotals {
  readonly changesCaptured: number;
  readonly changesApplied: number;
}

export interface SchemaResolution {
  readonly action: 'SKIP' | 'REPLACE' | 'RELOAD';
  /** For REPLACE: the SQL to run at the target instead, with target names. */
  readonly sql?: string | undefined;
}

/** One table of a run, keyed by its name at the source. */
export interface TableRun {
  readonly database: string;
  readonly name: string;
  readonly targetDatabase: string;
  readonly targetName: string;
  readonly state: TableState;
  /** Watermarks of its copy: changes up to `low` are in the copy, changes after `high` are not, those between may be. */
  readonly low?: string | undefined;
  readonly high?: string | undefined;
  readonly keyless: boolean;
  /** Its secondary indexes and foreign keys exist at the target. */
  readonly completed: boolean;
  readonly estimatedRows: number;
  readonly estimatedBytes: number;
  readonly rowsCopied: number;
  readonly bytesCopied: number;
  readonly inserts: number;
  readonly updates: number;
  readonly deletes: number;
  readonly ddls: number;
}

export const sourceIdOf = (table: TableRun): TableId => ({ database: table.database, name: table.name });
export const targetIdOf = (table: TableRun): TableId => ({
  database: table.targetDatabase,
  name: table.targetName,
});
