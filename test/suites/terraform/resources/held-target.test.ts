import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openStage, type Stage } from '../../../product/stage.ts';
import { TaskHandle } from '../../../product/task.ts';
import { endpointOf } from './endpoint-config.ts';
import { WorkingDirectory } from './working-directory.ts';
import { type Managed, Workspace } from './workspace.ts';

// A target that takes nothing for a while: what is waited for ends in time, and is made once the target takes it.

let stage: Stage;
let directory: WorkingDirectory;
let workspace: Workspace;
let source: Managed;
let target: Managed;
let databases = 0;

beforeAll(async () => {
  directory = new WorkingDirectory();
  stage = await openStage();
});
afterAll(async () => {
  directory[Symbol.dispose]();
  await stage?.[Symbol.asyncDispose]();
});

/** Each test has a workspace and a database of its own; the endpoints are shared. */
let database: string;
beforeEach(async () => {
  workspace = new Workspace();
  expect(await workspace.configure({ endpoint: stage.service.url, token: stage.service.token })).toEqual([]);
  source ??= await made('opendts_endpoint', endpointOf('source', stage.source));
  target ??= await made('opendts_endpoint', endpointOf('target', stage.target));
  database = `held_${++databases}`;
  await stage.createDatabase(database);
  await stage.run(database, ['CREATE TABLE orders (id INT PRIMARY KEY)', 'INSERT INTO orders VALUES (1)']);
});

const made = (type: string, config: object) => workspace.make(type, { ...config });

const migration = (config: object = {}) =>
  made('opendts_migration_task', {
    ...{ name: database, source_id: source.state.id, target_id: target.state.id },
    ...{ databases: { [database]: {} }, wait_for: 'incremental' },
    ...config,
  });
const handleOf = ({ state }: Managed) => new TaskHandle(stage.client, state.id);
const rowsAt = async () => (await stage.target.query(`SELECT id FROM \`${database}\`.orders`)).length;

/** Runs it while the target does not take a row that the source has. */
async function whileHeld(task: Managed, work: () => Promise<void>): Promise<void> {
  const lock = await stage.target.connect();
  try {
    await lock.query(`LOCK TABLES \`${database}\`.orders WRITE`);
    await stage.run(database, ['INSERT INTO orders VALUES (2)']);
    const isBehind = 'it is more than a second behind';
    await handleOf(task).waitUntil(({ progress }) => Number(progress?.lagMillis) > 1000, isBehind, 30);
    await work();
  } finally {
    lock.destroy();
  }
}

describe('a cutover', () => {
  test('is not begun while the target is further behind than it may be; its deadline names the task, and the next apply makes it', async () => {
    const task = await migration();
    const cut = { task_id: task.state.id, max_lag_seconds: 1, timeouts: { create: '2s' } };
    await whileHeld(task, async () => {
      const { managed, told } = await workspace.apply('opendts_cutover', cut);
      expect(managed).toBeUndefined();
      expect(told).toMatchObject([
        {
          severity: 'error',
          summary: `The cutover of task "${database}" is not made within 2 s`,
          path: 'task_id',
        },
      ]);
      expect(told[0]?.detail).toMatch(
        /^The task is READY_TO_COMPLETE and \d{4,} ms behind; 1000 ms are allowed\./,
      );
      expect(told[0]?.detail).toContain('raise timeouts.create or max_lag_seconds');
      expect(told[0]?.detail).toContain(`Task: ${task.state.id}.`);
      expect((await handleOf(task).view()).state).toBe('READY_TO_COMPLETE');
    });
    const cutover = await made('opendts_cutover', { ...cut, timeouts: { create: '1m' } });
    expect(cutover.state).toMatchObject({ status: 'finished', max_lag_seconds: 1 });
    expect((await handleOf(task).view()).state).toBe('COMPLETED');
    expect(await rowsAt()).toBe(2);
  });

  test('that may be far behind is begun, and is over once the target takes the rest', async () => {
    const task = await migration();
    const cut = { task_id: task.state.id, max_lag_seconds: 3600, timeouts: { create: '2s' } };
    await whileHeld(task, async () => {
      const { managed, told } = await workspace.apply('opendts_cutover', cut);
      expect(managed).toBeUndefined();
      expect(told).toMatchObject([{ summary: `The cutover of task "${database}" is not made within 2 s` }]);
      expect(told[0]?.detail).toMatch(/^The task is COMPLETING/);
    });
    const cutover = await made('opendts_cutover', { ...cut, timeouts: { create: '1m' } });
    expect(cutover.state.status).toBe('finished');
    expect(await rowsAt()).toBe(2);
  });
});

describe('a destroy', () => {
  test('of a task that does not end in time is told as such; run again, it is done', async () => {
    const task = await migration({ timeouts: { delete: '1s' } });
    await whileHeld(task, async () => {
      await handleOf(task).operate('completeTask');
      const told = await workspace.destroy(task);
      expect(told).toMatchObject([
        { severity: 'error', summary: `Task "${database}" is not gone within 1 s` },
      ]);
      expect(told[0]?.detail).toContain('It is COMPLETING.');
      expect(told[0]?.detail).toContain(`raise timeouts.delete. Task: ${task.state.id}.`);
      expect((await workspace.refresh(task))?.state).toMatchObject({ id: task.state.id });
    });
    await handleOf(task).waitFor(['COMPLETED']);
    expect(await workspace.destroy(task)).toEqual([]);
    await expect(handleOf(task).view()).rejects.toThrow('is gone');
    expect(await rowsAt()).toBe(2);
  });
});
