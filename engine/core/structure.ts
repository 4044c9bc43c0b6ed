import type { ChangeEvent } from './change.ts';
import type { Table, TableId } from './table.ts';

/**
 * The structure of the selected databases as of one position. Immutable.
 * It is written beside the checkpoint (`serialize`) and read back after a stop of any length.
 */
export interface StructureHistory {
  table(id: TableId): Table | undefined;
  tables(): readonly Table[];
  /** This history with one table as another history of the same source knows it; without it when that one does not know it. */
  adopting(id: TableId, from: StructureHistory): StructureHistory;
  /** JSON text from which the connector's `restoreHistory` makes an equal history. */
  serialize(): string;
}

/**
 * Turns captured pieces into changes and carries the structure along.
 * Law: pieces are given in log order, from the position of the history it was made with; the same pieces give the same events.
 */
export interface ChangeDecoder {
  /** The structure as of the last decoded piece. */
  readonly history: StructureHistory;
  /**
   * Events of one piece, in order: none for pieces that carry no change of a selected object.
   * Throws DDL_NOT_UNDERSTOOD, SCHEMA_MISMATCH, SOURCE_LOG_CORRUPT.
   */
  decode(piece: Uint8Array): Iterable<ChangeEvent>;
  /** Decodes a piece as if its schema change read `sql` (with source names); a piece of rows as it is. Throws like `decode`. */
  substitute(piece: Uint8Array, sql: string): Iterable<ChangeEvent>;
  /** Goes on from here with a structure that was read elsewhere. */
  adopt(history: StructureHistory): void;
  /** Forgets state that lives only inside one transaction (table maps). Called at each begin. */
  beginTransaction(): void;
}

export interface DecoderOptions {
  /**
   * Tables whose structure need not fit: their rows are left out, and what is not understood of their schema changes becomes an
   * effect `none`. Asked anew for each piece.
   */
  readonly ignores?: (table: TableId) => boolean;
}

/** SQL that makes one object, in the source's dialect and with the source's names. */
export interface ObjectDefinition {
  readonly kind: 'database' | 'table' | 'view' | 'routine' | 'trigger' | 'event';
  readonly id: TableId;
  readonly sql: string;
  /** Session variables under which the text means what it meant at the source, name → SQL literal. */
  readonly session: Readonly<Record<string, string>>;
}

/** The structure of the selection as read from a source, whole. */
export interface StructureSnapshot {
  readonly history: StructureHistory;
  readonly databases: readonly ObjectDefinition[];
  readonly tables: readonly ObjectDefinition[];
  readonly views: readonly ObjectDefinition[];
  readonly routines: readonly ObjectDefinition[];
  readonly triggers: readonly ObjectDefinition[];
  readonly events: readonly ObjectDefinition[];
  /** Rows and bytes per table by the source's statistics, for progress and chunk sizes; rough. */
  readonly estimates: ReadonlyMap<string, { readonly rows: number; readonly bytes: number }>;
}
