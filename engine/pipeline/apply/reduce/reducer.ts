import type { RowsEvent } from '../../../core/change.ts';
import { decodedChange, type Row, type RowChange, type RowMemory } from '../../../core/row.ts';
import { identityOf, type Table, type TableId, type TableKey, tableKey } from '../../../core/table.ts';
import type { TableBatch, TargetTable, WriteMode, WriteStep } from '../../../core/target.ts';
import { KeyedRows } from './keyed-rows.ts';
import { KeylessRows } from './keyless-rows.ts';
import { rowBytes } from './row-image.ts';
import { sameValue } from './row-key.ts';

/** What changes to a table do to tables that refer to it. */
export interface CascadeParent {
  /** Columns of it (indexes) that foreign keys with an action refer to. */
  readonly columns: readonly number[];
  /** Some foreign key acts when a row is deleted; … when one of the columns changes. */
  readonly onDelete: boolean;
  readonly onUpdate: boolean;
}

export interface ReducerOptions {
  readonly targetOf: (table: Table) => TargetTable;
  /** Asked for each event as it comes: a table turns strict once its high watermark has passed. */
  readonly modeOf: (table: TableId) => WriteMode;
  /** Undefined for tables to which no foreign key with CASCADE, SET NULL or SET DEFAULT refers. */
  readonly cascadesOf: (table: Table) => CascadeParent | undefined;
}

type OrderedStep = Extract<WriteStep, { kind: 'ordered' }> & { readonly changes: RowChange[] };

/**
 * Reduces row changes of consecutive transactions to few multi-row writes with the same outcome.
 *
 * Why the outcome is the same. Let S be the state before the changes and T the state after them; both were states of the source, so both keep
 * every unique key. The identity of a row (compared by bytes) is never two rows of one state, so what a table becomes is told by what each
 * identity that occurs becomes: gone, or a row. The first change that names an identity tells whether it was in S (update and delete: it
 * was, insert: it was not); an update of the identity itself is the deletion of one and the insertion of another. So with
 *     D = in S, not in T       → delete
 *     R = in S and in T        → write the whole row over the old one (REPLACE), or, of a row that is known in part, update those columns
 *     I = not in S, but in T   → insert
 * executing D, R, I in this order gives T. No unique key stops it on the way: after D, let a row of R or I, written with its values of T,
 * meet another row in a secondary unique key. The other row cannot have its values of T yet (T keeps the key), so it will change: it is in R
 * and not yet written. REPLACE removes it, and it is written later in the same step as R's rows are whole. Therefore:
 *   - a partial update of R must not change columns of a unique key: such a change is executed in its place;
 *   - all of R comes before I, where a plain INSERT still finds rows that the source never had.
 * Identities that a collation holds for equal ('a', 'A') need no thought: at most one of them is in any state, so at most one in T,
 * and it is written after the other was deleted. (Should 'a' ∈ S become 'A' ∈ T: D has 'a', I has 'A'.)
 *
 * Tables without identity are multisets: T = S + net count of each whole row; those that go are removed before those that come.
 * Tables do not depend on each other, because foreign keys are not checked while batches run and S and T both satisfied them. What is not
 * in the source's log are the changes that a foreign key's action makes in referring tables. So a change that may trigger an action
 * is executed in its place with checks on, after all that came before it, in all tables, and before all that follows.
 *
 * Idempotent mode (a table whose copy is younger than the change): the row at the target may be that of a later state up to the high
 * watermark. Whole rows are written over it, deletes name also what came and went; whatever is newer in the copy has its change
 * still to come in the log, so at the high watermark each identity is as that of the source.
 *
 * A drain may come anywhere, also within a transaction: it is a cut between two row changes, where the argument holds on either side.
 */
export class Reducer {
  readonly #options: ReducerOptions;
  readonly #tables = new Map<TableKey, KeyedRows | KeylessRows>();
  /** Of the table that changed last. */
  #latest: KeyedRows | KeylessRows | undefined;
  #steps: WriteStep[] = [];
  #lastOrdered: OrderedStep | undefined;
  #bytes = 0;

