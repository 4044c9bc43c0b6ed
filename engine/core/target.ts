import type { SchemaEvent, SchemaStatement } from './change.ts';
import type { Position } from './position.ts';
import type { Row, RowChange, Rows } from './row.ts';
import type { RowBlock } from './source.ts';
import type { ObjectDefinition } from './structure.ts';
import type { Table, TableId } from './table.ts';

/** A source table and the name it has at the target. Columns and keys are those of the source table as of the change. */
export interface TargetTable {
  readonly source: Table;
  readonly id: TableId;
}

/** How far the target is. Kept at the target, in the transaction that brought it there. */
export interface Checkpoint {
  /** Offset in the change log after the last applied transaction. */
  readonly logOffset: bigint;
  readonly position: Position;
  readonly committedAtMicros: number;
  /** A schema change that was begun: set before it runs, cleared by the next checkpoint. */
  readonly intent?: SchemaIntent | undefined;
}

export interface SchemaIntent {
  readonly logOffset: bigint;
  /** Ordinal among the statements of that change. */
  readonly step: number;
  /** What the objects that the statement touches looked like at the target just before it ran. */
  readonly before: string;
}

/** Renames objects between source and target. */
export interface NameMapping {
  database(source: string): string;
  table(source: TableId): TableId;
}

/** The writing side of a connector, for one task. */
export interface Target {
  /** Creates what the task keeps at the target (its checkpoint table). May repeat. */
  prepare(taskId: string): Promise<void>;
  readCheckpoint(taskId: string): Promise<Checkpoint | undefined>;
  /** Writes a checkpoint outside any group: at the start of a task, and around schema changes. Throws CHECKPOINT_MOVED for one that goes back. */
  writeCheckpoint(taskId: string, checkpoint: Checkpoint): Promise<void>;
  /** Forgets the task: removes its checkpoint row. Data stays. */
  forget(taskId: string): Promise<void>;

  readonly structure: StructureTarget;
  readonly bulk: BulkTarget;
  /** A session for the apply stage: one connection, one open transaction at a time. */
  openApply(taskId: string, listener?: ApplyListener): Promise<ApplySession>;
  close(): Promise<void>;
}

/** Rows that strict changes did not find at the target. */
export interface MissingRows {
  /** At the target, as `database.table`. */
  readonly table: string;
  readonly rows: number;
}

/** Told of what happens in an open transaction. */
export interface ApplyListener {
  onMissing(missing: MissingRows): void;
}

/** True when a fingerprint shows an exchange of names or rows between tables that look alike. */
export const showsIdentity = (fingerprint: string): boolean => fingerprint.endsWith(IDENTITY_SHOWN);
/** Ends fingerprints of which `showsIdentity` is true. */
export const IDENTITY_SHOWN = '#';

/**
 * Whose rights an object acts with: those that it has at the source, by the account named there as its definer or by its caller; or, where
 * the target does not take that account, what the endpoint's user can give: triggers and events have its rights, all else its caller's.
 */
export type ActsFor = 'definer' | 'endpoint user';

