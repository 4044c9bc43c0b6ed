import type { SQLOutputValue, StatementSync } from 'node:sqlite';
import { DatabaseSync } from 'node:sqlite';

/** Values that a statement takes. */
export type SqlValue = string | number | bigint | null | Uint8Array;

const SQLITE_BUSY = 5;

/** SQLite's own result code: https://sqlite.org/rescode.html */
export function isBusy(error: unknown): boolean {
  return ((error as { errcode?: number }).errcode ?? 0) % 256 === SQLITE_BUSY;
}

/** One connection with its statements prepared once. Synchronous: what returns has happened. */
export class Sqlite {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #depth = 0;
  #afterCommit: (() => void)[] = [];

  constructor(path: string) {
    this.#db = new DatabaseSync(path, { timeout: 5000 });
    this.#db.exec('PRAGMA journal_mode = WAL');
    // FULL: a commit is on disk when it returns, also through a loss of power.
    this.#db.exec('PRAGMA synchronous = FULL');
    this.#db.exec('PRAGMA foreign_keys = ON');
  }

  get isOpen(): boolean {
    return this.#db.isOpen;
  }

  /** Rows that this connection has changed since it was opened: while it stays the same, so does all that is read. */
  get changes(): number {
    return Number(this.#prepared('SELECT total_changes() AS changes').get()?.changes);
  }

  exec(sql: string): void {
    this.#db.exec(sql);
  }

  run(sql: string, ...values: SqlValue[]): { changes: number; lastId: number } {
    const { changes, lastInsertRowid } = this.#prepared(sql).run(...values);
    return { changes: Number(changes), lastId: Number(lastInsertRowid) };
  }

  get(sql: string, ...values: SqlValue[]): Record<string, SQLOutputValue> | undefined {
    return this.#prepared(sql).get(...values);
  }

  all(sql: string, ...values: SqlValue[]): Record<string, SQLOutputValue>[] {
    return this.#prepared(sql).all(...values);
  }

  /** Runs `work` in one transaction; inside another, as a part of it. */
  transaction<T>(work: () => T): T {
    if (this.#depth > 0) return work();
    const result = this.#outermost(work);
    for (const told of this.#afterCommit.splice(0)) told();
    return result;
  }

  /** Calls `told` once the transaction that is open is committed, never if it fails; at once when none is open. */
  afterCommit(told: () => void): void {
    if (this.#depth > 0) this.#afterCommit.push(told);
    else told();
  }

  #outermost<T>(work: () => T): T {
    this.#db.exec('BEGIN IMMEDIATE');
    this.#depth++;
    try {
      const result = work();
      this.#db.exec('COMMIT');
      return result;
    } catch (error) {
      this.#afterCommit = [];
      // SQLite has ended it by itself after some failures, a full disk among them.
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw error;
    } finally {
      this.#depth--;
    }
  }

  close(): void {
    this.#statements.clear();
    this.#db.close();
  }

  #prepared(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}
