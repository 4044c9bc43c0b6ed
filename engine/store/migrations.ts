import { DtsError } from '../core/errors.ts';
import type { Sqlite } from './sqlite.ts';

/** Each brings the store from the version before it (its index) to its own; never changed once released, only added to. */
const migrations: readonly string[] = [
  `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

  CREATE TABLE endpoints (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    engine TEXT NOT NULL,
    host TEXT NOT NULL,
    port INTEGER NOT NULL,
    username TEXT NOT NULL,
    password BLOB NOT NULL,
    fingerprint TEXT NOT NULL,
    tls TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE tasks (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    desired_state TEXT NOT NULL,
    source_id TEXT REFERENCES endpoints (id),
    target_id TEXT REFERENCES endpoints (id),
    objects TEXT NOT NULL,
    options TEXT NOT NULL,
    error TEXT,
    isolated_until INTEGER,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX tasks_source ON tasks (source_id);
  CREATE INDEX tasks_target ON tasks (target_id);

  CREATE TABLE task_events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    task_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX task_events_task ON task_events (task_id, seq);

  CREATE TABLE precheck_reports (
    task_id TEXT PRIMARY KEY REFERENCES tasks (id) ON DELETE CASCADE,
    report TEXT NOT NULL
  ) STRICT;

  CREATE TABLE task_runs (
    task_id TEXT PRIMARY KEY REFERENCES tasks (id) ON DELETE CASCADE,
    run TEXT NOT NULL
  ) STRICT;

  CREATE TABLE task_tables (
    task_id TEXT NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    database TEXT NOT NULL,
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (task_id, database, name)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE task_chunks (
    task_id TEXT NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    database TEXT NOT NULL,
    name TEXT NOT NULL,
    chunk_index INTEGER NOT NULL,
    chunk TEXT NOT NULL,
    row_count INTEGER NOT NULL,
    byte_count INTEGER NOT NULL,
    PRIMARY KEY (task_id, database, name, chunk_index)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE tokens (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    prefix TEXT NOT NULL,
    hash BLOB NOT NULL UNIQUE,
    scopes TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    last_used_at INTEGER,
    revoked_at INTEGER
  ) STRICT;

  CREATE TABLE idempotency (
    actor TEXT NOT NULL,
    mutation TEXT NOT NULL,
    key TEXT NOT NULL,
    request_hash BLOB NOT NULL,
    result BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (actor, mutation, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX idempotency_expiry ON idempotency (expires_at);

  CREATE TABLE audit (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    operation TEXT NOT NULL,
    object_id TEXT,
    outcome TEXT NOT NULL,
    code TEXT,
    version_before INTEGER,
    version_after INTEGER
  ) STRICT;
  `,
  // What was made before has somebody who knows of it.
  `
  ALTER TABLE endpoints ADD COLUMN claimed INTEGER NOT NULL DEFAULT 1;
  ALTER TABLE tasks ADD COLUMN claimed INTEGER NOT NULL DEFAULT 1;
  ALTER TABLE tokens ADD COLUMN claimed INTEGER NOT NULL DEFAULT 1;
  `,
];

export const STORE_VERSION = migrations.length;

/** Brings the store to this version, each step whole or not at all. Throws STORE_VERSION for a store of a newer one. */
export function migrate(db: Sqlite): void {
  const version = Number(db.get('PRAGMA user_version')?.user_version);
  if (version > STORE_VERSION) {
    throw new DtsError(
      'STORE_VERSION',
      `The store is of version ${version}; this service knows versions up to ${STORE_VERSION}`,
      { details: { storeVersion: version, knownVersion: STORE_VERSION } },
    );
  }
  for (let next = version + 1; next <= STORE_VERSION; next++) {
    db.transaction(() => {
      db.exec(migrations[next - 1] as string);
      db.exec(`PRAGMA user_version = ${next}`);
    });
  }
}
