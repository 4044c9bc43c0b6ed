import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { UNKNOWN } from '../../../../terraform/provider/protocol/values/unknown.ts';
import { openStage, type Stage } from '../../../product/stage.ts';
import { TaskHandle } from '../../../product/task.ts';
import { endpointOf } from './endpoint-config.ts';
import { WorkingDirectory } from './working-directory.ts';
import { type Managed, type Told, Workspace } from './workspace.ts';

// What a configuration says of an object that the service does not know, and what becomes of it when it changes, after an import or in vain.

const TASK = 'opendts_migration_task';
const SYNC = 'opendts_sync_task';
const CUTOVER = 'opendts_cutover';

let stage: Stage;
let directory: WorkingDirectory;
let workspace: Workspace;
let source: Managed;
let target: Managed;
let databases = 0;
let database: string;

beforeAll(async () => {
  directory = new WorkingDirectory();
  stage = await openStage();
});
afterAll(async () => {
  directory[Symbol.dispose]();
  await stage?.[Symbol.asyncDispose]();
});

/** Each test has a workspace and a database of its own; the endpoints are shared. */
beforeEach(async () => {
  workspace = new Workspace();
  expect(await workspace.configure({ endpoint: stage.service.url, token: stage.service.token })).toEqual([]);
  source ??= await made('opendts_endpoint', endpointOf('source', stage.source));
  target ??= await made('opendts_endpoint', endpointOf('target', stage.target));
  database = `shop_${++databases}`;
  await stage.createDatabase(database);
  await stage.run(database, ['CREATE TABLE orders (id INT PRIMARY KEY)', 'INSERT INTO orders VALUES (1)']);
});

const made = (type: string, config: object) => workspace.make(type, { ...config });

const taskOf = (config: object = {}) => ({
  ...{ name: database, source_id: source.state.id, target_id: target.state.id },
  ...{ databases: { [database]: {} }, ...config },
});
const handleOf = ({ state }: Managed) => new TaskHandle(stage.client, state.id);
const summaries = (told: readonly Told[]) => told.map(({ severity, summary }) => `${severity}: ${summary}`);

async function stopped(task: Managed): Promise<void> {
  await handleOf(task).operate('stopTask');
  await handleOf(task).waitFor(['STOPPED']);
}

describe('triggers of a cutover', () => {
  test('that an import does not know are taken down in place; a change of them replaces the record', async () => {
    const task = await made(TASK, taskOf());
    await made(CUTOVER, { task_id: task.state.id });
    const { managed } = await workspace.import(CUTOVER, database);
    const config = { task_id: task.state.id, triggers: { run: '1' }, max_lag_seconds: 5 };
    const plan = await workspace.plan(CUTOVER, config, managed);
    expect(plan).toMatchObject({ action: 'update', replaces: [], told: [] });
    expect(plan.state.status).toBe('finished');
    const early = await workspace.plan(CUTOVER, { ...config, triggers: UNKNOWN }, managed);
    expect(early).toMatchObject({ action: 'update', replaces: [] });
    const taken = await workspace.apply(CUTOVER, config, managed);
    expect(taken.told).toEqual([]);
    expect(taken.managed?.state).toMatchObject({ triggers: { run: '1' }, status: 'finished' });
    expect((await workspace.plan(CUTOVER, config, taken.managed)).action).toBe('none');
    for (const triggers of [{ run: '2' }, null, UNKNOWN]) {
      const again = await workspace.plan(CUTOVER, { ...config, triggers }, taken.managed);
      expect(again).toMatchObject({ action: 'replace', replaces: ['triggers'] });
    }
  });
});

describe('an import', () => {
  test('is followed by one change in place of what the configuration alone knows, and by an empty plan', async () => {
    const config = {
      ...taskOf({ wait_for: 'incremental', on_wait_failure: 'error', deletion_policy: 'refuse_if_running' }),
      timeouts: { create: '5m', update: '5m', delete: '5m' },
    };
    const task = await made(SYNC, config);
    const { managed } = await workspace.import(SYNC, database);
    expect(await workspace.plan(SYNC, config, managed)).toMatchObject({ action: 'update', replaces: [] });
    const taken = await workspace.apply(SYNC, config, managed);
    expect(taken).toMatchObject({ told: [], managed: { state: task.state } });
    expect(await workspace.plan(SYNC, config, taken.managed)).toMatchObject({ action: 'none', told: [] });
  });
});

