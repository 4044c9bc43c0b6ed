import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RefusedError } from '../../product/client.ts';
import { openStage, type Stage } from '../../product/stage.ts';
import { createMysqlTask, type TaskHandle } from '../../product/task.ts';
import { until } from '../../product/wait.ts';
import { eventsOf } from './events.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.[Symbol.asyncDispose]());

async function fill(database: string, rows: number): Promise<void> {
  await stage.createDatabase(database);
  await stage.run(database, [
    'CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, v VARCHAR(1000))',
    'SET SESSION cte_max_recursion_depth = 1000000',
    `INSERT INTO t (v) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows}) SELECT REPEAT('x', 1000) FROM n`,
  ]);
}

const checkpointsOf = (task: TaskHandle) =>
  stage.target.query('SELECT 1 FROM opendts.checkpoints WHERE task_id = ?', [task.id]);
const filesOf = (task: TaskHandle) => path.join(stage.service.dataDir, 'tasks', task.id);
const expectEqual = async (name: string) => expect((await stage.compare({ name })).report).toBe('');

async function end(task: TaskHandle): Promise<void> {
  await task.operate('stopTask');
  await task.waitFor(['STOPPED']);
}

test('from a failed check over a pause at the end to the cutover; the events tell it in order', async () => {
  await fill('whole_life', 2000);
  await stage.target.query(
    'CREATE DATABASE whole_life; CREATE TABLE whole_life.t (id INT PRIMARY KEY); INSERT INTO whole_life.t VALUES (1)',
  );
  const { source, target, client } = stage;
  const task = await createMysqlTask(client, { source, target, databases: [{ name: 'whole_life' }] });
  await task.operate('runPrecheck');
  await task.waitFor(['CHECK_FAILED']);
  expect(await task.precheckFailures()).toContain('target');
  await stage.target.query('DROP DATABASE whole_life');
  await task.checkAndStart();
  await task.waitFor(['READY_TO_COMPLETE']);
  await task.operate('pauseTask');
  await task.waitFor(['PAUSED']);
  await task.waitUntil(({ progress }) => progress?.lagMillis === null, 'nothing moves', 60);
  await stage.run('whole_life', ['UPDATE t SET v = id WHERE id <= 50', 'DELETE FROM t WHERE id > 1990']);
  await task.operate('resumeTask');
  await task.waitFor(['READY_TO_COMPLETE']);
  await stage.settle(task, { name: 'whole_life' });
  const { progress } = await task.view();
  // Every row was copied once: 2000, and none of the tide table, which was empty.
  expect(progress?.rowsCopied).toBe('2000');
  await until(async () => (await task.view()).progress?.changesApplied === '61', {
    seconds: 10,
    what: '50 updates, 10 deletes and the mark of the tide are counted',
    describe: async () => JSON.stringify(await task.view()),
  });
  expect(Number((await task.view()).progress?.lagMillis)).toBeLessThan(5000);
  await task.operate('completeTask');
  await task.waitFor(['COMPLETED']);
  await expectEqual('whole_life');

  const events = await eventsOf(stage.client, task.id);
  const states = events.flatMap(({ kind, state }) => (kind === 'STATE' && state !== null ? [state] : []));
  expect(states.filter((state, i) => state !== states[i - 1])).toEqual([
    'CHECKING',
    'CHECK_FAILED',
    'CHECKING',
    'CHECK_PASSED',
    'QUEUED',
    'RUNNING',
    'READY_TO_COMPLETE',
    'PAUSED',
    'QUEUED',
    'RUNNING',
    'READY_TO_COMPLETE',
    'COMPLETING',
    'COMPLETED',
  ]);
  expect(events.map(({ seq }) => Number(seq))).toEqual(
    events.map(({ seq }) => Number(seq)).toSorted((a, b) => a - b),
  );
});

test('stopped in the middle of its copy it leaves what it wrote; destroyed it leaves nothing else', async () => {
  await fill('stopped_early', 40_000);
  const task = await stage.startTask([{ name: 'stopped_early' }], {
    options: { chunkBytes: 1024 * 1024, fullLoadParallelism: 1 },
  });
  await task.waitUntil((view) => Number(view.progress?.rowsCopied) > 0, 'the copy has begun', 60);
  await end(task);
  expect(await checkpointsOf(task)).toHaveLength(1);
  expect(fs.existsSync(filesOf(task))).toBe(true);
  const [{ n } = { n: 0 }] = await stage.target.query<{ n: number }>(
    'SELECT COUNT(*) AS n FROM stopped_early.t',
  );
  await task.destroy();
  await expect(task.view()).rejects.toThrow('is gone');
  expect(await checkpointsOf(task)).toEqual([]);
  expect(fs.existsSync(filesOf(task))).toBe(false);
  expect(await stage.target.query('SELECT COUNT(*) AS n FROM stopped_early.t')).toEqual([{ n }]);
});

