import { pageOf, type StoredPage, type StoredPageRequest } from './page.ts';
import type { Sqlite } from './sqlite.ts';

export interface StoredToken {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly scopes: readonly string[];
  readonly createdAt: number;
  readonly expiresAt?: number | undefined;
  readonly lastUsedAt?: number | undefined;
  readonly revokedAt?: number | undefined;
  readonly claimed: boolean;
}

const COLUMNS = 'id, name, prefix, scopes, created_at, expires_at, last_used_at, revoked_at, claimed';

/** API tokens: of the secret only its SHA-256 is kept. */
export class TokenRows {
  readonly #db: Sqlite;

  constructor(db: Sqlite) {
    this.#db = db;
  }

  get(id: string): StoredToken | undefined {
    const row = this.#db.get(`SELECT ${COLUMNS} FROM tokens WHERE id = ?`, id);
    return row && tokenOf(row);
  }

  /** The hash is compared by the index: what its timing tells of a hash tells nothing of a secret. */
  byHash(hash: Uint8Array): StoredToken | undefined {
    const row = this.#db.get(`SELECT ${COLUMNS} FROM tokens WHERE hash = ?`, hash);
    return row && tokenOf(row);
  }

  list(page: StoredPageRequest): StoredPage<StoredToken> {
    const rows = this.#db.all(
      `SELECT ${COLUMNS} FROM tokens WHERE id > ? ORDER BY id LIMIT ?`,
      page.afterId ?? '',
      page.first + 1,
    );
    return pageOf(rows, page.first, tokenOf);
  }

  insert(token: StoredToken, hash: Uint8Array): void {
    this.#db.run(
      'INSERT INTO tokens (id, name, prefix, hash, scopes, created_at, expires_at, claimed) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      token.id,
      token.name,
      token.prefix,
      hash,
      JSON.stringify(token.scopes),
      token.createdAt,
      token.expiresAt ?? null,
      Number(token.claimed),
    );
  }

  claim(id: string): void {
    this.#db.run('UPDATE tokens SET claimed = 1 WHERE id = ? AND claimed = 0', id);
  }

  revoke(id: string, at: number): void {
    this.#db.run('UPDATE tokens SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL', at, id);
  }

  /**
   * Removes those that were revoked before. One that has expired stays: what manages it still looks for it. The newest stays too,
   * because a store without tokens would get a first one again.
   */
  prune(before: number): void {
    this.#db.run('DELETE FROM tokens WHERE revoked_at < ? AND id <> (SELECT max(id) FROM tokens)', before);
  }

  used(id: string, at: number): void {
    this.#db.run('UPDATE tokens SET last_used_at = ? WHERE id = ?', at, id);
  }
}

function tokenOf(row: Record<string, unknown>): StoredToken {
  const time = (value: unknown) => (value === null ? undefined : Number(value));
  return {
    id: String(row.id),
    name: String(row.name),
    prefix: String(row.prefix),
    scopes: JSON.parse(String(row.scopes)) as string[],
    createdAt: Number(row.created_at),
    expiresAt: time(row.expires_at),
    lastUsedAt: time(row.last_used_at),
    revokedAt: time(row.revoked_at),
    claimed: row.claimed === 1,
  };
}
