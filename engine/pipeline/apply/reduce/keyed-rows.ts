import {
  decoded,
  isUndecoded,
  LateRows,
  type Row,
  type RowChange,
  type RowMemory,
  type UndecodedChange,
  type Value,
} from '../../../core/row.ts';
import type { Table } from '../../../core/table.ts';
import type { TableBatch, TargetTable, WriteMode } from '../../../core/target.ts';
import { isWhole, keptRow, laterRow, laterValue, rowBytes, writableColumns } from './row-image.ts';
import { type RowKey, rowKeyOf, sameValue } from './row-key.ts';

/** The net effect so far on one identity. */
interface NetRow {
  /** Whether the row was there before the first of the reduced changes: told by the kind of that change. */
  readonly existed: boolean;
  /** A row image that holds the identity; of a whole row it is not kept. */
  identity: Row | undefined;
  /** What is known of the row as it is now; undefined: it is gone. */
  now: Row | UndecodedChange | undefined;
  /** `now` is enough to write the row from nothing. */
  whole: boolean;
  /** While not whole: the columns that changed since the row was there before. */
  changed: Row | undefined;
  /** Rough bytes of it all. */
  bytes: number;
}

/** Of a row that is only to be deleted. */
const GONE_BYTES = 64;

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

  /** Takes one change in; gives the bytes that it adds, less those of what it overwrites, or undefined when only executing it in its place is right. */
  add(change: RowChange, mode: WriteMode): number | undefined {
    const bytes = this.#reduce(change);
    // One idempotent change makes the batch idempotent: overwriting is right for strict changes too.
    if (bytes !== undefined && mode === 'idempotent') this.#mode = mode;
    return bytes;
  }

  /** Moves what is held into that memory. */
  keep(memory: RowMemory): void {
    for (const row of this.#rows.values()) {
      const { identity, now, changed } = row;
      if (identity) row.identity = keptRow(identity, memory);
      if (now && isUndecoded(now)) now.keep(memory);
      else if (now) row.now = keptRow(now, memory);
      if (changed) row.changed = keptRow(changed, memory);
    }
  }

  #reduce(change: RowChange): number | undefined {
    if (change.undecoded) return this.#reduceUndecoded(change.kind, change.undecoded);
    switch (change.kind) {
      case 'insert':
        return this.#become(this.#keyOf(change.after), false, change.after);
      case 'delete':
        return this.#remove(this.#keyOf(change.before), change.before);
      case 'update':
        return this.#update(change.before, change.after);
    }
  }

  /** As the others, of images that hold all columns: only the identity is decoded. */
  #reduceUndecoded(kind: RowChange['kind'], change: UndecodedChange): number {
    const identity = this.#identity;
    if (kind === 'insert') {
      return this.#become(this.#keyOf(change.afterPart(identity)), false, change);
    }
    const before = change.beforePart(identity);
    const key = this.#keyOf(before);
    if (kind === 'delete') return this.#remove(key, before);
    const after = change.afterPart(identity);
    if (identity.every((column) => sameValue(before[column], after[column]))) {
      return this.#become(key, true, change);
    }
    return this.#remove(key, before) + this.#become(this.#keyOf(after), false, change);
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
      return this.#remove(key, before) + this.#become(keyAfter, false, now);
    }
    if (whole) return this.#become(key, true, now);
    const changed = this.#changedColumns(before, after);
    if (this.#touchesUnique(changed)) return undefined;
    const sofar = known?.changed;
    const merged = sofar ? changed.map((value, i) => laterValue(sofar[i], value)) : changed;
    const bytes = rowBytes(merged) + rowBytes(now);
    this.#rows.set(key, {
      existed: known?.existed ?? true,
      identity: before,
      now,
      whole,
      changed: merged,
      bytes,
    });
    return bytes - (known?.bytes ?? 0);
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

  /** From now on the row is as `now` says, with all columns; `existed` counts where this is the first change of it. Gives the bytes added. */
  #become(key: RowKey, existed: boolean, now: Row | UndecodedChange): number {
    const bytes = isUndecoded(now) ? now.afterBytes + 64 : rowBytes(now);
    const known = this.#rows.get(key);
    if (known === undefined) {
      this.#rows.set(key, { existed, identity: undefined, now, whole: true, changed: undefined, bytes });
      return bytes;
    }
    const added = bytes - known.bytes;
    known.identity = undefined;
    known.now = now;
    known.whole = true;
    known.changed = undefined;
    known.bytes = bytes;
    return added;
  }

  #remove(key: RowKey, identity: Row): number {
    const known = this.#rows.get(key);
    if (known === undefined) {
      const gone = { now: undefined, whole: false, changed: undefined, bytes: GONE_BYTES };
      this.#rows.set(key, { existed: true, identity, ...gone });
      return GONE_BYTES;
    }
    const added = GONE_BYTES - known.bytes;
    known.identity = identity;
    known.now = undefined;
    known.changed = undefined;
    known.bytes = GONE_BYTES;
    return added;
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
        if (row.existed || this.#mode === 'idempotent') deletes.push(this.#identityRow(row.identity!));
      } else if (!row.existed) inserts.push(row.now);
      else if (row.whole) replaces.push(row.now);
      else if (row.changed?.some((value) => value !== undefined)) {
        updates.push({ identity: this.#identityRow(row.identity!), set: row.changed });
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
