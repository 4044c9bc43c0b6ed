import { open, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../../engine/core/errors.ts';
import type { MysqlServer } from '../../servers/mysql.ts';
import { type HarnessOptions, TaskHarness } from '../pipeline/task-harness.ts';
import { type Ends, makeDatabase, run, startEnds } from './ends.ts';

// What stops a task, by which code, and that it goes on without loss once the cause is gone.

let ends: Ends;
beforeAll(async () => {
  ends = await startEnds();
});
afterAll(() => ends?.[Symbol.asyncDispose]());

const rows = [
  'CREATE TABLE t (id INT PRIMARY KEY, v LONGTEXT, n INT, UNIQUE KEY (n))',
  "INSERT INTO t VALUES (1, 'one', 1), (2, 'two', 2), (3, 'three', NULL)",
  'CREATE TABLE keyless (v INT)',
  'INSERT INTO keyless VALUES (1), (1), (2)',
];
const changes = [
  "INSERT INTO t VALUES (10, 'ten', 10)",
  "UPDATE t SET v = 'changed', n = 3 WHERE id = 3",
  'DELETE FROM t WHERE id = 2',
  'INSERT INTO keyless VALUES (1)',
  'DELETE FROM keyless LIMIT 1',
];

/** A task over a database of its own, brought to where it keeps up with the source. */
async function caughtUp(
  name: string,
  options: Partial<HarnessOptions> = {},
): Promise<{ task: TaskHarness; databases: { name: string }[] }> {
  await makeDatabase(ends.source, name, rows);
  const databases = [{ name }];
  const task = await ends.task({ selection: { databases }, ...options });
  task.start();
  await task.caughtUp();
  return { task, databases };
}

const fails = (task: TaskHarness, code: ErrorCode) =>
  expect(task.until(() => false)).rejects.toMatchObject({ code });

/** The only way on for a task that has failed is to be started again. */
async function restart(task: TaskHarness): Promise<void> {
  await task.stop().catch(() => undefined);
  task.start();
}

async function finish(task: TaskHarness, databases: { name: string }[]): Promise<void> {
  await task.complete();
  await ends.expectEqual(databases);
}

describe('the target', () => {
  it('lacks rows that the source changes: the task goes on, counts them and tells of their table', async () => {
    const { task, databases } = await caughtUp('lacking');
    await using _ = task;
    await ends.target.query('DELETE FROM lacking.t WHERE id IN (1, 2); DELETE FROM lacking.keyless');
    await run(ends.source, 'lacking', [
      "UPDATE t SET v = 'secret' WHERE id = 1",
      'DELETE FROM t WHERE id = 2',
      "UPDATE t SET v = 'found' WHERE id = 3",
      'DELETE FROM keyless',
      "INSERT INTO t VALUES (4, 'four', 4)",
    ]);
    // The changed row is written whole, so it is there again; what was to be deleted is missed.
    await task.until(() => task.progress?.rowsMissing === 4);
    const told = task.events.filter(({ kind }) => kind === 'WARNING');
    expect(told.map(({ object }) => object).toSorted()).toEqual(['lacking.keyless', 'lacking.t']);
    expect(JSON.stringify(told)).not.toContain('secret');
    await finish(task, databases);
  });

  it('has got rows since the precheck: the task leaves them alone until they are gone', async () => {
    await makeDatabase(ends.source, 'in_the_way', rows);
    await makeDatabase(ends.target, 'in_the_way', rows.slice(2));
    const databases = [{ name: 'in_the_way' }];
    await using task = await ends.task({ selection: { databases } });
    task.start();
    expect(await task.failed()).toMatchObject({
      code: 'TARGET_OBJECT_EXISTS',
      details: { object: 'in_the_way.keyless' },
    });
    expect(await ends.target.query('SELECT COUNT(*) AS n FROM in_the_way.keyless')).toEqual([{ n: 3 }]);
    await ends.target.query('TRUNCATE TABLE in_the_way.keyless');
    await restart(task);
    await finish(task, databases);
  });

  it.each([
    ['rounds', 'id INT PRIMARY KEY, at DATETIME, name VARCHAR(10) COLLATE utf8mb4_bin', 'at'],
    ['cuts', 'id INT PRIMARY KEY, at DATETIME(6), name VARCHAR(9) COLLATE utf8mb4_bin', 'name'],
    ['merges', 'id INT PRIMARY KEY, at DATETIME(6), name VARCHAR(10) COLLATE utf8mb4_0900_ai_ci', 'name'],
  ])(
    'has an empty table that %s what the source has: the task leaves it alone until it is altered',
    async (name, short, column) => {
      await makeDatabase(ends.source, name, [
        'CREATE TABLE t (id INT PRIMARY KEY, at DATETIME(6), name VARCHAR(10) COLLATE utf8mb4_bin UNIQUE)',
        "INSERT INTO t VALUES (1, '2026-01-01 00:00:00.654321', 'aaaaaaaaaa'), (2, NULL, 'A'), (3, NULL, 'a')",
      ]);
      const wide = 'id BIGINT PRIMARY KEY, at DATETIME(6), name VARCHAR(20) COLLATE utf8mb4_bin';
      await makeDatabase(ends.target, name, [`CREATE TABLE t (${short})`]);
      await using task = await ends.task({ selection: { databases: [{ name }] } });
      task.start();
      expect(await task.failed()).toMatchObject({
        code: 'TARGET_OBJECT_EXISTS',
        details: { object: `${name}.t`, column },
      });
      await makeDatabase(ends.target, name, [`CREATE TABLE t (${wide})`]);
      await restart(task);
      await task.caughtUp();
      await task.complete();
      const rows = `SELECT id, CAST(at AS CHAR) AS at, name FROM ${name}.t ORDER BY id`;
      expect(await ends.target.query(rows)).toEqual(await ends.source.query(rows));
    },
  );

  it('has rows that are to give way: those of a table without a key are removed, and that is told', async () => {
    await makeDatabase(ends.source, 'gives_way', rows);
    await makeDatabase(ends.target, 'gives_way', rows);
    const databases = [{ name: 'gives_way' }];
    await using task = await ends.task({ selection: { databases }, options: { conflictMode: 'IGNORE' } });
    task.start();
    await task.caughtUp();
    const told = task.events.filter(({ kind }) => kind === 'WARNING').map(({ object }) => object);
    expect(told).toEqual(['gives_way.keyless']);
    await finish(task, databases);
  });

  it('is read-only for a while: the task waits and goes on', async () => {
    const { task, databases } = await caughtUp('read_only');
    await using _ = task;
    await ends.target.query('SET GLOBAL super_read_only = ON');
    await run(ends.source, 'read_only', changes);
    await task.until(() => task.retries.some(({ code }) => code === 'TARGET_READ_ONLY'));
    await ends.target.query('SET GLOBAL super_read_only = OFF; SET GLOBAL read_only = OFF');
    await finish(task, databases);
  });

  it('stays read-only beyond the retry window: the task stops and can be started again', async () => {
    const { task, databases } = await caughtUp('read_only_long', { options: { retryOtherMinutes: 0.01 } });
    await using _ = task;
    await ends.target.query('SET GLOBAL super_read_only = ON');
    await run(ends.source, 'read_only_long', changes);
    await fails(task, 'TARGET_READ_ONLY');
    await ends.target.query('SET GLOBAL super_read_only = OFF; SET GLOBAL read_only = OFF');
    await restart(task);
    await finish(task, databases);
  });

  it.each([
    ['with the key of a new one', "INSERT INTO t VALUES (10, 'foreign', NULL)", 'id = 10'],
    ['with a unique value of a new one', "INSERT INTO t VALUES (99, 'foreign', 10)", 'id = 99'],
  ])('has a row %s', async (_, foreign, row) => {
    const { task, databases } = await caughtUp('row_conflict');
    await using _task = task;
    await run(ends.target, 'row_conflict', [foreign]);
    await run(ends.source, 'row_conflict', changes);
    await fails(task, 'TARGET_ROW_CONFLICT');
    await run(ends.target, 'row_conflict', [`DELETE FROM t WHERE ${row}`]);
    await restart(task);
    await finish(task, databases);
    await ends.target.query('DROP DATABASE row_conflict');
  });

  it('is down when the task starts', async () => {
    const { task, databases } = await caughtUp('target_down');
    await using _ = task;
    await task.stop();
    await run(ends.source, 'target_down', changes);
    await ends.target.kill();
    task.start();
    await task.until(() => task.retries.some(({ code }) => code === 'CONNECTION_FAILED'));
    await ends.target.start();
    await finish(task, databases);
  });

  it('accepts packets smaller than a row', async () => {
    const { task, databases } = await caughtUp('large_row');
    await using _ = task;
    await task.stop();
    await ends.target.query('SET GLOBAL max_allowed_packet = 1048576');
    await run(ends.source, 'large_row', [
      'START TRANSACTION',
      ...changes,
      "INSERT INTO t VALUES (20, REPEAT('x', 3000000), NULL)",
      'COMMIT',
    ]);
    task.start();
    await fails(task, 'TARGET_ROW_TOO_LARGE');
    await ends.target.query('SET GLOBAL max_allowed_packet = 67108864');
    await restart(task);
    await finish(task, databases);
  });

  it('takes the right to write from the user', async () => {
    const user = "'mover'@'127.0.0.1'";
    await ends.target.query(
      `CREATE USER ${user} IDENTIFIED BY 'secret'; GRANT ALL ON opendts.* TO ${user}; GRANT ALL ON revoked.* TO ${user}`,
    );
    await makeDatabase(ends.source, 'revoked', rows);
    const { flavour, host, port } = ends.target;
    const databases = [{ name: 'revoked' }];
    await using task = await TaskHarness.create({
      source: ends.source,
      target: { flavour, host, port, username: 'mover', password: 'secret' },
      selection: { databases },
      options: { retryOtherMinutes: 0.01 },
    });
    task.start();
    await task.caughtUp();
    await ends.target.query(`REVOKE INSERT ON revoked.* FROM ${user}`);
    await run(ends.source, 'revoked', changes);
    await fails(task, 'PRIVILEGE_MISSING');
    await ends.target.query(`GRANT INSERT ON revoked.* TO ${user}`);
    await restart(task);
    await finish(task, databases);
  });

  it.each([
    ['row', 'DELETE FROM opendts.checkpoints'],
    ['table', 'DROP TABLE opendts.checkpoints'],
    ['database', 'DROP DATABASE opendts'],
  ])('has lost the %s of the checkpoint', async (_, loss) => {
    const { task } = await caughtUp('checkpoint_lost');
    await using _task = task;
    await task.stop();
    await ends.target.query(loss);
    task.start();
    await fails(task, 'TARGET_CHECKPOINT_LOST');
    await ends.target.query('DROP DATABASE checkpoint_lost');
  });
});

describe('the source', () => {
  it('has purged what the task must read next', async () => {
    const { task } = await caughtUp('purged');
    await using _ = task;
    await task.stop();
    await run(ends.source, 'purged', [...changes, 'FLUSH BINARY LOGS']);
    const logs = await ends.source.query<{ Log_name: string }>('SHOW BINARY LOGS');
    await ends.source.query(`PURGE BINARY LOGS TO '${logs.at(-1)?.Log_name}'`);
    task.start();
    await fails(task, 'SOURCE_LOG_PURGED');
  });

  it('is another server, which lacks what was read already', async () => {
    let reached: MysqlServer = ends.source;
    const endpoint = {
      flavour: 'mysql-9.7',
      host: '127.0.0.1',
      get port() {
        return reached.port;
      },
      username: 'root',
      password: '',
    } as const;
    const { task, databases } = await caughtUp('other_server');
    await using _ = task;
    await task.stop();
    await using moved = await TaskHarness.create({
      source: endpoint,
      target: ends.target,
      selection: { databases },
      options: { conflictMode: 'IGNORE' },
      taskId: 'moved',
    });
    moved.start();
    await moved.caughtUp();
    await moved.stop();
    reached = ends.target;
    moved.start();
    await fails(moved, 'SOURCE_POSITION_MISSING');
    reached = ends.source;
    await run(ends.source, 'other_server', changes);
    await restart(moved);
    await finish(moved, databases);
  });
});

describe('the change log on disk', () => {
  /** A stopped task whose change log holds some 3 MB in segments of a quarter that are not applied yet. */
  async function withUnapplied(name: string) {
    const { task, databases } = await caughtUp(name, { options: { changeLogBytes: 8 * 1024 * 1024 } });
    await ends.target.query('SET GLOBAL super_read_only = ON');
    await run(ends.source, name, [
      ...changes,
      ...Array.from(
        { length: 60 },
        (_, i) => `INSERT INTO t VALUES (${1000 + i}, REPEAT('${i}', 50000), NULL)`,
      ),
    ]);
    const before = await logFiles(task);
    expect(before.length).toBeGreaterThan(0);
    await task.until(() => (task.progress?.lagBytes ?? 0) > 4_000_000);
    await task.stop();
    await ends.target.query('SET GLOBAL super_read_only = OFF; SET GLOBAL read_only = OFF');
    return { task, databases };
  }

  const logFiles = async (task: TaskHarness) =>
    (await readdir(path.join(task.directory, 'log')))
      .sort()
      .map((name) => path.join(task.directory, 'log', name));

  it('is gone', async () => {
    const { task, databases } = await withUnapplied('log_gone');
    await using _ = task;
    await rm(path.join(task.directory, 'log'), { recursive: true });
    await restart(task);
    await finish(task, databases);
  });

  it('has lost its first file', async () => {
    const { task, databases } = await withUnapplied('log_headless');
    await using _ = task;
    const [first] = await logFiles(task);
    await rm(first!);
    await restart(task);
    await finish(task, databases);
  });

  it('is damaged in its last file', async () => {
    const { task, databases } = await withUnapplied('log_tail');
    await using _ = task;
    await damage((await logFiles(task)).at(-1)!, 0.5);
    await restart(task);
    await finish(task, databases);
  });

  it('is damaged in the middle: told, and captured again from the checkpoint when retried', async () => {
    const { task, databases } = await withUnapplied('log_middle');
    await using _ = task;
    const files = await logFiles(task);
    expect(files.length).toBeGreaterThan(1);
    await damage(files[0]!, 0.9);
    await restart(task);
    await fails(task, 'CHANGE_LOG_CORRUPT');
    await restart(task);
    await finish(task, databases);
  });
});

/** Turns one bit at a fraction of the file. */
async function damage(file: string, where: number): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    const at = Math.floor((await stat(file)).size * where);
    const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, at);
    buffer[0] = buffer[0]! ^ 1;
    await handle.write(buffer, 0, 1, at);
  } finally {
    await handle.close();
  }
}
