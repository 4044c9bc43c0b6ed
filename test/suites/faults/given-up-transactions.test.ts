import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MysqlServer, startMysql } from '../../servers/mysql.ts';
import type { TaskHarness } from '../pipeline/task-harness.ts';
import { createFilledTable, expectEqual, startBehindLines } from './faulty-task.ts';

let source: MysqlServer;
let target: MysqlServer;
beforeAll(async () => {
  [source, target] = await Promise.all([startMysql('mysql-9.7'), startMysql('mysql-9.7')]);
  await source.query("SET GLOBAL log_output = 'TABLE'; SET GLOBAL general_log = ON");
});
afterAll(async () => {
  await Promise.all([source?.stop(), target?.stop()]);
});

let named = 0;

/** Begins a transaction under a GTID of its own, as an applier of the source's own replication does. */
async function beginNamed(database: string): Promise<{ rollBack(): Promise<void> }> {
  const connection = await source.connect({ database });
  named += 1;
  await connection.query(`SET gtid_next = '11111111-2222-3333-4444-555555555555:${named}'`);
  await connection.query("BEGIN; INSERT INTO filled (filler) VALUES ('never')");
  return {
    async rollBack() {
      await connection.query("ROLLBACK; SET gtid_next = 'AUTOMATIC'");
      await connection.end();
    },
  };
}

/** How often the task has asked the source where its log ends, which is the last that it asks for a mark. */
async function askedMarks(): Promise<number> {
  const [row] = await source.query<{ n: number }>(
    "SELECT COUNT(*) AS n FROM mysql.general_log WHERE argument = 'SHOW BINARY LOG STATUS'",
  );
  return Number(row?.n);
}

const warned = (task: TaskHarness, text: string) =>
  task.events.some(({ kind, message }) => kind === 'WARNING' && message.includes(text));

describe('a transaction that the source has begun under a GTID and rolls back', () => {
  it('does not keep a task from starting', async () => {
    await createFilledTable(source, 'begun', 10);
    const pending = await beginNamed('begun');
    const asked = await askedMarks();
    await using faulty = await startBehindLines({
      source,
      target,
      selection: { databases: [{ name: 'begun' }] },
    });
    const { task } = faulty;
    // Where the log begins, and what holds all that was read of the structure: the latter is waited for.
    await faulty.until(async () => (await askedMarks()) >= asked + 2);
    await pending.rollBack();
    await task.caughtUp();
    expect(warned(task, 'The start of the task waited for a transaction')).toBe(true);
    await task.complete();
    await expectEqual({ source, target }, 'begun');
  });

  it('keeps no copied table from going on', async () => {
    await createFilledTable(source, 'copied', 6000);
    await using faulty = await startBehindLines({
      source,
      target,
      selection: { databases: [{ name: 'copied' }] },
      options: { chunkBytes: 64 * 1024, fullLoadParallelism: 1 },
    });
    const { task, sourceLine } = faulty;
    sourceLine.throttle(512 * 1024);
    await faulty.until(() => task.progress?.phase === 'FULL_LOAD' && task.progress.rowsCopied > 500);
    const pending = await beginNamed('copied');
    sourceLine.throttle(Number.POSITIVE_INFINITY);
    await faulty.until(() => task.progress?.phase === 'SCHEMA_2');
    expect(task.tables.find(({ name }) => name === 'filled')?.state).toBe('COPIED');
    await pending.rollBack();
    await task.caughtUp();
    expect(warned(task, 'copied.filled waited for a transaction')).toBe(true);
    await task.complete();
    await expectEqual({ source, target }, 'copied');
  });

  it('keeps no task from completing', async () => {
    await createFilledTable(source, 'completed', 10);
    await using faulty = await startBehindLines({
      source,
      target,
      selection: { databases: [{ name: 'completed' }] },
    });
    const { task } = faulty;
    await task.caughtUp();
    const pending = await beginNamed('completed');
    const asked = await askedMarks();
    const completing = task.complete();
    await faulty.until(async () => (await askedMarks()) > asked);
    await pending.rollBack();
    await completing;
    expect(warned(task, 'The completion waited for a transaction')).toBe(true);
    await expectEqual({ source, target }, 'completed');
  });
});
