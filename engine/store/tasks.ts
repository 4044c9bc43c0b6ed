import type { ErrorReport } from '../core/errors.ts';
import type { ObjectSelection } from '../core/selection.ts';
import type { DesiredState, PrecheckReport, Task, TaskKind, TaskOptions, TaskState } from '../core/task.ts';
import { pageOf, type StoredPage, type StoredPageRequest } from './page.ts';
import type { Sqlite, SqlValue } from './sqlite.ts';

export interface StoredTaskFilter {
  readonly states?: readonly TaskState[] | undefined;
  readonly kinds?: readonly TaskKind[] | undefined;
  readonly name?: string | undefined;
  readonly nameContains?: string | undefined;
  readonly isolated?: boolean | undefined;
}

export class TaskRows {
  readonly #db: Sqlite;

  constructor(db: Sqlite) {
    this.#db = db;
  }

  get(id: string): Task | undefined {
    const row = this.#db.get('SELECT * FROM tasks WHERE id = ?', id);
    return row && taskOf(row);
  }

  list(filter: StoredTaskFilter, page: StoredPageRequest): StoredPage<Task> {
    const conditions = ['id > ?'];
    const values: SqlValue[] = [page.afterId ?? ''];
    const among = (column: string, allowed: readonly string[] | undefined) => {
      if (allowed === undefined) return;
      conditions.push(`${column} IN (SELECT value FROM json_each(?))`);
      values.push(JSON.stringify(allowed));
    };
    among('state', filter.states);
    among('kind', filter.kinds);
    if (filter.name !== undefined) {
      conditions.push('name = ?');
      values.push(filter.name);
    }
    if (filter.nameContains) {
      conditions.push('instr(lower(name), lower(?)) > 0');
      values.push(filter.nameContains);
    }
    conditions.push(filter.isolated ? 'isolated_until IS NOT NULL' : 'isolated_until IS NULL');
    const rows = this.#db.all(
      `SELECT * FROM tasks WHERE ${conditions.join(' AND ')} ORDER BY id LIMIT ?`,
      ...values,
      page.first + 1,
    );
    return pageOf(rows, page.first, taskOf);
  }

  /** Every task in one of these states, oldest first. */
  inStates(states: readonly TaskState[]): Task[] {
    return this.#db
      .all(
        'SELECT * FROM tasks WHERE state IN (SELECT value FROM json_each(?)) ORDER BY id',
        JSON.stringify(states),
      )
      .map(taskOf);
  }

  /** Ids of the tasks that name an endpoint. */
  usersOf(endpointId: string): string[] {
    return this.#db
      .all('SELECT id FROM tasks WHERE source_id = ? OR target_id = ? ORDER BY id', endpointId, endpointId)
      .map((row) => String(row.id));
  }

  /** Ids of the tasks whose time in the recycle bin has ended. */
  expired(now: number): string[] {
    return this.#db.all('SELECT id FROM tasks WHERE isolated_until <= ?', now).map((row) => String(row.id));
  }

  insert(task: Task): void {
    this.#db.run(
      'INSERT INTO tasks (name, kind, state, desired_state, source_id, target_id, objects, options, error, isolated_until, version, created_at, updated_at, id, claimed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      ...columnsOf(task),
      Number(task.claimed),
    );
  }

  /** All but `claimed`. */
  update(task: Task): void {
    this.#db.run(
      'UPDATE tasks SET name = ?, kind = ?, state = ?, desired_state = ?, source_id = ?, target_id = ?, objects = ?, options = ?, error = ?, isolated_until = ?, version = ?, created_at = ?, updated_at = ? WHERE id = ?',
      ...columnsOf(task),
    );
  }

  claim(id: string): void {
    this.#db.run('UPDATE tasks SET claimed = 1 WHERE id = ? AND claimed = 0', id);
  }

  /** With all that is kept of it, except its events. */
  delete(id: string): void {
    this.#db.run('DELETE FROM tasks WHERE id = ?', id);
  }

  report(taskId: string): PrecheckReport | undefined {
    const row = this.#db.get('SELECT report FROM precheck_reports WHERE task_id = ?', taskId);
    return row && (JSON.parse(String(row.report)) as PrecheckReport);
  }

  saveReport(report: PrecheckReport): void {
    this.#db.run(
      'INSERT INTO precheck_reports (task_id, report) VALUES (?, ?) ON CONFLICT (task_id) DO UPDATE SET report = excluded.report',
      report.taskId,
      JSON.stringify(report),
    );
  }

  deleteReport(taskId: string): void {
    this.#db.run('DELETE FROM precheck_reports WHERE task_id = ?', taskId);
  }
}

function columnsOf(task: Task): SqlValue[] {
  return [
    task.name,
    task.kind,
    task.state,
    task.desiredState,
    task.sourceId ?? null,
    task.targetId ?? null,
    JSON.stringify(task.objects),
    JSON.stringify(task.options),
    task.error === undefined ? null : JSON.stringify(task.error),
    task.isolatedUntil ?? null,
    task.version,
    task.createdAt,
    task.updatedAt,
    task.id,
  ];
}

function taskOf(row: Record<string, unknown>): Task {
  return {
    id: String(row.id),
    name: String(row.name),
    kind: row.kind as TaskKind,
    state: row.state as TaskState,
    desiredState: row.desired_state as DesiredState,
    sourceId: optional(row.source_id, String),
    targetId: optional(row.target_id, String),
    objects: JSON.parse(String(row.objects)) as ObjectSelection,
    options: JSON.parse(String(row.options)) as TaskOptions,
    error: optional(row.error, (value) => JSON.parse(String(value)) as ErrorReport),
    isolatedUntil: optional(row.isolated_until, Number),
    claimed: row.claimed === 1,
    version: Number(row.version),
    createdAt: Number(row.created_at),
    updatedAt: Number(row.updated_at),
  };
}

function optional<T>(value: unknown, read: (value: unknown) => T): T | undefined {
  return value === null || value === undefined ? undefined : read(value);
}
