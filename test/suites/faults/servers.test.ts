import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startProxy } from '../../proxy/network-proxy.ts';
import { syncedCommits } from '../../servers/installation.ts';
import { type MysqlServer, startMysql } from '../../servers/mysql.ts';
import { TaskHarness } from '../pipeline/task-harness.ts';
import { behind, createFilledTable, expectEqual, keepWriting, shortPatience } from './faulty-task.ts';

/** What a server has acknowledged is there after a crash. */
const durable = syncedCommits;

let source: MysqlServer;
let target: MysqlServer;
beforeAll(async () => {
  [source, target] = await Promise.all([
    startMysql('mysql-9.7', { args: durable }),
    startMysql('mysql-9.7', { args: durable }),
  ]);
});
afterAll(async () => {
  await Promise.all([source?.stop(), target?.stop()]);
});

describe.for(['source', 'target'] as const)('when the %s dies and comes back', (end) => {
  const server = () => (end === 'source' ? source : target);
  const dieAndReturn = async (task: TaskHarness) => {
    const before = task.retries.length;
    await server().kill();
    await task.until(() => task.retries.length > before);
    expect(task.retries.at(-1)?.code).toBe('CONNECTION_FAILED');
    await server().start();
  };

  it('a copy goes on by itself', async () => {
    const name = `copy_${end}`;
    await createFilledTable(source, name, 12_000);
    const line = await startProxy({ to: { host: source.host, port: source.port } });
    await using _line = line;
    await using task = await TaskHarness.create({
      source: behind(source, line),
      target,
      patience: shortPatience,
      selection: { databases: [{ name }] },
      options: { chunkBytes: 256 * 1024, fullLoadParallelism: 2 },
    });
    line.throttle(512 * 1024);
    task.start();
    await task.until(() => task.progress?.phase === 'FULL_LOAD' && task.progress.rowsCopied > 500);
    await dieAndReturn(task);
    line.throttle(Number.POSITIVE_INFINITY);
    await task.caughtUp();
    await task.complete();
    await expectEqual({ source, target }, name);
  });

  it('changes go on by themselves', async () => {
    const name = `apply_${end}`;
    await createFilledTable(source, name, 1000);
    await using task = await TaskHarness.create({
      source,
      target,
      patience: shortPatience,
      selection: { databases: [{ name }] },
    });
    task.start();
    await task.caughtUp();
    const applied = () => task.progress?.changesApplied ?? 0;
    for (let round = 0; round < 2; round += 1) {
      const writer = keepWriting(source, name);
      const before = applied();
      await task.until(() => applied() > before + 50);
      const died = dieAndReturn(task);
      // The writer at a dead source dies with it; at a dead target it goes on.
      await (end === 'source' ? writer.ended.catch(() => undefined) : died);
      await died;
      await writer.stop().catch(() => undefined);
    }
    await task.until(() => task.recoveries > 0);
    await task.complete();
    await expectEqual({ source, target }, name);
  });
});

describe('when the source fails over to its replica', () => {
  it('goes on there by GTID, without a new copy', async () => {
    const args = ['--log-replica-updates=ON'];
    await using primary = await startMysql('mysql-9.7', { args: durable });
    await using replica = await startMysql('mysql-9.7', { args });
    await replica.query(
      `CHANGE REPLICATION SOURCE TO SOURCE_HOST='127.0.0.1', SOURCE_PORT=${primary.port}, SOURCE_USER='root', SOURCE_AUTO_POSITION=1, GET_SOURCE_PUBLIC_KEY=1;
       START REPLICA`,
    );
    await createFilledTable(primary, 'moved', 2000);
    const line = await startProxy({ to: { host: primary.host, port: primary.port } });
    await using _line = line;
    const through = { ...behind(primary, line) };
    await using task = await TaskHarness.create({
      source: through,
      target,
      patience: shortPatience,
      selection: { databases: [{ name: 'moved' }] },
    });
    task.start();
    await task.caughtUp();
    await primary.query(
      "UPDATE moved.filled SET n = n + 1 WHERE id < 100; INSERT INTO moved.keyless VALUES (1, 'at the primary')",
    );
    const [at] = await primary.query<{ gtid: string }>('SELECT @@global.gtid_executed AS gtid');
    await replica.query('SELECT WAIT_FOR_EXECUTED_GTID_SET(?, 60)', [at?.gtid]);
    await task.stop();
    // The last report of a run is whole.
    const copied = task.progress?.rowsCopied;
    await primary.kill();
    await replica.query('STOP REPLICA; RESET REPLICA ALL');
    await replica.query(
      "UPDATE moved.filled SET n = n + 1 WHERE id < 200; INSERT INTO moved.keyless VALUES (2, 'at the replica')",
    );
    // What updateEndpoint does: the task goes on with another address.
    Object.assign(through, { port: replica.port });
    task.start();
    await task.caughtUp();
    await task.complete();
    expect(task.progress?.rowsCopied).toBe(copied);
    await expectEqual({ source: replica, target }, 'moved');
  });
});