describe('a change of what the service does not know', () => {
  const changes: readonly [string, object][] = [
    ['deletion_policy', { deletion_policy: 'abandon' }],
    ['timeouts', { timeouts: { update: '2m' } }],
    ['on_wait_failure', { on_wait_failure: 'error' }],
  ];

  test.each([
    ...changes,
    ['wait_for, to what is awaited of nothing that runs', { wait_for: 'started' }],
  ] as const)('leaves the status known: %s', async (_what, change) => {
    const config = taskOf({ wait_for: 'incremental' });
    const task = await made(SYNC, config);
    const changed = { ...config, ...change };
    const plan = await workspace.plan(SYNC, changed, task);
    expect(plan).toMatchObject({ action: 'update', state: { status: 'running', status_reason: null } });
    const { managed, told } = await workspace.apply(SYNC, changed, task);
    expect(told).toEqual([]);
    expect(managed?.state).toMatchObject({ ...change, id: task.state.id, status: 'running' });
    expect((await workspace.plan(SYNC, changed, managed)).action).toBe('none');
  });

  test('is what is planned, also where the task gets another status before the apply', async () => {
    const task = await made(SYNC, taskOf());
    const config = taskOf({ deletion_policy: 'abandon' });
    const meanwhile = async () => {
      await handleOf(task).operate('pauseTask');
      await handleOf(task).waitFor(['PAUSED']);
    };
    const { managed, told } = await workspace.apply(SYNC, config, task, { meanwhile });
    expect(told).toEqual([]);
    expect(managed?.state).toMatchObject({ deletion_policy: 'abandon', status: 'running' });
    // The next refresh tells, and the next plan repairs.
    expect((await workspace.refresh(managed as Managed))?.state.status).toBe('paused');
    expect((await workspace.plan(SYNC, config, managed)).state.status).toBe(UNKNOWN);
  });

  test('waits where another wait_for asks for that: the status may change meanwhile', async () => {
    const task = await made(SYNC, taskOf());
    const plan = await workspace.plan(SYNC, taskOf({ wait_for: 'incremental' }), task);
    expect(plan).toMatchObject({ action: 'update', state: { status: UNKNOWN } });
    const paused = await workspace.apply(SYNC, taskOf({ desired_status: 'paused' }), task);
    const later = taskOf({ desired_status: 'paused', wait_for: 'incremental' });
    const idle = await workspace.plan(SYNC, later, paused.managed);
    expect(idle.state).toMatchObject({ status: 'paused' });
    const { managed, told } = await workspace.apply(SYNC, later, paused.managed);
    expect({ told, status: managed?.state.status }).toEqual({ told: [], status: 'paused' });
  });

  test('of a task that can never run again is taken, so that it can be removed as wished', async () => {
    const task = await made(SYNC, taskOf());
    await stopped(task);
    const config = taskOf({ deletion_policy: 'abandon' });
    const { managed, told } = await workspace.apply(SYNC, config, task);
    expect(summaries(told)).toEqual(['warning: The task can never run again']);
    expect(managed?.state).toMatchObject({ deletion_policy: 'abandon', status: 'stopped' });
  });
});

