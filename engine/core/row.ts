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
 *   JsonPatch     a partial JSON update: applies to the value that the row had before
 */
export type Value = null | undefined | number | bigint | string | Uint8Array | EnumIndex | JsonPatch;

/** Position of an enum's member (1-based, 0 = ''), or the bit mask of a set. */
export class EnumIndex {
  readonly index: bigint;
  constructor(index: bigint) {
    this.index = index;
  }
}

export interface JsonPatchOperation {
  readonly kind: 'replace' | 'insert' | 'remove';
  /** JSON path text, for example `$.a[3]`. */
  readonly path: string;
  /** JSON text of the new value; absent for remove. */
  readonly value?: string;
}

export class JsonPatch {
  readonly operations: readonly JsonPatchOperation[];
  /** JSON text that the operations apply to, where it is known; absent: whatever the row holds. */
  readonly base: string | undefined;
  constructor(operations: readonly JsonPatchOperation[], base?: string) {
    this.operations = operations;
    this.base = base;
  }
}

/** One value per column of the table, in the order of `Table.columns`. */
export type Row = readonly Value[];

/**
 * insert: `after`. delete: `before`. update: both. `before` holds at least the identity columns, and all columns of a
 * keyless table; `after` holds at least what changed.
 */
export type RowChange =
  | { readonly kind: 'insert'; readonly before?: undefined; readonly after: Row }
  | { readonly kind: 'update'; readonly before: Row; readonly after: Row }
  | { readonly kind: 'delete'; readonly before: Row; readonly after?: undefined };
