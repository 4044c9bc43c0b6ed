import {
  decoded,
  LateRows,
  type Row,
  type RowChange,
  type UndecodedChange,
  type Value,
} from '../../../core/row.ts';
import type { Table } from '../../../core/table.ts';
import type { TableBatch, TargetTable, WriteMode } from '../../../core/target.ts';
import { isWhole, laterRow, laterValue, rowBytes, writableColumns } from './row-image.ts';
import { type RowKey, rowKeyOf, sameValue } from './row-key.ts';

/** The net effect so far on one identity. */
interface NetRow {
  /** Whether the row was there before the first of the reduced changes: told by the kind of that change. */
  readonly existed: boolean;
  /** A row image that holds the identity. */
  readonly identity: Row;
  /** What is known of the row as it is now; undefined: it is gone. */
  now: Row | UndecodedChange | undefined;
  /** `now` is enough to write the row from nothing. */
  whole: boolean;
  /** While not whole: the columns that changed since the row was there before. */
  changed: Row | undefined;
}

/** Net effect of changes on a table with an identity. */
export class KeyedRows {
  readonly target: TargetTable;
  readonly #table: Table;
  readonly #identity: readonly number[];
  readonly #writable: readonly number[];
  readonly #keyOf: (row: Row) => RowKey;
  /** Columns of other unique keys; undefined: it cannot be told which columns decide them. */
  readonly #uniqueColumns: ReadonlySet<number> | undefined;
  readonly #rows = new Map<RowKey, NetRow>();
  #mode: WriteMode = 'strict';

  constructor(target: TargetTable, identity: readonly number[]) {
    this.target = target;
    this.#table = target.source;
    this.#identity = identity;
    this.#writable = writableColumns(target.source);
    this.#keyOf = rowKeyOf(target.source, identity);
    this.#uniqueColumns = otherUniqueColumns(target.source, identity);
  }

  get mode(): WriteMode {
    return this.#mode;
  }

  get empty(): boolean {
    return this.#rows.size === 0;
  }

  /** Takes one change in; gives the bytes it may add, or undefined when only executing it in its place is right. */
  add(change: RowChange, mode: WriteMode): number | undefined {
    const bytes = this.#reduce(change);
    // One idempotent change makes the batch idempotent: overwriting is right for strict changes too.
    if (bytes !== undefined && mode === 'idempotent') this.#mode = mode;
    return bytes;
  }

