import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStage, type Stage } from '../../product/stage.ts';
import { createMysqlTask, type TaskHandle } from '../../product/task.ts';
import { startProxy } from '../../proxy/network-proxy.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.[Symbol.asyncDispose]());

async function fill(database: string, rows: number): Promise<void> {
  await stage.createDatabase(database);
  await stage.run(database, [
    'CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, v INT)',
    'SET SESSION cte_max_recursion_depth = 1000000',
    `INSERT INTO t (v) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows}) SELECT i FROM n`,
  ]);
}

async function complete(task: TaskHandle, name: string): Promise<void> {
  await task.waitFor(['READY_TO_COMPLETE']);
  await stage.settle(task, { name });
  await task.operate('completeTask');
  await task.waitFor(['COMPLETED']);
  expect((await stage.compare({ name })).report).toBe('');
}

test('a task that is resumed while its thread still ends goes on', async () => {
  await fill('resumed', 20_000);
  const task = await stage.startTask([{ name: 'resumed' }], { options: { chunkBytes: 1024 * 1024 } });
  for (let round = 0; round < 5; round += 1) {
    await task.waitFor(['RUNNING', 'READY_TO_COMPLETE']);
    await task.operate('pauseTask');
    await task.operate('resumeTask');
    await stage.run('resumed', [`UPDATE t SET v = v + 1 WHERE id % 5 = ${round}`]);
  }
  await complete(task, 'resumed');
  expect((await task.events()).filter(({ kind }) => kind === 'ERROR')).toEqual([]);
});

test('a task whose endpoint is changed while it runs goes on over the new address', async () => {
  await fill('readdressed', 1000);
  const { source, target, client } = stage;
  await using line = await startProxy({ to: { host: target.host, port: target.port } });
  const task = await stage.startTask([{ name: 'readdressed' }]);
  await task.waitFor(['READY_TO_COMPLETE']);
  const { task: ends } = await client.query<{ task: { target: { id: string } } }>(
    'query($id: ID!) { task(id: $id) { target { id } } }',
    { id: task.id },
  );
  await client.mutate('updateEndpoint', { id: ends.target.id, port: line.port }, 'id');
  await stage.run('readdressed', ['UPDATE t SET v = v + 1']);
  await stage.settle(task, { name: 'readdressed' });
  expect(line.forwardedBytes).toBeGreaterThan(0);
  expect(source.port).not.toBe(line.port);
  // Back again before the line goes.
  await client.mutate('updateEndpoint', { id: ends.target.id, port: target.port }, 'id');
  await complete(task, 'readdressed');
});

test('of two tasks that write to one table the later one is refused, and the earlier one notices nothing', async () => {
  await Promise.all([fill('first', 500), fill('second', 500)]);
  const shared = { as: 'shared', tables: [{ name: 't' }] };
  const { source, target, client } = stage;
  // By another name it is another server to the precheck, and tables of several servers may be merged.
  const { port, username, password } = source;
  const mapped = (name: string, host = source.host) =>
    createMysqlTask(client, {
      source: { host, port, username, password },
      target,
      databases: [{ name, ...shared }],
    });
  const [first, second] = [await mapped('first'), await mapped('second', 'localhost')];
  for (const task of [first, second]) {
    await task.operate('runPrecheck');
    await task.waitFor(['CHECK_PASSED']);
  }
  await first.operate('startTask');
  await first.waitFor(['READY_TO_COMPLETE']);
  await second.operate('startTask');
  const { errors } = await second.waitFor(['ERROR']);
  expect(errors).toMatchObject([{ code: 'TARGET_OBJECT_EXISTS', object: 'shared.t' }]);
  await stage.run('first', ['UPDATE t SET v = -v']);
  await first.operate('completeTask');
  await first.waitFor(['COMPLETED']);
  const { report } = await stage.compare({ name: 'first', as: 'shared', tables: [{ name: 't' }] });
  expect(report).toBe('');
  const late = await mapped('second');
  await late.operate('runPrecheck');
  await late.waitFor(['CHECK_FAILED']);
  expect(await late.precheckFailures()).toContain('target.conflicts');
});
