/**
 * Values and row changes on their way through the pipeline.
 *
 * A value is kept in the plainest form that loses nothing:
 *
 *   null          SQL NULL
 *   undefined     not in the row image (MINIMAL / NOBLOB images); never the same as NULL
 *   number        integers within ±(2^53-1); float and double (a float32 is the exact double of itself)
 *   bigint        integers beyond that
 *   string        decimal ("-12.50"), date, time, datetime, timestamp (UTC, "2026-01-31 23:59:59.000001"), year ("0000"),
 *                 JSON text: pure ASCII or Unicode, already the exact text that the source would print
 *   Uint8Array    character and binary data in the column's own character set, enum/set never; bit (big endian);
 *                 geometry (SRID + WKB); vector: bytes as stored
 *   EnumIndex     enum: member number, 0 is the error value; set: bit mask
 *   JsonDocument  JSON that holds scalars of SQL types, of which its text alone does not tell the type
 *   JsonPatch     a partial JSON update: applies to the value that the row had before
 */
export type Value =
  | null
  | undefined
  | number
  | bigint
  | string
  | Uint8Array
  | EnumIndex
  | JsonDocument
  | JsonPatch;

/** Position of an enum's member (1-based, 0 = ''), or the bit mask of a set. */
export class EnumIndex {
  readonly index: bigint;
  constructor(index: bigint) {
    this.index = index;
  }
}

/**
 * What a scalar inside a JSON document is where its text says something else: a SQL type; OPAQUE for bytes, which the text holds as
 * `"base64:type15:AP8="` with the number of their type; SIGNED and UNSIGNED for integers that the text alone would make the other.
 */
export type JsonScalarType =
  | 'DECIMAL'
  | 'DATE'
  | 'TIME'
  | 'DATETIME'
  | 'TIMESTAMP'
  | 'SIGNED'
  | 'UNSIGNED'
  | 'OPAQUE';

export interface JsonScalar {
  readonly type: JsonScalarType;
  /** JSON path text, for example `$."a"[3]`; `$` for a document that is nothing but the scalar. */
  readonly path: string;
  /** Where it stands in the text of the document: [start, end), quotes included. */
  readonly start: number;
  readonly end: number;
}

export class JsonDocument {
  /** As the source prints it. */
  readonly text: string;
  /** In the order of the text; at least one. */
  readonly scalars: readonly JsonScalar[];
  constructor(text: string, scalars: readonly JsonScalar[]) {
    this.text = text;
    this.scalars = scalars;
  }

  /** Equal for documents that are equal in every scalar and its type, and only for those. */
  get key(): string {
    return `${this.scalars.map(({ type, start }) => `${type} ${start}`).join()}:${this.text}`;
  }
}

export interface JsonPatchOperation {
  readonly kind: 'replace' | 'insert' | 'remove';
  /** JSON path text, for example `$.a[3]`. */
  readonly path: string;
  /** The new value, JSON text unless it holds scalars of SQL types; absent for remove. */
  readonly value?: string | JsonDocument;
}

export class JsonPatch {
  readonly operations: readonly JsonPatchOperation[];
  /** The document that the operations apply to, where it is known; absent: whatever the row holds. */
  readonly base: string | JsonDocument | undefined;
  constructor(operations: readonly JsonPatchOperation[], base?: string | JsonDocument) {
    this.operations = operations;
    this.base = base;
  }
}

/** Length of the text of a document in either form. */
export const jsonLength = (document: string | JsonDocument | undefined): number =>
  document instanceof JsonDocument ? document.text.length : (document?.length ?? 0);

/** One value per column of the table, in the order of `Table.columns`. */
export type Row = readonly Value[];

/**
 * insert: `after`. delete: `before`. update: both. `before` holds at least the identity columns, and all columns of a
 * keyless table; `after` holds at least what changed.
 */
export type RowChange = (
  | { readonly kind: 'insert'; readonly before?: undefined; readonly after: Row }
  | { readonly kind: 'update'; readonly before: Row; readonly after: Row }
  | { readonly kind: 'delete'; readonly before: Row; readonly after?: undefined }
) & {
  /** There where the rows are decoded each time that `before` or `after` is read, and both hold all columns. */
  readonly undecoded?: UndecodedChange | undefined;
};

/**
 * The rows of a change as they came. Most rows of a busy table change again before they are written: what is overwritten need not be
 * decoded, and what waits is small. Good as long as the memory of the piece that it came in.
 */
export interface UndecodedChange {
  /** The values of these columns alone, each in its place. */
  beforePart(columns: readonly number[]): Row;
  afterPart(columns: readonly number[]): Row;
  /** The row after the change. */
  readonly after: Row | undefined;
  /** Rough bytes of the row after the change. */
  readonly afterBytes: number;
  /** Moves the row after the change into that memory. The row before it is left behind with the piece: it must not be read any more. */
  keep(memory: RowMemory): void;
}

/** Where rows can be kept while the pieces they came in go. */
export interface RowMemory {
  /** Where the latest copy is: shared with other rows, another one from time to time. */
  readonly bytes: Buffer;
  /** Copies a part; gives where in `bytes` it is now. */
  copy(from: Uint8Array, start: number, end: number): number;
}

/** The change with its rows decoded once. */
export function decodedChange(change: RowChange): RowChange {
  if (change.undecoded === undefined) return change;
  switch (change.kind) {
    case 'insert':
      return { kind: 'insert', after: change.after };
    case 'update':
      return { kind: 'update', before: change.before, after: change.after };
    case 'delete':
      return { kind: 'delete', before: change.before };
  }
}

/** Rows to go through once, in order. */
export interface Rows extends Iterable<Row> {
  readonly length: number;
}

/** Rows of which some are decoded only when it is their turn. */
export class LateRows implements Rows {
  readonly #rows: readonly (Row | UndecodedChange)[];

  constructor(rows: readonly (Row | UndecodedChange)[]) {
    this.#rows = rows;
  }

  get length(): number {
    return this.#rows.length;
  }

  *[Symbol.iterator](): Iterator<Row> {
    for (const row of this.#rows) yield decoded(row);
  }
}

export const decoded = (row: Row | UndecodedChange): Row => (isUndecoded(row) ? (row.after ?? []) : row);

export const isUndecoded = (row: Row | UndecodedChange): row is UndecodedChange => !Array.isArray(row);