/** Making objects at the target. Definitions come with source names; `mapping` gives the target's. */
export interface StructureTarget {
  /** SCHEMA_1: the database or the table with its columns, primary key and what the table cannot do without; no secondary indexes, no foreign keys. Kept if it exists and is alike. */
  createContainer(definition: ObjectDefinition, mapping: NameMapping): Promise<void>;
  /**
   * SCHEMA_2: brings secondary indexes and foreign keys of the table to what the definition `table` says. `parents` are the carried
   * tables that its foreign keys refer to: they get the indexes that these need, whenever it is their own turn. May repeat.
   */
  completeTable(table: TargetTable, mapping: NameMapping, parents: readonly TargetTable[]): Promise<void>;
  /**
   * Part of `completeTable`, before the changes since a copy are applied: foreign keys that act on this table's rows (CASCADE, SET
   * NULL, SET DEFAULT), because what they do at the source is not in its log and must be done by the target. May repeat.
   */
  addActingForeignKeys(
    table: TargetTable,
    mapping: NameMapping,
    parents: readonly TargetTable[],
  ): Promise<void>;
  /** SCHEMA_2, SCHEMA_3: views, routines, triggers, events; replaces an older one of the same name. */
  createObject(definition: ObjectDefinition, mapping: NameMapping): Promise<ActsFor>;
  /** Empties a table. */
  truncate(table: TableId): Promise<void>;
  /** Makes sure that the name is taken by an empty table, of whatever structure: the place of one that will be copied later. */
  hold(table: TableId): Promise<void>;
  /** Removes a table if it exists, whatever refers to it. */
  drop(table: TableId): Promise<void>;
  /** Tables among `tables` that exist and have rows, for the conflict check. */
  occupied(tables: readonly TableId[]): Promise<readonly TableId[]>;
  /**
   * A text that is equal as long as the named objects are alike; '' for each that does not exist. It waits for a statement of the
   * `owner` that a lost connection or a killed process left running. With `identity` it also tells apart tables that look alike,
   * where the server lets us: see `showsIdentity`.
   */
  fingerprint(objects: readonly TableId[], options?: { owner?: string; identity?: boolean }): Promise<string>;
  /**
   * The statements that replay a schema change here, in order: names mapped, objects that `selects` refuses left out,
   * triggers and events left for SCHEMA_3. Pure. Throws DDL_NOT_UNDERSTOOD where the text cannot be split or renamed safely.
   */
  plan(
    event: SchemaEvent,
    mapping: NameMapping,
    selects: (table: TableId) => boolean,
  ): readonly SchemaStatement[];
  /** Runs one schema statement with its session state, names already those of the target. Commits whatever is open. `owner`: see `fingerprint`. */
  execute(statement: SchemaStatement, owner?: string): Promise<ActsFor>;
}

/** Bulk writing for the full load. Sessions of their own; may be called in parallel. */
export interface BulkTarget {
  /**
   * Writes all blocks in one transaction and resolves with the rows written once it is committed.
   * Rows with the identity of an existing row replace it: repeating a chunk after a crash is harmless.
   * Throws VALUE_NOT_EXACT when the target reports that a value was changed on the way.
   */
  load(options: {
    table: TargetTable;
    blocks: AsyncIterable<RowBlock>;
    signal: AbortSignal;
  }): Promise<{ rows: number; bytes: number }>;
}

/** What a group does to one table, reduced per identity. Executed in the order deletes, updates, inserts. */
export interface TableBatch {
  readonly table: TargetTable;
  /** Rows by identity (other values undefined). For keyless tables: full rows with the number of copies to remove. */
  readonly deletes: readonly Row[];
  readonly deleteCounts?: readonly number[] | undefined;
  /** Whole rows of identities that existed before: written over. */
  readonly replaces: Rows;
  /** Identities that existed before, of which only some columns are known. */
  readonly updates: readonly { readonly identity: Row; readonly set: Row }[];
  /** Whole rows of identities that did not exist before. For keyless tables a row may occur several times. */
  readonly inserts: Rows;
}

/**
 * strict: the target holds exactly the state before these changes; an insert that meets a row is a conflict.
 * idempotent: rows may already be newer (between the watermarks of a full load): inserts overwrite, updates and deletes of missing rows pass.
 */
export type WriteMode = 'strict' | 'idempotent';

/** Steps of one group in order. Tables inside one `batches` step do not depend on each other. */
export type WriteStep =
  | {
      readonly kind: 'batches';
      readonly batches: readonly TableBatch[];
      readonly mode: (table: TableId) => WriteMode;
    }
  /** Row by row in source order: where reduction could not be right (cascades, unique keys with partial images, JSON patches). */
  | {
      readonly kind: 'ordered';
      readonly table: TargetTable;
      readonly changes: readonly RowChange[];
      readonly foreignKeyChecks: boolean;
      readonly mode: WriteMode;
    };

/**
 * One target transaction at a time. Law: what `write` did is visible and durable only with `commit`, together with the checkpoint;
 * after any error the transaction is rolled back and the session is closed: the caller opens another and repeats from the checkpoint.
 */
export interface ApplySession {
  /** Begins the transaction if none is open, and executes the step. */
  write(step: WriteStep): Promise<void>;
  /** Sends what was written and still waits to be sent: from then on the session refers to nothing that the steps hold. */
  flush(): Promise<void>;
  /** Writes the checkpoint in the open transaction (or one of its own) and commits both. Throws CHECKPOINT_MOVED for one that goes back. */
  commit(checkpoint: Checkpoint): Promise<void>;
  close(): Promise<void>;
}
