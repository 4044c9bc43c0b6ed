import type { SecretBox } from './secrets.ts';
import type { Sqlite } from './sqlite.ts';

export interface IdempotencyKey {
  readonly actor: string;
  readonly mutation: string;
  readonly key: string;
}

/** Results of mutations under the keys that their callers gave. Sealed: the secret of a new token is among them. */
export class IdempotencyRows {
  readonly #db: Sqlite;
  readonly #secrets: SecretBox;

  constructor(db: Sqlite, secrets: SecretBox) {
    this.#db = db;
    this.#secrets = secrets;
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
    if (row === undefined) return undefined;
    const result = this.#secrets.open(row.result as Uint8Array, rowName(id));
    return { requestHash: row.request_hash as Uint8Array, result };
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
      this.#secrets.seal(stored.result, rowName(id)),
      stored.expiresAt,
    );
  }
}

const rowName = ({ actor, mutation, key }: IdempotencyKey) => `idempotency/${actor}/${mutation}/${key}`;
