import { decodedChange, JsonPatch, type Row, type RowChange } from '../../../core/row.ts';
import type { TableBatch, TargetTable, WriteMode } from '../../../core/target.ts';
import { isWhole, laterRow, rowBytes, writableColumns } from './row-image.ts';
import { type RowKey, rowKeyOf } from './row-key.ts';

/** Net effect of changes on a table without identity: such a table is a multiset of whole rows, and the net effect a count per row. */
export class KeylessRows {
  readonly target: TargetTable;
  readonly #writable: readonly number[];
  readonly #keyOf: (row: Row) => RowKey;
  readonly #rows = new Map<RowKey, { readonly row: Row; count: number }>();
  #mode: WriteMode = 'strict';

  constructor(target: TargetTable) {
    this.target = target;
    this.#writable = writableColumns(target.source);
    this.#keyOf = rowKeyOf(target.source, this.#writable);
  }

  get mode(): WriteMode {
    return this.#mode;
  }

  get empty(): boolean {
    return this.#rows.size === 0;
  }

  /** Takes one change in; gives the bytes it may add, or undefined when only executing it in its place is right. */
  add(given: RowChange, mode: WriteMode): number | undefined {
    const change = decodedChange(given);
    // What a patch makes of a row is known to the database alone: it could not be matched with a later image of that row.
    if (change.after?.some((value) => value instanceof JsonPatch)) return undefined;
    // So is what the defaults of a MINIMAL image are.
    if (change.kind === 'insert' && !isWhole(change.after, this.#writable)) return undefined;
    if (mode === 'idempotent') this.#mode = mode;
    let bytes = 0;
    if (change.before) bytes += this.#count(change.before, -1);
    if (change.after)
      bytes += this.#count(change.before ? laterRow(change.before, change.after) : change.after, 1);
    return bytes;
  }

  #count(row: Row, by: 1 | -1): number {
    const key = this.#keyOf(row);
    const known = this.#rows.get(key);
    if (!known) {
      this.#rows.set(key, { row, count: by });
      return rowBytes(row);
    }
    known.count += by;
    if (known.count === 0) this.#rows.delete(key);
    return by === 1 ? rowBytes(row) : 0;
  }

  /** The net effect; undefined when there is none. */
  batch(): TableBatch | undefined {
    const deletes: Row[] = [];
    const deleteCounts: number[] = [];
    const inserts: Row[] = [];
    for (const { row, count } of this.#rows.values()) {
      for (let i = 0; i < count; i++) inserts.push(row);
      if (count >= 0) continue;
      deletes.push(row);
      deleteCounts.push(-count);
    }
    if (deletes.length + inserts.length === 0) return undefined;
    return { table: this.target, deletes, deleteCounts, replaces: [], updates: [], inserts };
  }
}
