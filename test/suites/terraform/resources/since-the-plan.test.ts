import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openStage, type Stage } from '../../../product/stage.ts';
import { TaskHandle } from '../../../product/task.ts';
import { startProxy } from '../../../proxy/network-proxy.ts';
import { WorkingDirectory } from './working-directory.ts';
import { type Managed, type Told, Workspace, type Written } from './workspace.ts';

// What somebody else does to a task between a plan and its apply: the apply looks at the task as it is, and waits for nothing that cannot come.

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

/** Each test has a process and a database of its own; the endpoints are shared. */
let database: string;
beforeEach(async () => {
  workspace = await opened();
  source ??= await made('opendts_endpoint', endpointOf('source', stage.source, stage.source));
  target ??= await made('opendts_endpoint', endpointOf('target', stage.target, stage.target));
  database = `since_${++databases}`;
  await stage.createDatabase(database);
  await stage.run(database, [
    'CREATE TABLE orders (id INT PRIMARY KEY)',
    'CREATE TABLE notes (id INT PRIMARY KEY)',
  ]);
});

async function opened(config: Written = {}): Promise<Workspace> {
  const fresh = new Workspace();
  const { url: endpoint, token } = stage.service;
  expect(await fresh.configure({ endpoint, token, ...config })).toEqual([]);
  return fresh;
}

const endpointOf = (
  name: string,
  { username, password }: Stage['source'],
  { host, port }: Pick<Stage['source'], 'host' | 'port'>,
) => ({
  ...{ name, engine: 'mysql', host, port, username, password_wo: password, password_wo_version: 1 },
});

async function made(type: string, config: Written): Promise<Managed> {
  const { managed, told } = await workspace.apply(type, config);
  expect(told).toEqual([]);
  if (managed === undefined) throw new Error(`no ${type} was made`);
  return managed;
}

const carrying = (tables: readonly string[], config: object = {}) => ({
  name: database,
  source_id: source.state.id,
  target_id: target.state.id,
  databases: { [database]: { tables: Object.fromEntries(tables.map((table) => [table, {}])) } },
  ...config,
});
const handleOf = ({ state }: Managed) => new TaskHandle(stage.client, state.id);
const summaries = (told: readonly Told[]) => told.map(({ severity, summary }) => `${severity}: ${summary}`);

describe('a change of what a synchronization carries', () => {
  test.each([
    ['stopped', 'STOPPED', async (task: TaskHandle) => void (await task.operate('stopTask'))],
    [
      'failed for good',
      'FAILED',
      async (task: TaskHandle) => {
        await task.operate('pauseTask');
        await task.waitFor(['PAUSED']);
        // What tells where to go on is gone.
        await stage.target.query(`DELETE FROM opendts.checkpoints WHERE task_id = '${task.id}'`);
        await task.operate('resumeTask');
      },
    ],
  ])('is refused at once where the task was %s', async (_what, state, end) => {
    const task = await made('opendts_sync_task', carrying(['orders'], { wait_for: 'incremental' }));
    const meanwhile = async () => {
      await end(handleOf(task));
      await handleOf(task).waitFor([state]);
    };
    const config = carrying(['orders', 'notes'], { wait_for: 'incremental' });
    const { told } = await workspace.apply('opendts_sync_task', config, task, { meanwhile });
    expect(summaries(told)).toEqual([`error: The objects of task "${database}" cannot be changed any more`]);
    expect(told[0]).toMatchObject({
      path: 'databases',
      detail: expect.stringMatching(
        new RegExp(`^It is ${state}\\..*conflict_mode.*Task: ${task.state.id}\\.$`, 's'),
      ),
    });
    // As it says: the next plan puts another one in its place.
    const { action, replaces } = await workspace.plan('opendts_sync_task', config, task);
    expect({ action, replaces }).toEqual({ action: 'replace', replaces: ['databases'] });
  });

  test('waits for a task that retries, and says in the end why it could not be made', async () => {
    const { host, port } = stage.source;
    await using proxy = await startProxy({ to: { host, port } });
    const far = await made('opendts_endpoint', endpointOf(`far ${database}`, stage.source, proxy));
    const ends = { source_id: far.state.id, wait_for: 'incremental' };
    const task = await made('opendts_sync_task', carrying(['orders'], ends));
    proxy.refuse(true);
    proxy.reset();
    await handleOf(task).waitFor(['RETRYING']);
    const config = carrying(['orders', 'notes'], { ...ends, timeouts: { update: '2s' } });
    const applying = await opened({ plan_precheck: 'off' });
    const late = await applying.apply('opendts_sync_task', config, task);
    expect(summaries(late.told)).toEqual([
      `error: The objects of task "${database}" were not changed within 2 s`,
    ]);
    expect(late.told[0]?.detail).toMatch(/^It is running \(RETRYING.*\b[A-Z_]+: .*"timeouts"/s);
    expect(late.told[0]?.detail).toContain(`Task: ${task.state.id}.`);

    proxy.refuse(false);
    const patient = { ...config, timeouts: { update: '2m' } };
    const { managed, told } = await applying.apply('opendts_sync_task', patient, late.managed);
    expect(told).toEqual([]);
    expect(managed?.state).toMatchObject({ id: task.state.id, status: 'running' });
  });
});

describe('a change of a task that was begun since', () => {
  test('is refused at once: what a migration carries is fixed', async () => {
    const draft = await made('opendts_migration_task', carrying(['orders'], { desired_status: 'paused' }));
    const { told } = await workspace.apply('opendts_migration_task', carrying(['orders', 'notes']), draft, {
      meanwhile: () => begun(handleOf(draft)),
    });
    expect(summaries(told)).toEqual([`error: Task "${database}" was started since the plan`]);
    expect(told[0]?.detail).toContain(`Task: ${draft.state.id}.`);
  });

  test('is refused at once: its ends are fixed', async () => {
    const draft = await made('opendts_sync_task', carrying(['orders'], { desired_status: 'paused' }));
    const other = await made('opendts_endpoint', endpointOf(`other ${database}`, stage.source, stage.source));
    const moved = carrying(['orders'], { source_id: other.state.id });
    const { told } = await workspace.apply('opendts_sync_task', moved, draft, {
      meanwhile: () => begun(handleOf(draft)),
    });
    expect(summaries(told)).toEqual([`error: Task "${database}" was started since the plan`]);
    expect((await handleOf(draft).view()).state).toBe('RUNNING');
  });
});

describe('a task that was destroyed since', () => {
  test.each([
    ['opendts_migration_task', 'stays in the state'],
    ['opendts_sync_task', 'The next plan makes it anew.'],
  ])('is missed, and what becomes of it is told: %s %s', async (type, fate) => {
    const task = await made(type, carrying(['orders']));
    const renamed = carrying(['orders'], { name: `${database} renamed` });
    const { told } = await workspace.apply(type, renamed, task, { meanwhile: () => removed(handleOf(task)) });
    expect(summaries(told)).toEqual([`error: There is no task ${task.state.id}`]);
    expect(told[0]?.detail).toMatch(/^Somebody else has destroyed it\. /);
    for (const words of [fate, `Task: ${task.state.id}.`]) expect(told[0]?.detail).toContain(words);
  });
});

async function begun(task: TaskHandle): Promise<void> {
  await task.operate('startTask');
  await task.waitFor(['RUNNING', 'READY_TO_COMPLETE']);
}

async function removed(task: TaskHandle): Promise<void> {
  await task.operate('stopTask');
  await task.waitFor(['STOPPED']);
  await task.destroy();
}
