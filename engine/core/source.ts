import type { CaptureSink } from './change.ts';
import type { Clock } from './clock.ts';
import type { EndpointConfig } from './endpoint.ts';
import type { Logger } from './logger.ts';
import type { Position, PositionOrder } from './position.ts';
import { JsonDocument } from './row.ts';
import type { ObjectSelection } from './selection.ts';
import type { ChangeDecoder, DecoderOptions, StructureHistory, StructureSnapshot } from './structure.ts';
import type { Table, TableId } from './table.ts';

/** What every connector gets: nothing global. */
export interface ConnectorContext {
  readonly endpoint: EndpointConfig;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Default: `defaultPatience`. */
  readonly patience?: Patience | undefined;
  /** Is told what a connector waits for at its server, where that takes long: a lock of others. */
  readonly onWaiting?: ((message: string) => void) | undefined;
  /** Ends what the connector has under way. Not every use of a connector needs it: streams take a signal of their own. */
  readonly signal?: AbortSignal | undefined;
}

/** How long a silent server is believed to live. */
export interface Patience {
  /** Silence after which a connection is looked at: it is given up as CONNECTION_STALLED if the server is not at work on it. */
  readonly stallMillis: number;
  /** How often an idle source is to say that it lives; three times as long without a word is a stalled connection. */
  readonly heartbeatMillis: number;
}

export const defaultPatience: Patience = { stallMillis: 30_000, heartbeatMillis: 5000 };

/** What a source is, as found by asking it. */
export interface SourceIdentity {
  /** Names the server or its replication topology's member: two servers never share it. */
  readonly server: string;
  readonly version: string;
  readonly flavour: string;
  /** True when a position stays good on another server of the same topology (GTID). */
  readonly positionsSurviveFailover: boolean;
  /** What actions of foreign keys change in referring tables is in the log like any other change. */
  readonly logsCascades: boolean;
}

/**
 * The reading side of a connector, for one task. Methods may be called at the same time; each opens connections of its own as needed.
 * All throw DtsError classified by the driver's codes.
 */
export interface Source {
  readonly positions: PositionOrder;
  identity(): Promise<SourceIdentity>;
  /**
   * A position whose every transaction is visible to any read that starts from now on ("low watermark").
   * It may be older than now. `tables` are those that will be read; a brief metadata lock on them is allowed where nothing else is exact.
   * Without them only the structure is read: see `readStructure`.
   */
  visiblePosition(tables: readonly TableId[]): Promise<Position>;
  /**
   * A position that contains every transaction which any read finished by now has seen ("high watermark"). `tables` are those that were
   * read, none where only the log counts; a brief lock on them is allowed where nothing else is exact.
   */
  writtenPosition(tables?: readonly TableId[]): Promise<Position>;
  /**
   * The positions, which `writtenPosition` told, without transactions that were under way then and have been rolled back since: such
   * a transaction never comes. A position that holds none is given back as it is.
   */
  withoutGivenUp(positions: readonly Position[]): Promise<readonly Position[]>;
  /**
   * Structure of the selection as of now. Law: it shows every schema change that the source's log held when it was called, also one that
   * reads do not show yet. The caller makes sure by the change stream that nothing changed meanwhile.
   */
  readStructure(selection: ObjectSelection): Promise<StructureSnapshot>;
  readonly snapshot: SnapshotSource;
  /**
   * Reads the source's log from after `from` into the sink until the signal aborts; then resolves.
   * Law: whole transactions in log order, none left out, none twice within one call; bytes exact and checksums verified.
   * Rejects on a broken or stalled connection: the caller calls again from the last committed position.
   */
  capture(options: CaptureOptions): Promise<void>;
  decoder(history: StructureHistory, selection: ObjectSelection, options?: DecoderOptions): ChangeDecoder;
  restoreHistory(serialized: string): StructureHistory;
  close(): Promise<void>;
}

export interface CaptureOptions {
  readonly from: Position;
  readonly selection: ObjectSelection;
  readonly sink: CaptureSink;
  readonly signal: AbortSignal;
  /** Tells this reader from others at the source: chosen per task, stable over restarts. */
  readonly readerId: number;
  /** False while nobody waits for changes: they may come to the sink a few hundredths of a second later, many together. Default true. */
  readonly isAwaited?: (() => boolean) | undefined;
}

/** A range of rows of one table, by its identity key, in the source's own order. Plain data: it is kept in the store. */
export interface Chunk {
  /** Number within the table, from 0. */
  readonly index: number;
  /** SQL literals of the identity columns: rows after `after` (absent: from the start) … */
  readonly after?: readonly string[] | undefined;
  /** … up to and including `through` (absent: to the end). */
  readonly through?: readonly string[] | undefined;
}

/** Rows in the text form of LOAD DATA: fields by TAB, rows by LF, escape `\`, NULL as `\N`, text bytes as stored. */
export interface RowBlock {
  readonly bytes: Buffer;
  /** All rows, those of `typed` included. */
  readonly rows: number;
  /** Rows that are not in `bytes`, because the text form of their JSON would lose types. */
  readonly typed?: readonly TypedRow[];
  /** Gives the memory of `bytes` back at once. Whoever has used them calls it; without it the collector comes for them. */
  readonly release?: () => void;
}

/** One row by its fields, as they were selected; null for NULL. */
export type TypedRow = readonly (Buffer | JsonDocument | null)[];

/** Bytes of all rows of the block; of typed rows, rough bytes in memory. */
export const blockBytes = ({ bytes, typed = [] }: RowBlock): number =>
  typed.reduce((sum, row) => sum + typedRowBytes(row), bytes.length);

export function typedRowBytes(row: TypedRow): number {
  let bytes = 0;
  for (const value of row)
    bytes += value instanceof JsonDocument ? documentBytes(value) : (value?.length ?? 4);
  return bytes;
}

const documentBytes = ({ text, scalars }: JsonDocument): number =>
  scalars.reduce((sum, { path }) => sum + 192 + path.length, text.length);

/** Reading of tables for the full load. */
export interface SnapshotSource {
  /**
   * Cuts a table with an identity into chunks of about `chunkBytes`, lazily, going on after `resumeAfter`.
   * Law: the chunks join without gap or overlap; the last has no `through`; no lock and no transaction is held between them.
   */
  planChunks(options: {
    table: Table;
    chunkBytes: number;
    resumeAfter?: Chunk | undefined;
    estimate: { rows: number; bytes: number };
  }): AsyncIterable<Chunk>;
  /** The rows of one chunk by one plain SELECT of exactly the writable columns of `table`. Throws SOURCE_TABLE_CHANGED when they no longer exist. */
  readChunk(options: { table: Table; chunk: Chunk; signal: AbortSignal }): AsyncIterable<RowBlock>;
  /**
   * All rows of the tables, table after table in the order given, by one consistent read tied to an exact position, which is told before
   * the first block: rows hold exactly the transactions that the position contains. The blocks of a table are to be taken to their end
   * before the next table is asked for. Throws SOURCE_TABLE_CHANGED.
   */
  readTogether(options: {
    tables: readonly Table[];
    signal: AbortSignal;
    onPosition: (position: Position) => void | Promise<void>;
  }): AsyncIterable<TableRows>;
}

/** The rows of one table of several. */
export interface TableRows {
  readonly table: Table;
  readonly blocks: AsyncIterable<RowBlock>;
}
