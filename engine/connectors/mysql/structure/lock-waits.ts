import { type TableId, tableLabel } from '../../../core/table.ts';
import type { ConnectionPool } from '../connection-pool.ts';

/** What is waited for longer than this is told. */
const PATIENCE_MS = 2000;

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
      // Where the list of processes cannot be had, what is waited for is told alone.
      const processes = await this.#processes().catch(() => []);
      if (!over) onWaiting(waitMessage(object, processes));
    }, PATIENCE_MS);
    try {
      return await work();
    } finally {
      over = true;
      clearTimeout(telling);
    }
  }

  async #processes(): Promise<readonly Process[]> {
    return await this.#options.pool.with((connection) => connection.query('SHOW FULL PROCESSLIST'));
  }
}

/** A row of SHOW FULL PROCESSLIST. */
type Process = Readonly<Record<string, string | null>>;

const schemaChange = /^(CREATE|ALTER|DROP|RENAME|TRUNCATE|OPTIMIZE|REPAIR)\b/i;

/**
 * What is waited for. Who holds the lock the list of processes does not tell: beside it stand, as no more than that, the statements that
 * name the object; where all objects are listed, the schema changes.
 */
export function waitMessage(object: TableId | undefined, processes: readonly Process[]): string {
  const word =
    object && new RegExp(`(?<!${inName})${RegExp.escape(object.name || object.database)}(?!${inName})`, 'iu');
  const candidates = processes
    .map(({ Id, Time, Info }) => ({ Id, Time, sql: (Info ?? '').replace(leadingComments, '') }))
    // Ours is among those that ask to be shown it.
    .filter(({ sql }) => (word ? word.test(sql) && !/^SHOW\b/i.test(sql) : schemaChange.test(sql)))
    .slice(0, 3)
    .map(({ Id, Time, sql }) => `process ${Id}, for ${Time} s: ${beginning(sql)}`);
  const what = object ? `a lock on ${tableLabel(object)}` : 'a lock or a commit there';
  const told = `Reading the structure of the source waits for ${what}.`;
  return candidates.length === 0 ? told : `${told} Running there at the moment: ${candidates.join('; ')}.`;
}

const inName = String.raw`[\p{L}\p{N}_$]`;
const leadingComments = /^(?:\s|\/\*(?!M?!).*?\*\/|(?:#|--\s)[^\n]*\n)+/s;

/** Enough of a statement to know it by; nothing from its first text, number or comment on, which may be somebody's data. */
const beginning = (statement: string): string =>
  (statement.split(dataOrComment, 1)[0] ?? '').replace(/\s+/g, ' ').slice(0, 120).trim();

/** A digit within a name is part of the name. */
const dataOrComment = new RegExp(`['"#]|--|/\\*|(?<!${inName})\\p{N}`, 'u');
