import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import { DtsError } from '../core/errors.ts';
import { AuditRows } from './audit.ts';
import { EndpointRows } from './endpoints.ts';
import { IdempotencyRows } from './idempotency.ts';
import { idSource } from './ids.ts';
import { lockDataDirectory } from './lock.ts';
import { migrate } from './migrations.ts';
import { loadSecretKey, SecretBox } from './secrets.ts';
import { Sqlite } from './sqlite.ts';
import { TaskEventRows } from './task-events.ts';
import { TaskStateRows } from './task-state.ts';
import { TaskRows } from './tasks.ts';
import { TokenRows } from './tokens.ts';

/**
 * What the service keeps, in one SQLite file of the data directory. Synchronous: what a call wrote is on disk when it returns,
 * and what `transaction` ran is written as a whole or not at all. Only the main thread of the one owning process opens it.
 */
export interface Store {
  readonly endpoints: EndpointRows;
  readonly tasks: TaskRows;
  readonly events: TaskEventRows;
  readonly taskState: TaskStateRows;
  readonly tokens: TokenRows;
  readonly idempotency: IdempotencyRows;
  readonly audit: AuditRows;
  /** A new id; ids sort by the order in which they were made. */
  newId(): string;
  transaction<T>(work: () => T): T;
  /** Calls `told` once the open transaction is committed, never if it fails; at once when none is open. */
  afterCommit(told: () => void): void;
  /** Throws when the store does not answer. */
  ping(): void;
  close(): void;
}

/** Opens or makes the store. Throws STORE_LOCKED, STORE_VERSION, SECRET_KEY. */
export function openStore(options: {
  readonly dataDir: string;
  /** 32 bytes in base64; without it the key file of the data directory. */
  readonly secretKey?: string | undefined;
  readonly clock: Clock;
}): Store {
  const { dataDir } = options;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const lock = lockDataDirectory(dataDir);
  let db: Sqlite | undefined;
  try {
    const path = join(dataDir, 'opendts.db');
    // SQLite gives its -wal and -shm the mode of the file.
    closeSync(openSync(path, 'a', 0o600));
    chmodSync(path, 0o600);
    db = new Sqlite(path);
    migrate(db);
    const secrets = new SecretBox(loadSecretKey(dataDir, options.secretKey));
    requireSameKey(db, secrets);
    return storeOn(db, secrets, options.clock, () => lock.release());
  } catch (error) {
    db?.close();
    lock.release();
    throw error;
  }
}

function storeOn(db: Sqlite, secrets: SecretBox, clock: Clock, release: () => void): Store {
  return {
    endpoints: new EndpointRows(db, secrets),
    tasks: new TaskRows(db),
    events: new TaskEventRows(db),
    taskState: new TaskStateRows(db),
    tokens: new TokenRows(db),
    idempotency: new IdempotencyRows(db, secrets),
    audit: new AuditRows(db),
    newId: idSource(clock),
    transaction: (work) => db.transaction(work),
    afterCommit: (told) => db.afterCommit(told),
    ping() {
      db.get('SELECT count(*) FROM meta');
    },
    close() {
      if (!db.isOpen) return;
      db.close();
      release();
    },
  };
}

const PROBE_ROW = 'meta/key-probe';

/** The first start leaves a sealed word; a key that does not open it is not the key of this store. */
function requireSameKey(db: Sqlite, secrets: SecretBox): void {
  const probe = db.get("SELECT value FROM meta WHERE name = 'key-probe'");
  if (probe === undefined) {
    const sealed = secrets.seal('opendts', PROBE_ROW).toString('base64');
    db.run("INSERT INTO meta (name, value) VALUES ('key-probe', ?)", sealed);
    return;
  }
  try {
    secrets.open(Buffer.from(String(probe.value), 'base64'), PROBE_ROW);
  } catch (error) {
    throw new DtsError('SECRET_KEY', 'The key is not the one that this store was made with', {
      cause: error,
    });
  }
}
