import type { MysqlServer } from '../servers/mysql.ts';
import { until } from './wait.ts';

let marks = 0;

/** SQL that makes the tide table in the current database of a source, before the task starts. */
export const createTideTable = 'CREATE TABLE tide (mark BIGINT NOT NULL PRIMARY KEY) ENGINE=InnoDB';

/**
 * Waits until everything that the source has committed before this call is at the target: a mark is written into the database, and
 * because changes arrive in the order of the source's log, whatever was committed before it is there when it is.
 */
export async function waitForTide(options: {
  readonly source: MysqlServer;
  readonly target: MysqlServer;
  readonly database: string;
  readonly targetDatabase?: string;
  readonly seconds?: number;
  /** Asked each time that the mark is not there yet; throws when waiting longer makes no sense. */
  readonly check?: () => Promise<void>;
  /** Told when the time is over. */
  readonly describe?: () => Promise<string> | string;
}): Promise<void> {
  const { source, target, database, targetDatabase = database, seconds = 120, check, describe } = options;
  const mark = Date.now() * 1000 + (marks++ % 1000);
  await source.query(`INSERT INTO \`${database}\`.tide VALUES (${mark}) ON DUPLICATE KEY UPDATE mark = mark`);
  await until(
    async () => {
      const rows = await target
        .query(`SELECT 1 FROM \`${targetDatabase}\`.tide WHERE mark = ${mark}`)
        .catch((error: { code?: string }) => {
          if (['ER_NO_SUCH_TABLE', 'ER_BAD_DB_ERROR'].includes(error.code ?? '')) return [];
          throw error;
        });
      if (rows.length === 0) await check?.();
      return rows.length > 0;
    },
    { seconds, what: 'the target has everything that the source has', ...(describe ? { describe } : {}) },
  );
}
