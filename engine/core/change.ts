import type { Position } from './position.ts';
import type { RowChange } from './row.ts';
import type { Table, TableId } from './table.ts';

/** What ends a captured transaction. */
export interface CommitMark {
  /** Resuming capture at this position gives what follows the transaction, and nothing of it. */
  readonly position: Position;
  /** When the source committed, microseconds since 1970 by the source's clock. */
  readonly committedAtMicros: number;
}

/** Pieces up to this length are copied by the sink; see CaptureSink.piece. */
export const COPIED_PIECE_BYTES = 16 * 1024;

/**
 * Takes what a source writes into its log, in order. The change log implements it.
 * Pieces are the connector's own encoding (for MySQL: binlog events); only its decoder reads them.
 */
export interface CaptureSink {
  /**
   * Opens a transaction. Law: nothing of it is visible or durable before its commit.
   * `transaction` names it alone: a watermark `covers` it exactly when the watermark contains this transaction.
   */
  begin(transaction: Position): void;
  /**
   * Adds a piece to the open transaction. Up to COPIED_PIECE_BYTES it is copied, and the bytes are good until the call returns; a larger
   * one is handed over: the caller never touches it again. `rows`: how many rows it changes, for counts alone.
   */
  piece(bytes: Uint8Array, rows?: number): void;
  /**
   * Adds a piece of `length` bytes that comes in parts, which need never be in memory together: `part` is called until all of
   * them are given, and nothing but `pressure` and `abandon` before. The readers of the change log get one piece.
   */
  largePiece(length: number, rows?: number): void;
  /** The next bytes of a large piece, handed over. */
  part(bytes: Uint8Array): void;
  /** Closes the open transaction. It becomes durable, then visible, soon after; order is kept. */
  commit(mark: CommitMark): void;
  /** Drops the open transaction, if any: the connection broke in its middle and it will come again from its start. */
  abandon(): void;
  /** The source is alive and had written nothing after `position` at `timeMicros` (source's clock). May repeat. */
  idle(position: Position, timeMicros: number): void;
  /** Undefined while there is room. Otherwise resolves when there is room again; until then the caller reads nothing more. */
  pressure(): Promise<void> | undefined;
}

/** One decoded piece of a transaction. */
export type ChangeEvent = RowsEvent | SchemaEvent;

/** Rows of one table that one statement changed, in the order of the source's log. */
export interface RowsEvent {
  readonly kind: 'rows';
  /** The structure as of this position. */
  readonly table: Table;
  readonly changes: readonly RowChange[];
  /** False when the source's session had foreign_key_checks off: no check and no cascade happened there. */
  readonly foreignKeyChecks: boolean;
}

/** A schema change, with what it does to the objects known so far. */
export interface SchemaEvent {
  readonly kind: 'schema';
  readonly statement: SchemaStatement;
  readonly effects: readonly SchemaEffect[];
}

/** The text of a schema change and the session it ran in: what replay at a target of the same family needs. */
export interface SchemaStatement {
  readonly text: string;
  /** Database that unqualified names refer to; empty for none. */
  readonly database: string;
  /** Session variables as of its execution, name → SQL literal: sql_mode, character_set_client, collation_connection, time_zone … */
  readonly session: Readonly<Record<string, string>>;
}

/**
 * What a schema change does to one object.
 *
 * `alter` classes: `indexes` adds, drops or renames only non-primary indexes, so rows read before and after it are alike;
 * `additive` only adds nullable or defaulted columns or changes defaults and comments, so an explicit list of the old columns can
 * still be read; `rewrite` is everything else.
 */
export type SchemaEffect =
  /** `like`: the table whose structure was taken over. */
  | { readonly kind: 'create-table'; readonly table: TableId; readonly like?: TableId }
  | {
      readonly kind: 'alter-table';
      readonly table: TableId;
      readonly change: 'indexes' | 'additive' | 'rewrite';
      /** Columns that the statement fills or converts by the rules of a type that the source's system alone has. */
      readonly filledByOwnTypes?: readonly string[];
    }
  | { readonly kind: 'rename-table'; readonly from: TableId; readonly to: TableId }
  | { readonly kind: 'drop-table'; readonly table: TableId }
  | { readonly kind: 'truncate-table'; readonly table: TableId }
  | { readonly kind: 'create-database' | 'alter-database' | 'drop-database'; readonly database: string }
  | { readonly kind: 'view' | 'routine'; readonly object: TableId }
  /** Triggers and events are moved at the end of a migration (SCHEMA_3), so that nothing at the target acts on its own before. */
  | { readonly kind: 'trigger' | 'event'; readonly object: TableId }
  /** Accounts, grants, server administration, statements without effect on structure: never replayed. */
  | { readonly kind: 'none'; readonly reason: string };
