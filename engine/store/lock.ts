import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DtsError } from '../core/errors.ts';
import { isBusy } from './sqlite.ts';

/** Ownership of a data directory. */
export interface DataLock {
  release(): void;
}

/**
 * Makes this process the owner of a data directory, or throws STORE_LOCKED at once. The lock is that of an open exclusive SQLite
 * transaction: the system drops it with the process, however that ends, so nothing is left behind to clear.
 */
export function lockDataDirectory(dataDir: string): DataLock {
  const db = new DatabaseSync(join(dataDir, 'owner.lock'), { timeout: 0 });
  try {
    // Nothing is ever written, so there is no journal to be found hot after a crash.
    db.exec('PRAGMA journal_mode = MEMORY');
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if (!isBusy(error)) throw error;
    throw new DtsError('STORE_LOCKED', `Another process owns the data directory ${dataDir}`, {
      details: { object: dataDir },
    });
  }
  return { release: () => db.close() };
}
