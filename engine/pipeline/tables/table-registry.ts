import type { Position, PositionOrder } from '../../core/position.ts';
import { type TableId, type TableKey, tableKey } from '../../core/table.ts';
import { sourceIdOf, type TableRun, targetIdOf } from '../run/run-state.ts';
import type { TaskPort } from '../run/task-port.ts';

/**
 * How a change of a table stands to the table's copy.
 *
 *     log  ──────────┬───────────────────────────┬───────────────▶
 *                   low                         high
 *         in the copy    maybe in the copy          not in the copy
 *         drop           idempotent                 strict
 *
 * A table that is being reloaded drops everything: its copy will be made later.
 */
export type Disposition = 'drop' | 'idempotent' | 'strict';

/** The tables of a run with their watermarks, in memory and, before anything relies on it, in the store. */
export class TableRegistry {
  readonly #tables = new Map<TableKey, TableRun>();
  readonly #changed = new Set<TableKey>();
  readonly #positions: PositionOrder;
  readonly #port: TaskPort;

  constructor(options: { tables: readonly TableRun[]; positions: PositionOrder; port: TaskPort }) {
    this.#positions = options.positions;
    this.#port = options.port;
    for (const table of options.tables) this.#tables.set(tableKey(sourceIdOf(table)), table);
  }

  all(): TableRun[] {
    return [...this.#tables.values()];
  }

  get(id: TableId): TableRun | undefined {
    return this.#tables.get(tableKey(id));
  }

  /** Where a table is at the target; undefined for one that is not carried. */
  targetOf(id: TableId): TableId | undefined {
    const table = this.get(id);
    return table && targetIdOf(table);
  }

  /** Changes a table and waits until the store has it. */
  async update(id: TableId, change: Partial<TableRun>): Promise<void> {
    await this.updateAll([id], change);
  }

  /** As `update`, of several tables in one change of the store. */
  async updateAll(ids: readonly TableId[], change: Partial<TableRun>): Promise<void> {
    const changed = ids.flatMap((id) => {
      const table = this.get(id);
      return table === undefined ? [] : [{ ...table, ...change }];
    });
    for (const next of changed) {
      const key = tableKey(sourceIdOf(next));
      this.#tables.set(key, next);
      this.#changed.delete(key);
    }
    if (changed.length > 0) await this.#port.saveTables(changed);
  }

  async add(table: TableRun): Promise<void> {
    this.#tables.set(tableKey(sourceIdOf(table)), table);
    await this.#port.saveTables([table]);
  }

  /**
   * Gives tables other names, chains and swaps in their order, all in one change of the store. `at` is the change's offset in the log:
   * a repetition after a crash finds what was renamed by it.
   */
  async rename(options: {
    pairs: readonly { readonly from: TableId; readonly to: TableId }[];
    at: string;
    namesOf: (to: TableId) => Partial<TableRun>;
  }): Promise<void> {
    const origins = new Map<TableKey, { from: TableId; to: TableId }>();
    for (const { from, to } of options.pairs) {
      const origin = origins.get(tableKey(from))?.from ?? from;
      origins.delete(tableKey(from));
      origins.set(tableKey(to), { from: origin, to });
    }
    const moved = [...origins.values()].flatMap(({ from, to }) => {
      const run = this.get(from);
      if (run === undefined || run.renamedAt === options.at) return [];
      return { from, run: { ...run, ...options.namesOf(to), renamedAt: options.at } };
    });
    for (const { from } of moved) this.#tables.delete(tableKey(from));
    for (const { run } of moved) this.#tables.set(tableKey(sourceIdOf(run)), run);
    if (moved.length > 0) await this.#port.saveTables(moved.map(({ run }) => run));
    for (const { from } of moved) {
      this.#changed.delete(tableKey(from));
      if (!this.#tables.has(tableKey(from))) await this.#port.removeTable(from);
    }
  }

  /** True when `rename` has been here with this mark. */
  isRenamed(at: string): boolean {
    return this.all().some(({ renamedAt }) => renamedAt === at);
  }

  async remove(id: TableId): Promise<void> {
    this.#tables.delete(tableKey(id));
    this.#changed.delete(tableKey(id));
    await this.#port.removeTable(id);
  }

  /** Adds to counters; the store gets them with the next `saveCounters`. */
  count(id: TableId, added: { inserts: number; updates: number; deletes: number }): void {
    const key = tableKey(id);
    const table = this.#tables.get(key);
    if (table === undefined) return;
    this.#tables.set(key, {
      ...table,
      inserts: table.inserts + added.inserts,
      updates: table.updates + added.updates,
      deletes: table.deletes + added.deletes,
    });
    this.#changed.add(key);
  }

  /** Progress of a copy: kept in memory until the next save. */
  countCopied(id: TableId, rows: number, bytes: number): void {
    const key = tableKey(id);
    const table = this.#tables.get(key);
    if (table === undefined) return;
    this.#tables.set(key, {
      ...table,
      rowsCopied: table.rowsCopied + rows,
      bytesCopied: table.bytesCopied + bytes,
    });
    this.#changed.add(key);
  }

  async saveCounters(): Promise<void> {
    const changed = [...this.#changed].flatMap((key) => this.#tables.get(key) ?? []);
    this.#changed.clear();
    if (changed.length > 0) await this.#port.saveTables(changed);
  }

  /** What is to be done with changes of a table in a transaction, whose name is read only where a watermark is compared with it. */
  disposition(id: TableId, begun: { readonly transaction: Position }): Disposition {
    const table = this.get(id);
    if (table === undefined) return 'strict';
    if (table.state === 'RELOADING') return 'drop';
    if (table.high === undefined) return 'strict';
    const { transaction } = begun;
    if (!this.#positions.covers(table.high as Position, transaction)) return 'strict';
    if (table.low !== undefined && this.#positions.covers(table.low as Position, transaction)) return 'drop';
    return 'idempotent';
  }

  /** True while a table waits for the apply: to pass its copy, or to be copied again. */
  waiting(): boolean {
    for (const table of this.#tables.values())
      if (table.state === 'COPIED' || table.state === 'RELOADING') return true;
    return false;
  }

  reloading(): TableRun[] {
    return this.all().filter((table) => table.state === 'RELOADING');
  }

  /** Tables whose copy lies wholly behind `applied`: their watermarks have served. */
  passed(applied: Position): TableRun[] {
    return this.all().filter(
      (table) =>
        table.state === 'COPIED' &&
        (table.high === undefined || this.#positions.covers(applied, table.high as Position)),
    );
  }
}
