import { type TableId, type TableKey, tableKey } from '../../../core/table.ts';

/** What the copy has seen of a table so far, to size the chunks that come. */
export class RowSizes {
  readonly #seen = new Map<TableKey, { rows: number; bytes: number }>();

  add(table: TableId, rows: number, bytes: number): void {
    if (rows === 0) return;
    const seen = this.#seen.get(tableKey(table)) ?? { rows: 0, bytes: 0 };
    // Half the weight to what was before: large rows often lie together.
    this.#seen.set(tableKey(table), { rows: seen.rows / 2 + rows, bytes: seen.bytes / 2 + bytes });
  }

  /** Average bytes of a row; undefined before any was read. */
  average(table: TableId): number | undefined {
    const seen = this.#seen.get(tableKey(table));
    return seen && Math.max(1, seen.bytes / seen.rows);
  }
}