test('an error that was mended is retried to the end', async () => {
  await fill('mended', 100);
  const task = await stage.startTask([{ name: 'mended' }]);
  await task.waitForApply();
  // Somebody wrote at the target: the source's insert meets a row.
  await stage.target.query("INSERT INTO mended.t VALUES (1000000, 'in the way')");
  await stage.run('mended', ["INSERT INTO t VALUES (1000000, 'of the source')"]);
  const { errors } = await task.waitFor(['ERROR']);
  expect(errors.map(({ code }) => code)).toEqual(['TARGET_ROW_CONFLICT']);
  await stage.target.query('DELETE FROM mended.t WHERE id = 1000000');
  await task.operate('retryTask');
  await stage.settle(task, { name: 'mended' });
  await expectEqual('mended');
  expect((await task.view()).errors).toEqual([]);
  await end(task);
});

test('two tasks at once, one of them a synchronization, which nobody can complete', async () => {
  await Promise.all([fill('left', 3000), fill('right', 3000)]);
  const [left, right] = await Promise.all([
    stage.startTask([{ name: 'left' }]),
    stage.startTask([{ name: 'right' }], { kind: 'SYNCHRONIZATION' }),
  ]);
  await Promise.all([left.waitForApply(), right.waitForApply()]);
  await stage.run('left', ["UPDATE t SET v = 'l' WHERE id % 2 = 0"]);
  await stage.run('right', ["UPDATE t SET v = 'r' WHERE id % 2 = 1"]);
  await Promise.all([stage.settle(left, { name: 'left' }), stage.settle(right, { name: 'right' })]);
  await Promise.all([expectEqual('left'), expectEqual('right')]);
  await expect(right.operate('completeTask')).rejects.toSatisfy(
    (error) => error instanceof RefusedError && error.code === 'INVALID_STATE',
  );
  await end(right);
  await left.operate('completeTask');
  await left.waitFor(['COMPLETED']);
});

test('killed in any state, the service takes each task up where it stood', async () => {
  await fill('killed', 2000);
  const { source, target, client, service } = stage;
  const task = await createMysqlTask(client, { source, target, databases: [{ name: 'killed' }] });
  const killAndStart = async () => {
    await service.kill9();
    await service.start();
  };
  await task.operate('runPrecheck');
  await killAndStart();
  await task.waitFor(['CHECK_PASSED']);
  await task.operate('startTask');
  await killAndStart();
  await task.waitFor(['READY_TO_COMPLETE']);
  await task.operate('pauseTask');
  await killAndStart();
  expect((await task.view()).state).toBe('PAUSED');
  await task.operate('resumeTask');
  await killAndStart();
  await task.waitFor(['READY_TO_COMPLETE']);
  await stage.run('killed', ["UPDATE t SET v = 'before the end'"]);
  await task.operate('completeTask');
  await killAndStart();
  await task.waitFor(['COMPLETED']);
  await expectEqual('killed');

  await fill('killed_stopping', 100);
  const other = await stage.startTask([{ name: 'killed_stopping' }]);
  await other.waitForApply();
  await other.operate('stopTask');
  await killAndStart();
  await other.waitFor(['STOPPED']);
});

test('progress comes as a stream, the latest value at each tick', async () => {
  await fill('streamed', 60_000);
  const task = await stage.startTask([{ name: 'streamed' }], {
    options: { chunkBytes: 1024 * 1024, fullLoadParallelism: 1 },
  });
  const abort = new AbortController();
  const rates: number[] = [];
  const startedAt = performance.now();
  let values = 0;
  const stream = stage.client.subscribe<{ rowsPerSecond: number; phase: string | null }>(
    'subscription($id: ID!) { taskProgress(id: $id, perSecond: 2) { rowsPerSecond phase } }',
    { id: task.id },
    abort.signal,
  );
  for await (const { rowsPerSecond, phase } of stream) {
    values += 1;
    if (phase === 'FULL_LOAD') rates.push(rowsPerSecond);
    if (phase === 'APPLY') abort.abort();
  }
  const seconds = (performance.now() - startedAt) / 1000;
  expect(values).toBeLessThanOrEqual(Math.ceil(seconds * 2) + 1);
  expect(Math.max(...rates)).toBeGreaterThan(0);
  await end(task);
});
