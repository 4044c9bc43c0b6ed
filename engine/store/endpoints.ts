import { timingSafeEqual } from 'node:crypto';
import type { EndpointConfig, EngineName, TlsConfig } from '../core/endpoint.ts';
import type { Endpoint } from '../engine.ts';
import { pageOf, type StoredPage, type StoredPageRequest } from './page.ts';
import type { SecretBox } from './secrets.ts';
import type { Sqlite, SqlValue } from './sqlite.ts';

export type NewEndpoint = Omit<Endpoint, 'secretFingerprint'> & { readonly password: string };

const COLUMNS =
  'id, name, engine, host, port, username, fingerprint, tls, claimed, version, created_at, updated_at';

export class EndpointRows {
  readonly #db: Sqlite;
  readonly #secrets: SecretBox;

  constructor(db: Sqlite, secrets: SecretBox) {
    this.#db = db;
    this.#secrets = secrets;
  }

  get(id: string): Endpoint | undefined {
    const row = this.#db.get(`SELECT ${COLUMNS} FROM endpoints WHERE id = ?`, id);
    return row && endpointOf(row);
  }

  list(page: StoredPageRequest, { name }: { readonly name?: string | undefined } = {}): StoredPage<Endpoint> {
    const rows = this.#db.all(
      `SELECT ${COLUMNS} FROM endpoints WHERE id > ? AND name = coalesce(?, name) ORDER BY id LIMIT ?`,
      page.afterId ?? '',
      name ?? null,
      page.first + 1,
    );
    return pageOf(rows, page.first, endpointOf);
  }

  /** With its password, for connecting. Undefined when there is none; SECRET_KEY when it does not open. */
  config(id: string): EndpointConfig | undefined {
    const row = this.#db.get(`SELECT ${COLUMNS}, password FROM endpoints WHERE id = ?`, id);
    if (row === undefined) return undefined;
    const { engine, host, port, username, tls } = endpointOf(row);
    const password = this.#secrets.open(row.password as Uint8Array, rowName(id));
    return { engine, host, port, username, password, tls };
  }

  /** Compares by fingerprint, in constant time. Undefined when there is no such endpoint. */
  passwordMatches(id: string, password: string): boolean | undefined {
    const fingerprint = this.get(id)?.secretFingerprint;
    if (fingerprint === undefined) return undefined;
    const given = Buffer.from(this.#secrets.fingerprint(password, rowName(id)));
    return timingSafeEqual(given, Buffer.from(fingerprint));
  }

  insert(endpoint: NewEndpoint): void {
    const { id, name, engine, host, port, username, claimed, version, createdAt, updatedAt } = endpoint;
    this.#db.run(
      'INSERT INTO endpoints (id, name, engine, host, port, username, password, fingerprint, tls, claimed, version, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      ...[id, name, engine, host, port, username, ...this.#sealed(endpoint)],
      ...[Number(claimed), version, createdAt, updatedAt],
    );
  }

  /** All but `claimed`. */
  update(endpoint: NewEndpoint): void {
    const { id, name, engine, host, port, username, version, updatedAt } = endpoint;
    this.#db.run(
      'UPDATE endpoints SET name = ?, engine = ?, host = ?, port = ?, username = ?, password = ?, fingerprint = ?, tls = ?, version = ?, updated_at = ? WHERE id = ?',
      ...[name, engine, host, port, username, ...this.#sealed(endpoint), version, updatedAt, id],
    );
  }

  claim(id: string): void {
    this.#db.run('UPDATE endpoints SET claimed = 1 WHERE id = ? AND claimed = 0', id);
  }

  delete(id: string): void {
    this.#db.run('DELETE FROM endpoints WHERE id = ?', id);
  }

  /** Password, fingerprint and TLS as columns. */
  #sealed({ id, password, tls }: NewEndpoint): SqlValue[] {
    const row = rowName(id);
    return [this.#secrets.seal(password, row), this.#secrets.fingerprint(password, row), JSON.stringify(tls)];
  }
}

const rowName = (id: string) => `endpoints/${id}/password`;

function endpointOf(row: Record<string, unknown>): Endpoint {
  return {
    id: String(row.id),
    name: String(row.name),
    engine: row.engine as EngineName,
    host: String(row.host),
    port: Number(row.port),
    username: String(row.username),
    tls: JSON.parse(String(row.tls)) as TlsConfig,
    secretFingerprint: String(row.fingerprint),
    claimed: row.claimed === 1,
    version: Number(row.version),
    createdAt: Number(row.created_at),
    updatedAt: Number(row.updated_at),
  };
}
