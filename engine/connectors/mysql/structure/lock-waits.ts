import { type TableId, tableLabel } from '../../../core/table.ts';
import type { ConnectionPool } from '../connection-pool.ts';

/** What is waited for longer than this is told. */
const PATIENCE_MS = 2000;

/** Statements that may hold what is waited for. */
const schemaChange = /^\s*(CREATE|ALTER|DROP|RENAME|TRUNCATE|OPTIMIZE|REPAIR)\b/i;

interface LockWaitOptions {
  readonly pool: ConnectionPool;
  readonly onWaiting?: ((message: string) => void) | undefined;
}

/** Statements of ours that ask for the structure, and may have to wait for schema changes of others: tells for which. */
export class LockWaits {
  readonly #options: LockWaitOptions;

  constructor(options: LockWaitOptions) {
    this.#options = options;
  }

  /** Does the work, and tells once if it has to wait for long. The object is undefined where all are listed. */
  async during<T>(object: TableId | undefined, work: () => Promise<T>): Promise<T> {
    const { onWaiting } = this.#options;
    if (!onWaiting) return await work();
    let over = false;
    const telling = setTimeout(async () => {
      // Where the list of processes cannot be had, the end of the wait tells what is wrong.
      const blamed = await this.#blame(object).catch(() => undefined);
      if (!over && blamed) onWaiting(`Reading the structure of the source waits for ${blamed}.`);
    }, PATIENCE_MS);
    try {
      return await work();
    } finally {
      over = true;
      clearTimeout(telling);
    }
  }

  /** The object, and the statements that the server's list of processes shows on it. */
  async #blame(object: TableId | undefined): Promise<string> {
    const processes = await this.#options.pool.with((connection) =>
      connection.query('SHOW FULL PROCESSLIST'),
    );
    const changes = processes.filter(
      ({ Info, State }) => schemaChange.test(Info ?? '') && !/metadata lock/i.test(State ?? ''),
    );
    const named = changes.filter(({ Info }) => object !== undefined && Info?.includes(object.name));
    const blamed = (named.length > 0 ? named : changes)
      .slice(0, 3)
      .map(({ Id, Time, Info }) => `process ${Id}, for ${Time} s: ${beginning(Info ?? '')}`);
    const what = object === undefined ? 'a schema change or commit there' : `a lock on ${tableLabel(object)}`;
    return blamed.length === 0 ? `${what}, of a process that is not shown` : `${what} (${blamed.join('; ')})`;
  }
}

/** Enough of a statement to know it by; nothing from its first text or number on, which may be somebody's data. */
const beginning = (statement: string): string =>
  (/^[^'"]*/.exec(statement)?.[0] ?? '').replace(/\s+/g, ' ').slice(0, 120).trim();