  constructor(options: ReducerOptions) {
    this.#options = options;
  }

  /** Rough bytes of what is to be written: the caller drains at its budget. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Takes the changes of one event, which come after all those before. Throws SCHEMA_MISMATCH. */
  add(event: RowsEvent): void {
    const { table, changes } = event;
    if (changes.length === 0) return;
    const mode = this.#options.modeOf(table.id);
    const parent = event.foreignKeyChecks ? this.#options.cascadesOf(table) : undefined;
    let rows = this.#rowsOf(table);
    for (const given of changes) {
      const change = parent === undefined ? given : decodedChange(given);
      const acts = parent !== undefined && triggersAction(change, parent);
      const bytes = acts ? undefined : rows.add(change, mode);
      if (bytes !== undefined) this.#bytes += bytes;
      else {
        this.#executeInPlace({ table: rows.target, change, foreignKeyChecks: acts, mode });
        rows = this.#rowsOf(table);
      }
    }
  }

  /**
   * Moves what is held into that memory, so that the pieces it came in are needed no more. False: nothing was moved, for there are rows
   * that are not held one per identity.
   */
  keep(memory: RowMemory): boolean {
    if (this.#steps.length > 0) return false;
    const tables = [...this.#tables.values()];
    if (!tables.every((rows) => rows instanceof KeyedRows)) return false;
    for (const rows of tables) rows.keep(memory);
    return true;
  }

  /** The steps that do what was added since the last drain, in order. */
  drain(): WriteStep[] {
    this.#flush();
    const steps = this.#steps;
    this.#steps = [];
    this.#lastOrdered = undefined;
    this.#bytes = 0;
    return steps;
  }

  #rowsOf(table: Table): KeyedRows | KeylessRows {
    const latest = this.#latest;
    if (latest?.target.source === table) return latest;
    this.#latest = this.#openRowsOf(table);
    return this.#latest;
  }

  #openRowsOf(table: Table): KeyedRows | KeylessRows {
    const key = tableKey(table.id);
    const known = this.#tables.get(key);
    if (known?.target.source === table) return known;
    // Another structure of the same table: rows of the two do not mix.
    if (known) this.#flush();
    const target = this.#options.targetOf(table);
    const identity = identityOf(table);
    const rows = identity ? new KeyedRows(target, identity) : new KeylessRows(target);
    this.#tables.set(key, rows);
    return rows;
  }

  #executeInPlace(options: {
    table: TargetTable;
    change: RowChange;
    foreignKeyChecks: boolean;
    mode: WriteMode;
  }): void {
    const { table, change, foreignKeyChecks, mode } = options;
    this.#flush();
    const last = this.#lastOrdered;
    const joins = last?.foreignKeyChecks === foreignKeyChecks && last.mode === mode;
    if (joins && last.table.source === table.source) last.changes.push(change);
    else {
      this.#lastOrdered = { kind: 'ordered', table, changes: [change], foreignKeyChecks, mode };
      this.#steps.push(this.#lastOrdered);
    }
    this.#bytes += rowBytes(change.before ?? change.after) + 256;
  }

  #flush(): void {
    if ([...this.#tables.values()].every((rows) => rows.empty)) return;
    const batches: TableBatch[] = [];
    const modes = new Map<TableKey, WriteMode>();
    for (const [key, rows] of this.#tables) {
      const batch = rows.batch();
      if (batch) batches.push(batch);
      modes.set(key, rows.mode);
    }
    this.#tables.clear();
    this.#latest = undefined;
    if (batches.length === 0) return;
    this.#lastOrdered = undefined;
    this.#steps.push({ kind: 'batches', batches, mode: (id) => modes.get(tableKey(id)) ?? 'strict' });
  }
}

function triggersAction(change: RowChange, parent: CascadeParent): boolean {
  if (change.kind === 'insert') return false;
  if (change.kind === 'delete') return parent.onDelete;
  return parent.onUpdate && parent.columns.some((column) => differs(change.before, change.after, column));
}

const differs = (before: Row, after: Row, column: number): boolean =>
  after[column] !== undefined && (before[column] === undefined || !sameValue(before[column], after[column]));