  #reduce(change: RowChange): number | undefined {
    if (change.undecoded) return this.#reduceUndecoded(change.kind, change.undecoded);
    switch (change.kind) {
      case 'insert':
        this.#put(this.#keyOf(change.after), change.after, change.after);
        return rowBytes(change.after);
      case 'delete':
        this.#remove(this.#keyOf(change.before), change.before);
        return 64;
      case 'update':
        return this.#update(change.before, change.after);
    }
  }

  /** As the others, of images that hold all columns: only the identity is decoded. */
  #reduceUndecoded(kind: RowChange['kind'], change: UndecodedChange): number {
    const identity = this.#identity;
    if (kind !== 'insert') {
      const before = change.beforePart(identity);
      const key = this.#keyOf(before);
      if (kind === 'delete') {
        this.#remove(key, before);
        return 64;
      }
      const after = change.afterPart(identity);
      if (identity.every((column) => sameValue(before[column], after[column]))) {
        this.#overwrite(key, before, change);
        return undecodedBytes(change);
      }
      this.#remove(key, before);
    }
    const after = change.afterPart(identity);
    this.#put(this.#keyOf(after), after, change);
    return undecodedBytes(change);
  }

  /** The row was there and is as `now` says, with all columns. */
  #overwrite(key: RowKey, identity: Row, now: Row | UndecodedChange): void {
    const known = this.#rows.get(key);
    if (known) {
      known.now = now;
      known.whole = true;
      known.changed = undefined;
    } else this.#rows.set(key, { existed: true, identity, now, whole: true, changed: undefined });
  }

  #update(before: Row, after: Row): number | undefined {
    const key = this.#keyOf(before);
    const known = this.#rows.get(key);
    let now = after;
    let whole = isWhole(after, this.#writable);
    if (!whole) {
      now = laterRow(known?.now ? laterRow(decoded(known.now), before) : before, after);
      whole = isWhole(now, this.#writable);
    }
    const keyAfter = this.#keyAfter(key, before, after, now);
    if (keyAfter !== key) {
      if (!whole) return undefined;
      this.#remove(key, before);
      this.#put(keyAfter, now, now);
      return rowBytes(now);
    }
    if (whole) {
      this.#overwrite(key, before, now);
      return rowBytes(now);
    }
    const changed = this.#changedColumns(before, after);
    if (this.#touchesUnique(changed)) return undefined;
    const sofar = known?.changed;
    const merged = sofar ? changed.map((value, i) => laterValue(sofar[i], value)) : changed;
    this.#rows.set(key, {
      existed: known?.existed ?? true,
      identity: known?.identity ?? before,
      now,
      whole,
      changed: merged,
    });
    return rowBytes(changed);
  }

  /** The key of the row after the change; the very same value when the identity did not change. */
  #keyAfter(key: RowKey, before: Row, after: Row, now: Row): RowKey {
    for (const column of this.#identity) {
      if (after[column] !== undefined && !sameValue(before[column], after[column])) return this.#keyOf(now);
    }
    return key;
  }

  #changedColumns(before: Row, after: Row): Value[] {
    const changed: Value[] = new Array(after.length).fill(undefined);
    for (const column of this.#writable) {
      const value = after[column];
      if (value === undefined || (before[column] !== undefined && sameValue(before[column], value))) continue;
      changed[column] = laterValue(before[column], value);
    }
    for (const column of this.#identity) changed[column] = undefined;
    return changed;
  }

  #touchesUnique(changed: Row): boolean {
    if (!this.#uniqueColumns) return changed.some((value) => value !== undefined);
    for (const column of this.#uniqueColumns) if (changed[column] !== undefined) return true;
    return false;
  }

  #put(key: RowKey, identity: Row, now: Row | UndecodedChange): void {
    const known = this.#rows.get(key);
    if (known) {
      known.now = now;
      known.whole = true;
      known.changed = undefined;
    } else {
      this.#rows.set(key, { existed: false, identity, now, whole: true, changed: undefined });
    }
  }

  #remove(key: RowKey, before: Row): void {
    const known = this.#rows.get(key);
    if (known) {
      known.now = undefined;
      known.changed = undefined;
    } else {
      this.#rows.set(key, {
        existed: true,
        identity: before,
        now: undefined,
        whole: false,
        changed: undefined,
      });
    }
  }

  /** The net effect; undefined when there is none. */
  batch(): TableBatch | undefined {
    const deletes: Row[] = [];
    const replaces: (Row | UndecodedChange)[] = [];
    const updates: { identity: Row; set: Row }[] = [];
    const inserts: (Row | UndecodedChange)[] = [];
    for (const row of this.#rows.values()) {
      if (!row.now) {
        // Between watermarks the copy may have read a row that came and went within these changes.
        if (row.existed || this.#mode === 'idempotent') deletes.push(this.#identityRow(row.identity));
      } else if (!row.existed) inserts.push(row.now);
      else if (row.whole) replaces.push(row.now);
      else if (row.changed?.some((value) => value !== undefined)) {
        updates.push({ identity: this.#identityRow(row.identity), set: row.changed });
      }
    }
    if (deletes.length + replaces.length + updates.length + inserts.length === 0) return undefined;
    return {
      table: this.target,
      deletes,
      replaces: new LateRows(replaces),
      updates,
      inserts: new LateRows(inserts),
    };
  }

  #identityRow(row: Row): Row {
    const only: Value[] = new Array(this.#table.columns.length).fill(undefined);
    for (const column of this.#identity) only[column] = row[column];
    return only;
  }
}

/** What stands around the bytes of a row that waits. */
const undecodedBytes = ({ afterBytes }: UndecodedChange): number => afterBytes + 64;

function otherUniqueColumns(table: Table, identity: readonly number[]): ReadonlySet<number> | undefined {
  const columns = new Set<number>();
  for (const key of table.keys) {
    if (!key.unique) continue;
    if (key.parts.length === identity.length && key.parts.every((part, i) => part.column === identity[i]))
      continue;
    for (const { column } of key.parts) {
      // An expression, like a generated column, may be made from any column.
      if (column < 0 || table.columns[column]?.generated !== undefined) return undefined;
      columns.add(column);
    }
  }
  return columns;
}
