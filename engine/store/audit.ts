import type { AuditEntry } from '../engine.ts';
import type { Sqlite } from './sqlite.ts';

export class AuditRows {
  readonly #db: Sqlite;

  constructor(db: Sqlite) {
    this.#db = db;
  }

  append(entry: AuditEntry): void {
    this.#db.run(
      'INSERT INTO audit (at, actor, operation, object_id, outcome, code, version_before, version_after) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      entry.at,
      entry.actor,
      entry.operation,
      entry.objectId ?? null,
      entry.outcome,
      entry.code ?? null,
      entry.versionBefore ?? null,
      entry.versionAfter ?? null,
    );
  }

  /** Newest first. */
  list(options: { first: number; beforeSeq?: number | undefined }): (AuditEntry & { seq: number })[] {
    return this.#db
      .all(
        'SELECT * FROM audit WHERE seq < ? ORDER BY seq DESC LIMIT ?',
        options.beforeSeq ?? Number.MAX_SAFE_INTEGER,
        options.first,
      )
      .map((row) => ({
        seq: Number(row.seq),
        at: Number(row.at),
        actor: String(row.actor),
        operation: String(row.operation),
        objectId: row.object_id === null ? undefined : String(row.object_id),
        outcome: row.outcome as AuditEntry['outcome'],
        code: row.code === null ? undefined : String(row.code),
        versionBefore: row.version_before === null ? undefined : Number(row.version_before),
        versionAfter: row.version_after === null ? undefined : Number(row.version_after),
      }));
  }

  /** Forgets what is older than `before`, milliseconds since 1970. */
  prune(before: number): void {
    this.#db.run('DELETE FROM audit WHERE at < ?', before);
  }
}
