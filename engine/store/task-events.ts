import type { TaskEvent } from '../core/task.ts';
import type { Sqlite } from './sqlite.ts';

/** What happened to tasks, numbered without reuse over the life of the store. */
export class TaskEventRows {
  readonly #db: Sqlite;

  constructor(db: Sqlite) {
    this.#db = db;
  }

  append(event: Omit<TaskEvent, 'seq'>): number {
    const { taskId, at, ...body } = event;
    return this.#db.run(
      'INSERT INTO task_events (task_id, at, body) VALUES (?, ?, ?)',
      taskId,
      at,
      JSON.stringify(body),
    ).lastId;
  }

  /** Oldest first. */
  after(seq: number, options: { taskId?: string | undefined; first: number }): TaskEvent[] {
    const { taskId, first } = options;
    const rows =
      taskId === undefined
        ? this.#db.all('SELECT * FROM task_events WHERE seq > ? ORDER BY seq LIMIT ?', seq, first)
        : this.#db.all(
            'SELECT * FROM task_events WHERE task_id = ? AND seq > ? ORDER BY seq LIMIT ?',
            taskId,
            seq,
            first,
          );
    return rows.map((row) => ({
      seq: Number(row.seq),
      taskId: String(row.task_id),
      at: Number(row.at),
      ...(JSON.parse(String(row.body)) as Omit<TaskEvent, 'seq' | 'taskId' | 'at'>),
    }));
  }

  /** Forgets what is older than `before`, milliseconds since 1970. */
  prune(before: number): void {
    this.#db.run('DELETE FROM task_events WHERE at < ?', before);
  }
}
