import type { TaskEvent } from '../core/task.ts';
import type { Sqlite } from './sqlite.ts';

const MOST_SHARED = 64;

/** What happened to tasks, numbered without reuse over the life of the store. */
export class TaskEventRows {
  readonly #db: Sqlite;
  /** What `sharedAfter` read since the last change of the store. */
  readonly #shared = new Map<string, readonly TaskEvent[]>();
  #sharedAt = 0;

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

  /** As `after`; who asks the same before anything changes gets the same: hundreds who follow one task cost one reading. */
  sharedAfter(seq: number, options: { taskId?: string | undefined; first: number }): readonly TaskEvent[] {
    const { changes } = this.#db;
    if (changes !== this.#sharedAt || this.#shared.size >= MOST_SHARED) {
      this.#shared.clear();
      this.#sharedAt = changes;
    }
    const key = `${options.taskId ?? ''}/${seq}/${options.first}`;
    const events = this.#shared.get(key) ?? this.after(seq, options);
    this.#shared.set(key, events);
    return events;
  }

  /** Forgets what is older than `before`, milliseconds since 1970. */
  prune(before: number): void {
    this.#db.run('DELETE FROM task_events WHERE at < ?', before);
  }
}
