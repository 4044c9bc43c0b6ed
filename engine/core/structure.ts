import type { ChangeEvent } from './change.ts';
import type { Table, TableId } from './table.ts';

/**
 * The structure of the selected databases as of one position. Immutable.
 * It is written beside the checkpoint (`serialize`) and read back after a stop of any length.
 */
export interface StructureHistory {
  table(id: TableId): Table | undefined;
  tables(): readonly Table[];
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
  /** Forgets state that lives only inside one transaction (table maps). Called at each begin. */
  beginTransaction(): void;
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
