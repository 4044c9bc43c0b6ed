import type { SchemaStatement } from '../../core/change.ts';
import type { ErrorCode } from '../../core/errors.ts';
import type { ObjectSelection } from '../../core/selection.ts';
import type { TableId } from '../../core/table.ts';
import type { PhaseName, PhaseState, TableState } from '../../core/task.ts';

/** What a task's run knows beside the checkpoint at the target. Kept in the store as JSON; every change is saved before it is acted on. */
export interface RunState {
  /** Where the change log and the structure begin. */
  readonly startPosition: string;
  readonly startOffset: string;
  readonly phases: Readonly<
    Record<PhaseName, { state: PhaseState; startedAt?: number; finishedAt?: number }>
  >;
  readonly totals: RunTotals;
  /** What it carries; absent in runs of older versions. */
  readonly selection?: ObjectSelection | undefined;
  /** What it carried before, while the tables that came into the selection are not set apart yet. */
  readonly joining?: ObjectSelection | undefined;
  /** What the user decided about a schema change that stopped the task. */
  readonly resolution?: SchemaResolution | undefined;
  /** The change that stopped the task. */
  readonly refusal?: SchemaRefusal | undefined;
  /** Statements about views that wait for tables, in order. */
  readonly deferred?: readonly DeferredStatement[] | undefined;
}

/** A statement for the target that waits until tables are there. */
export interface DeferredStatement {
  /** Names the change in the log and the step of it. */
  readonly at: string;
  readonly statement: SchemaStatement;
  readonly views: readonly TableId[];
  /** Fingerprint of the views before the statement; set once it is begun. */
  readonly before?: string | undefined;
}

/** Failures that a resolution can settle. */
export const resolvableCodes = [
  'DDL_NOT_UNDERSTOOD',
  'DDL_FAILED',
  'DDL_OUTCOME_UNKNOWN',
  'SCHEMA_MISMATCH',
] as const satisfies readonly ErrorCode[];

/** A change of the source that the task could not carry. */
export interface SchemaRefusal {
  readonly code: (typeof resolvableCodes)[number];
  /** The source's transaction that holds it. */
  readonly transaction: string;
  /** Selected tables that it concerns, as far as they are known. */
  readonly tables: readonly TableId[];
}

/** Counted since the first start; a crash may lose the latest seconds of counts, never of data. */
export interface RunTotals {
  readonly changesCaptured: number;
  readonly changesApplied: number;
  /** Absent in runs of older versions. */
  readonly rowsMissing?: number | undefined;
}

/**
 * SKIP: go on as if the change were done. REPLACE: take `sql` instead. RELOAD: copy the tables again with the structure that the
 * source has now, and carry nothing of the change that cannot be carried.
 */
export interface SchemaResolution {
  readonly action: 'SKIP' | 'REPLACE' | 'RELOAD';
  readonly code: SchemaRefusal['code'];
  /** It settles the change in this transaction of the source and no other. */
  readonly transaction: string;
  /** For REPLACE: with source names for DDL_NOT_UNDERSTOOD, else with target names, run at the target as it is. */
  readonly sql?: string | undefined;
  /** For RELOAD: those that are still to be set apart. */
  readonly tables?: readonly TableId[] | undefined;
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
  /** Cannot be read in ranges of its identity: it is copied whole, as of one position. */
  readonly keyless: boolean;
  /** Foreign keys with actions join it to other tables, or to itself, and the log does not tell what they do: all are copied as of one position. */
  readonly together?: boolean | undefined;
  /** What stands at the target under its name is an empty place: only names are followed until it is copied. With RELOADING alone. */
  readonly detached?: boolean | undefined;
  /** Offset in the change log of the change that gave it its name, so that a repeated swap of names does not swap them back. */
  readonly renamedAt?: string | undefined;
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

/** Its copy shows one position: what came before must not be applied over it, what came after must. */
export const isOfOnePosition = (table: Pick<TableRun, 'keyless' | 'together'>): boolean =>
  table.keyless || table.together === true;