describe('a task that was stopped', () => {
  test.each(['running', 'paused'])(
    'is not planned to be %s: the plan refuses it, each time',
    async (wish) => {
      const task = await made(TASK, taskOf());
      const ended = taskOf({ desired_status: 'stopped' });
      const { managed } = await workspace.apply(TASK, ended, task);
      const config = taskOf({ desired_status: wish });
      for (const _time of ['first', 'second']) {
        const { told } = await workspace.apply(TASK, config, managed);
        expect(told).toMatchObject([
          { severity: 'error', summary: 'The task can never run again', path: 'desired_status' },
        ]);
        for (const words of [task.state.id, '-replace', 'desired_status = "stopped"'])
          expect(told[0]?.detail).toContain(words);
      }
      expect((await workspace.plan(TASK, ended, managed)).action).toBe('none');
    },
  );

  test('copies again by the way that the refusal tells', async () => {
    const task = await made(TASK, taskOf({ wait_for: 'incremental' }));
    const ended = taskOf({ desired_status: 'stopped' });
    const { managed } = await workspace.apply(TASK, ended, task);
    await stage.target.query(`DROP DATABASE \`${database}\``);
    const anew = await workspace.apply(TASK, ended, managed, { replace: true });
    expect(anew.told).toEqual([]);
    expect(anew.managed?.state).toMatchObject({ status: 'not_started', desired_status: 'stopped' });
    const { managed: last, told } = await workspace.apply(
      TASK,
      taskOf({ wait_for: 'incremental' }),
      anew.managed,
    );
    expect(told).toEqual([]);
    expect(last?.state).toMatchObject({ status: 'running' });
    expect(last?.state.id).not.toBe(task.state.id);
  });
});

describe('a change that fails leaves in the state what was there before, and is planned again', () => {
  async function failed(config: object, task: Managed, meanwhile?: () => Promise<void>) {
    const { managed, told } = await workspace.apply(SYNC, { ...config }, task, meanwhile && { meanwhile });
    expect(told.map(({ severity }) => severity)).toContain('error');
    return managed as Managed;
  }

  test('the wish, where the task is stopped since the plan', async () => {
    const idle = taskOf({ desired_status: 'paused' });
    const task = await made(SYNC, taskOf());
    const { managed: paused } = await workspace.apply(SYNC, idle, task);
    const config = taskOf({ wait_for: 'incremental', deletion_policy: 'abandon' });
    const managed = await failed(config, paused as Managed, () => stopped(task));
    expect(managed.state).toMatchObject({
      ...{ desired_status: 'paused', wait_for: 'started', deletion_policy: 'stop_and_delete' },
      status: 'stopped',
    });
    const again = await workspace.plan(SYNC, config, managed);
    expect(again.told).toMatchObject([{ severity: 'error', path: 'desired_status' }]);
  });

  test('the wish, where the task fails', async () => {
    const idle = taskOf({ desired_status: 'paused' });
    const { managed: paused } = await workspace.apply(
      SYNC,
      idle,
      await made(SYNC, taskOf({ wait_for: 'incremental' })),
    );
    await stage.target.query(`DROP TABLE \`${database}\`.orders`);
    await stage.run(database, ['UPDATE orders SET id = 5 WHERE id = 1']);
    const config = taskOf({ wait_for: 'incremental' });
    const managed = await failed(config, paused as Managed);
    expect(managed.state).toMatchObject({ desired_status: 'paused', wait_for: 'started', status: 'failed' });
    const again = await workspace.plan(SYNC, config, managed);
    expect(again).toMatchObject({ action: 'update', state: { desired_status: 'running', status: UNKNOWN } });
  });

  test('the name, where another task has it', async () => {
    const elsewhere = { [database]: { target: `${database}_other` } };
    const other = taskOf({ name: `${database} other`, desired_status: 'paused', databases: elsewhere });
    await made(SYNC, other);
    const task = await made(SYNC, taskOf());
    const config = taskOf({ name: `${database} other`, deletion_policy: 'abandon' });
    const managed = await failed(config, task);
    expect(managed.state).toMatchObject({ name: database, deletion_policy: 'stop_and_delete' });
    expect((await workspace.plan(SYNC, config, managed)).action).toBe('update');
  });

  test('the tables, where one of them is gone since the plan', async () => {
    await stage.run(database, ['CREATE TABLE notes (id INT PRIMARY KEY)']);
    const carrying = (...tables: string[]) => ({
      databases: { [database]: { tables: Object.fromEntries(tables.map((each) => [each, {}])) } },
    });
    const task = await made(SYNC, taskOf(carrying('orders')));
    const options = { full_load_parallelism: 2 };
    const config = taskOf({ ...carrying('orders', 'notes'), options });
    const drop = async () => {
      await stage.run(database, ['DROP TABLE notes']);
    };
    const managed = await failed(config, task, drop);
    expect(Object.keys(managed.state.databases[database].tables)).toEqual(['orders']);
    expect(managed.state.options.full_load_parallelism).toBe(4);
  });
});
