import type { Sqlite } from './sqlite.ts';

export interface IdempotencyKey {
  readonly actor: string;
  readonly mutation: string;
  readonly key: string;
}

/** Results of mutations under the keys that their callers gave. */
export class IdempotencyRows {
  readonly #db: Sqlite;

  constructor(db: Sqlite) {
    this.#db = db;
  }

  /** What was stored and has not expired at `now`. */
  find(id: IdempotencyKey, now: number): { requestHash: Uint8Array; result: string } | undefined {
    const row = this.#db.get(
      'SELECT request_hash, result FROM idempotency WHERE actor = ? AND mutation = ? AND key = ? AND expires_at > ?',
      id.actor,
      id.mutation,
      id.key,
      now,
    );
    return row && { requestHash: row.request_hash as Uint8Array, result: String(row.result) };
  }

  save(
    id: IdempotencyKey,
    stored: { requestHash: Uint8Array; result: string; expiresAt: number },
    now: number,
  ): void {
    this.#db.run('DELETE FROM idempotency WHERE expires_at <= ?', now);
    this.#db.run(
      'INSERT INTO idempotency (actor, mutation, key, request_hash, result, expires_at) VALUES (?, ?, ?, ?, ?, ?)',
      id.actor,
      id.mutation,
      id.key,
      stored.requestHash,
      stored.result,
      stored.expiresAt,
    );
  }
}
