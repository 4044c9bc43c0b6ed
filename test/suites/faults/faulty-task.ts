import { expect } from 'vitest';
import { compareEnds } from '../../compare/compare.ts';
import { type NetworkProxy, startProxy } from '../../proxy/network-proxy.ts';
import type { MysqlServer } from '../../servers/mysql.ts';
import { type HarnessOptions, TaskHarness } from '../pipeline/task-harness.ts';

/** Short enough for a test to wait for, long enough for a busy machine. */
export const shortPatience = { stallMillis: 1500, heartbeatMillis: 500 };

/** A server as seen through a line that fails. */
export const behind = (server: MysqlServer, proxy: NetworkProxy) => ({
  flavour: server.flavour,
  host: proxy.host,
  port: proxy.port,
  username: server.username,
  password: server.password,
});

/** A task with a line to each of its ends that the test can break. */
export interface FaultyTask extends AsyncDisposable {
  readonly task: TaskHarness;
  readonly sourceLine: NetworkProxy;
  readonly targetLine: NetworkProxy;
  /** Waits until `condition` holds while the task lives. */
  until(condition: () => boolean | Promise<boolean>): Promise<void>;
}

export async function startBehindLines(
  options: Omit<HarnessOptions, 'source' | 'target'> & { source: MysqlServer; target: MysqlServer },
): Promise<FaultyTask> {
  const { source, target } = options;
  const stack = new AsyncDisposableStack();
  const sourceLine = stack.use(await startProxy({ to: { host: source.host, port: source.port } }));
  const targetLine = stack.use(await startProxy({ to: { host: target.host, port: target.port } }));
  const task = stack.use(
    await TaskHarness.create({
      patience: shortPatience,
      ...options,
      source: behind(source, sourceLine),
      target: behind(target, targetLine),
    }),
  );
  task.start();
  return {
    task,
    sourceLine,
    targetLine,
    async until(condition) {
      let holds = false;
      while (!holds) {
        holds = await condition();
        let turns = 0;
        await task.until(() => holds || turns++ > 0);
      }
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** A table of so many rows of about 400 bytes, in a new database. */
export async function createFilledTable(server: MysqlServer, database: string, rows: number): Promise<void> {
  await server.query(`
    CREATE DATABASE ${database}; USE ${database};
    CREATE TABLE ${database}.filled (id INT PRIMARY KEY AUTO_INCREMENT, n INT NOT NULL DEFAULT 0, filler VARCHAR(400), KEY by_n (n));
    CREATE TABLE ${database}.keyless (n INT, filler VARCHAR(100));
    SET SESSION cte_max_recursion_depth = 1000000;
    INSERT INTO ${database}.filled (n, filler) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})
      SELECT i % 100, REPEAT(SHA2(i, 256), 6) FROM n;
    INSERT INTO ${database}.keyless SELECT n, 'twice' FROM ${database}.filled WHERE id <= 1000;
    INSERT INTO ${database}.keyless SELECT n, 'twice' FROM ${database}.filled WHERE id <= 1000;
  `);
}

/**
 * Writes to the tables of `createFilledTable` until stopped: updates, inserts and deletes that would not bear to be applied twice or
 * left out.
 */
export function keepWriting(
  server: MysqlServer,
  database: string,
): { stop(): Promise<void>; readonly ended: Promise<void>; readonly written: number } {
  let going = true;
  let written = 0;
  const writing = (async () => {
    const connection = await server.connect({ database });
    try {
      while (going) {
        const id = 1 + ((written * 37) % 1000);
        await connection.query(
          `START TRANSACTION; UPDATE filled SET n = n + 1 WHERE id BETWEEN ${id} AND ${id + 5};
           INSERT INTO filled (n, filler) VALUES (${written}, 'written'); INSERT INTO keyless VALUES (${written % 7}, 'written');
           DELETE FROM keyless WHERE n = ${written % 50} AND filler = 'twice' LIMIT 1; COMMIT`,
        );
        written += 1;
      }
    } finally {
      await connection.end();
    }
  })();
  writing.catch(() => undefined);
  return {
    async stop() {
      going = false;
      await writing;
    },
    ended: writing,
    get written() {
      return written;
    },
  };
}

export async function expectEqual(
  ends: { source: MysqlServer; target: MysqlServer },
  database: string,
): Promise<void> {
  const { report } = await compareEnds({ ...ends, databases: [{ name: database }] });
  expect(report).toBe('');
}
