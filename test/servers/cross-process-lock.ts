import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';

const SQLITE_BUSY = 5;

function tryLock(file: string): DatabaseSync | undefined {
  const database = new DatabaseSync(file);
  try {
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE'); // no journal file beside the lock
    return database;
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return undefined;
    throw error;
  }
}

/** A lock held by this process until disposed. */
export interface HeldLock extends Disposable {
  readonly file: string;
}

/**
 * Waits for the lock that `file` stands for. It is SQLite's lock on the file, thus the operating system's: it goes
 * with the process that holds it, however that ends, and needs no search for dead owners.
 */
export async function acquireLock(file: string, onWait?: () => void): Promise<HeldLock> {
  for (let told = false; ; ) {
    const database = tryLock(file);
    if (database !== undefined) return { file, [Symbol.dispose]: () => database.close() };
    if (!told) onWait?.();
    told = true;
    await delay(200);
  }
}

/** The first of the locks that is free now; waits for one when none is. */
export async function acquireAnyLock(files: readonly string[]): Promise<HeldLock> {
  for (;;) {
    for (const file of files) {
      const database = tryLock(file);
      if (database !== undefined) return { file, [Symbol.dispose]: () => database.close() };
    }
    await delay(200);
  }
}
