import type { Chunk } from '../core/source.ts';
import type { TableId } from '../core/table.ts';
import type { TableState } from '../core/task.ts';
import { pageOf, type StoredPage } from './page.ts';
import type { Sqlite } from './sqlite.ts';

/** What is kept of one table of a run. The pipeline owns its meaning (its TableRun); more fields may be in it. */
export interface StoredTable {
  readonly database: string;
  readonly name: string;
  readonly targetDatabase: string;
  readonly targetName: string;
  readonly state: TableState;
  readonly estimatedRows: number;
  readonly rowsCopied: number;
  readonly inserts: number;
  readonly updates: number;
  readonly deletes: number;
  readonly ddls: number;
}

export interface StoredChunk {
  readonly chunk: Chunk;
  readonly rows: number;
  readonly bytes: number;
}

/** Where a running task stands, beside its checkpoint at the target. What a call wrote is on disk when it returns. */
export class TaskStateRows {
  readonly #db: Sqlite;

  constructor(db: Sqlite) {
    this.#db = db;
  }

  /** The plain object that `saveRun` got last. */
  loadRun<Run extends object>(taskId: string): Run | undefined {
    const row = this.#db.get('SELECT run FROM task_runs WHERE task_id = ?', taskId);
    return row && (JSON.parse(String(row.run)) as Run);
  }

  saveRun(taskId: string, run: object): void {
    this.#db.run(
      'INSERT INTO task_runs (task_id, run) VALUES (?, ?) ON CONFLICT (task_id) DO UPDATE SET run = excluded.run',
      taskId,
      JSON.stringify(run),
    );
  }

  tables<T extends StoredTable>(taskId: string): T[] {
    return this.#db
      .all('SELECT body FROM task_tables WHERE task_id = ? ORDER BY database, name', taskId)
      .map((row) => JSON.parse(String(row.body)) as T);
  }

  /** In the order of their names. */
  tablePage(taskId: string, page: { first: number; after?: TableId | undefined }): StoredPage<StoredTable> {
    const rows = this.#db.all(
      'SELECT body FROM task_tables WHERE task_id = ? AND (database, name) > (?, ?) ORDER BY database, name LIMIT ?',
      taskId,
      page.after?.database ?? '',
      page.after?.name ?? '',
      page.first + 1,
    );
    return pageOf(rows, page.first, (row) => JSON.parse(String(row.body)) as StoredTable);
  }

  saveTables(taskId: string, changed: readonly StoredTable[]): void {
    this.#db.transaction(() => {
      for (const table of changed) {
        this.#db.run(
          'INSERT INTO task_tables (task_id, database, name, body) VALUES (?, ?, ?, ?) ON CONFLICT (task_id, database, name) DO UPDATE SET body = excluded.body',
          taskId,
          table.database,
          table.name,
          JSON.stringify(table),
        );
      }
    });
  }

  /** Forgets a table with its chunks. */
  clearTable(taskId: string, table: TableId): void {
    this.#db.transaction(() => {
      this.clearChunks(taskId, table);
      this.#db.run(
        'DELETE FROM task_tables WHERE task_id = ? AND database = ? AND name = ?',
        taskId,
        table.database,
        table.name,
      );
    });
  }

  saveChunk(taskId: string, table: TableId, done: StoredChunk): void {
    this.#db.run(
      'INSERT OR REPLACE INTO task_chunks (task_id, database, name, chunk_index, chunk, row_count, byte_count) VALUES (?, ?, ?, ?, ?, ?, ?)',
      taskId,
      table.database,
      table.name,
      done.chunk.index,
      JSON.stringify(done.chunk),
      done.rows,
      done.bytes,
    );
  }

  /** In the order of their numbers. */
  chunks(taskId: string, table: TableId): StoredChunk[] {
    return this.#db
      .all(
        'SELECT chunk, row_count, byte_count FROM task_chunks WHERE task_id = ? AND database = ? AND name = ? ORDER BY chunk_index',
        taskId,
        table.database,
        table.name,
      )
      .map((row) => ({
        chunk: JSON.parse(String(row.chunk)) as Chunk,
        rows: Number(row.row_count),
        bytes: Number(row.byte_count),
      }));
  }

  clearChunks(taskId: string, table: TableId): void {
    this.#db.run(
      'DELETE FROM task_chunks WHERE task_id = ? AND database = ? AND name = ?',
      taskId,
      table.database,
      table.name,
    );
  }

  /** Forgets everything of the run. */
  clearRun(taskId: string): void {
    this.#db.transaction(() => {
      for (const table of ['task_runs', 'task_tables', 'task_chunks']) {
        this.#db.run(`DELETE FROM ${table} WHERE task_id = ?`, taskId);
      }
    });
  }
}
