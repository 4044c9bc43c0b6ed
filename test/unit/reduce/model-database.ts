import type { Row, RowChange, Value } from '../../../engine/core/row.ts';
import { identityOf, type Table } from '../../../engine/core/table.ts';
import type { TableBatch, WriteStep } from '../../../engine/core/target.ts';

/**
 * A database small enough to be seen right: lists of rows, every unique key and foreign key checked at each row. Columns named `ci…` compare
 * without regard to case. Foreign keys refer to the column `id`.
 */
export class ModelDatabase {
  readonly #tables: ReadonlyMap<string, Table>;
  readonly #rows = new Map<string, Value[][]>();

  constructor(tables: readonly Table[]) {
    this.#tables = new Map(tables.map((table) => [table.id.name, table]));
    for (const { id } of tables) this.#rows.set(id.name, []);
  }

  copy(): ModelDatabase {
    const copy = new ModelDatabase([...this.#tables.values()]);
    for (const [name, rows] of this.#rows) copy.#rows.set(name, structuredClone(rows));
    return copy;
  }

  rows(table: Table): Value[][] {
    return this.#rows.get(table.id.name)!;
  }

  /** All rows in an order of their own: equal for equal databases. */
  content(): Record<string, string[]> {
    return Object.fromEntries(
      [...this.#rows].map(([name, rows]) => [name, rows.map((row) => JSON.stringify(row)).sort()]),
    );
  }

  insert(table: Table, row: Row, checks: boolean): void {
    this.#checkUnique(table, row, undefined);
    if (checks) this.#checkParents(table, row);
    this.rows(table).push([...row]);
  }

  update(table: Table, row: Value[], after: Row, checks: boolean): void {
    this.#checkUnique(table, after, row);
    if (checks) this.#checkParents(table, after);
    const before = [...row];
    if (checks && before[0] !== after[0]) this.#actOnChildren(table, before, after[0]);
    for (const [i, value] of after.entries()) row[i] = value;
  }

  remove(table: Table, row: Value[], checks: boolean): void {
    const rows = this.rows(table);
    const at = rows.indexOf(row);
    if (at >= 0) rows.splice(at, 1);
    if (checks) this.#actOnChildren(table, row, undefined);
  }

  /** Executes a step as an apply session does. */
  write(step: WriteStep): void {
    if (step.kind === 'ordered') {
      for (const change of step.changes) {
        this.#execute(step.table.source, change, step.foreignKeyChecks, step.mode === 'idempotent');
      }
      return;
    }
    for (const batch of step.batches) {
      this.#writeBatch(batch, step.mode(batch.table.source.id) === 'idempotent');
    }
  }

  #writeBatch(batch: TableBatch, idempotent: boolean): void {
    const table = batch.table.source;
    const keyed = identityOf(table) !== undefined;
    for (const [i, row] of batch.deletes.entries()) {
      for (let copies = batch.deleteCounts?.[i] ?? 1; copies > 0; copies--) {
        const found = this.#find(table, row);
        if (found) this.remove(table, found, false);
        else if (!idempotent) throw new Error(`${table.id.name}: nothing to delete`);
      }
    }
    for (const row of batch.replaces) this.#replace(table, row);
    for (const { identity, set } of batch.updates) {
      const found = this.#find(table, identity);
      if (found) this.update(table, found, overlay(found, set), false);
      else if (!idempotent) throw new Error(`${table.id.name}: nothing to update`);
    }
    for (const row of batch.inserts) {
      if (idempotent && keyed) this.#replace(table, row);
      else this.insert(table, row, false);
    }
  }

  #execute(table: Table, change: RowChange, checks: boolean, idempotent: boolean): void {
    if (change.kind === 'insert') {
      if (idempotent) this.#replace(table, change.after);
      else this.insert(table, change.after, checks);
      return;
    }
    const found = this.#find(table, change.before);
    if (!found) {
      if (!idempotent) throw new Error(`${table.id.name}: nothing to change`);
    } else if (change.kind === 'delete') this.remove(table, found, checks);
    else {
      const after = overlay(found, change.after);
      const younger = idempotent ? this.#meets(table, after, found) : undefined;
      if (younger) this.remove(table, found, false);
      else this.update(table, found, after, checks);
    }
  }

  #replace(table: Table, row: Row): void {
    for (;;) {
      const other = this.#meets(table, row, undefined);
      if (!other) break;
      this.remove(table, other, false);
    }
    this.insert(table, row, false);
  }

  /** By identity as the database compares it; without one, by the whole row. */
  #find(table: Table, image: Row): Value[] | undefined {
    const identity = identityOf(table);
    if (!identity) return this.rows(table).find((row) => row.every((value, i) => value === image[i]));
    return this.rows(table).find((row) => identity.every((i) => alike(table, i, row[i], image[i])));
  }

  #meets(table: Table, row: Row, self: Value[] | undefined): Value[] | undefined {
    for (const { unique, parts } of table.keys) {
      if (!unique || parts.some(({ column }) => row[column] === null)) continue;
      const other = this.rows(table).find(
        (each) =>
          each !== self && parts.every(({ column }) => alike(table, column, each[column], row[column])),
      );
      if (other) return other;
    }
    return undefined;
  }

  #checkUnique(table: Table, row: Row, self: Value[] | undefined): void {
    if (this.#meets(table, row, self)) throw new Error(`${table.id.name}: duplicate key`);
  }

  #checkParents(table: Table, row: Row): void {
    for (const key of table.foreignKeys) {
      const value = row[columnOf(table, key.columns[0]!)];
      const parent = this.#tables.get(key.references.name)!;
      if (value === null || (parent === table && value === row[0])) continue;
      if (!this.rows(parent).some((each) => each[0] === value))
        throw new Error(`${table.id.name}: no parent`);
    }
  }

  /** `id`: the parent's new one; undefined when it was deleted. */
  #actOnChildren(parent: Table, row: Row, id: Value): void {
    for (const table of this.#tables.values()) {
      for (const key of table.foreignKeys) {
        if (key.references.name !== parent.id.name) continue;
        const column = columnOf(table, key.columns[0]!);
        const action = id === undefined ? key.onDelete : key.onUpdate;
        // In the order of their keys, as InnoDB's index gives them: whether a RESTRICT is met may depend on it.
        for (const child of this.rows(table).toSorted(byId)) {
          if (child === row || child[column] !== row[0]) continue;
          if (action === 'RESTRICT') throw new Error(`${table.id.name}: has children`);
          if (action === 'CASCADE' && id === undefined) this.remove(table, child, true);
          else child[column] = action === 'CASCADE' ? id : null;
        }
      }
    }
  }
}

const columnOf = (table: Table, name: string): number =>
  table.columns.findIndex((each) => each.name === name);

const byId = (a: Row, b: Row): number => Number(a[0]) - Number(b[0]);

const overlay = (row: Row, set: Row): Row => row.map((value, i) => (set[i] === undefined ? value : set[i]));

function alike(table: Table, column: number, a: Value, b: Value): boolean {
  if (!table.columns[column]!.name.startsWith('ci')) return a === b;
  return String(a).toLowerCase() === String(b).toLowerCase();
}
