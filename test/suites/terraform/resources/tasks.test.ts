import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { UNKNOWN } from '../../../../terraform/provider/protocol/values/unknown.ts';
import { openStage, type Stage } from '../../../product/stage.ts';
import { TaskHandle } from '../../../product/task.ts';
import { startProxy } from '../../../proxy/network-proxy.ts';
import { endpointOf } from './endpoint-config.ts';
import { WorkingDirectory } from './working-directory.ts';
import { type Managed, type Told, Workspace } from './workspace.ts';

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
  database = `shop_${++databases}`;
  await stage.createDatabase(database);
  await stage.run(database, [
    'CREATE TABLE orders (id INT PRIMARY KEY, total DECIMAL(10,2))',
    'INSERT INTO orders VALUES (1, 9.99), (2, 19.50)',
    'CREATE TABLE notes (id INT PRIMARY KEY)',
  ]);
});

const made = (type: string, config: object) => workspace.make(type, { ...config });

const taskOf = (config: object = {}) => ({
  name: database,
  source_id: source.state.id,
  target_id: target.state.id,
  databases: { [database]: {} },
  ...config,
});
const handleOf = ({ state }: Managed) => new TaskHandle(stage.client, state.id);
const summaries = (told: readonly Told[]) => told.map(({ severity, summary }) => `${severity}: ${summary}`);
const rowsAt = async (name = database) =>
  (await stage.target.query(`SELECT * FROM \`${name}\`.orders`)).length;

async function taskCount(name = database): Promise<number> {
  const { tasks } = await stage.client.query<{ tasks: { edges: unknown[] } }>(
    'query ($name: String!) { tasks(filter: { name: $name }) { edges { node { id } } } }',
    { name },
  );
  return tasks.edges.length;
}

describe('a migration', () => {
  test('is created, checked, started and waited for; its second plan is empty', async () => {
    const config = taskOf({ wait_for: 'incremental' });
    const task = await made('opendts_migration_task', config);
    expect(task.state).toMatchObject({ status: 'running', status_reason: null, desired_status: 'running' });
    expect(await rowsAt()).toBe(2);
    const again = await workspace.plan('opendts_migration_task', config, task);
    expect(again).toMatchObject({ action: 'none', told: [] });
  });

  test('is cut over once, and stays as it is', async () => {
    const config = taskOf();
    const task = await made('opendts_migration_task', config);
    const cut = { task_id: task.state.id, triggers: { run: '1' } };
    const cutover = await made('opendts_cutover', cut);
    expect(cutover.state).toMatchObject({ status: 'finished', task_id: task.state.id });
    expect((await handleOf(task).view()).state).toBe('COMPLETED');
    expect((await workspace.plan('opendts_cutover', cut, cutover)).action).toBe('none');
    // A finished migration is what a running one was to become.
    expect((await workspace.plan('opendts_migration_task', config, task)).action).toBe('none');
    // Asked for again, it is found made.
    const renewed = await workspace.apply('opendts_cutover', { ...cut, triggers: { run: '2' } }, cutover);
    expect(summaries(renewed.told)).toEqual(['warning: The cutover stays made']);
    expect(renewed.managed?.state).toMatchObject({ status: 'finished', triggers: { run: '2' } });
    expect(await workspace.destroy(task)).toEqual([]);
    expect((await workspace.refresh(cutover))?.state.status).toBe('finished');
    expect(await rowsAt()).toBe(2);
  });

  test('is not cut over before it was started, and says what to do', async () => {
    const task = await made('opendts_migration_task', taskOf({ desired_status: 'paused' }));
    const { managed, told } = await workspace.apply('opendts_cutover', { task_id: task.state.id });
    expect(managed).toBeUndefined();
    expect(told).toMatchObject([
      { severity: 'error', detail: expect.stringContaining('desired_status = "running"'), path: 'task_id' },
    ]);
  });

  test('that nobody has is not cut over, which the plan tells', async () => {
    const nobody = { task_id: '01m80hejdf81ghq1pk6zmavm1x' };
    const { told } = await workspace.plan('opendts_cutover', nobody);
    expect(told).toMatchObject([
      { severity: 'error', summary: `There is no task ${nobody.task_id} to cut over`, path: 'task_id' },
    ]);
    for (const words of [`task ${nobody.task_id}`, 'opendts_migration_task'])
      expect(told[0]?.detail).toContain(words);
  });

  test('is not cut over when its precheck failed, and says which check and what to do', async () => {
    const draft = { name: database, kind: 'MIGRATION', sourceId: source.state.id, targetId: target.state.id };
    const objects = { databases: [{ name: database, tables: [{ name: 'nowhere' }] }] };
    const { id } = await stage.client.mutate<{ id: string }>('createTask', { ...draft, objects }, 'id');
    const task = new TaskHandle(stage.client, id);
    await task.operate('runPrecheck');
    await task.waitFor(['CHECK_FAILED']);
    const { managed, told } = await workspace.apply('opendts_cutover', { task_id: id });
    expect(managed).toBeUndefined();
    expect(told).toMatchObject([{ severity: 'error', path: 'task_id' }]);
    expect(told[0]?.detail).toMatch(/^The precheck of the task failed.*- source\.\w+: .*nowhere.*apply the/s);
    expect(told[0]?.detail).not.toContain('desired_status');
  });

  test('that is stopped is told to be beyond a cutover', async () => {
    const task = await made('opendts_migration_task', taskOf());
    await handleOf(task).operate('stopTask');
    await handleOf(task).waitFor(['STOPPED']);
    const { told } = await workspace.apply('opendts_cutover', { task_id: task.state.id });
    expect(told).toMatchObject([{ severity: 'error', path: 'task_id' }]);
    expect(told[0]?.detail).toContain('-replace');
  });

  test('has a cutover that can be imported by the name or id of the task, once it is made', async () => {
    const task = await made('opendts_migration_task', taskOf());
    const early = await workspace.import('opendts_cutover', database);
    expect(early.told).toMatchObject([{ summary: `Task "${database}" is not cut over` }]);
    const cut = { task_id: task.state.id };
    const { state } = await made('opendts_cutover', cut);
    for (const text of [database, `name:${database}`, task.state.id]) {
      const { managed, told } = await workspace.import('opendts_cutover', text);
      expect(told).toEqual([]);
      expect(managed?.state).toEqual(state);
      expect((await workspace.plan('opendts_cutover', cut, managed)).action).toBe('none');
    }
    const { told } = await workspace.import('opendts_cutover', 'nobody');
    expect(told).toMatchObject([{ summary: 'There is nothing to import' }]);
  });

  test('carries chosen tables under other names', async () => {
    const renamed = { [database]: { target: `${database}_v2`, tables: { orders: { target: 'sales' } } } };
    const task = await made(
      'opendts_migration_task',
      taskOf({ databases: renamed, wait_for: 'incremental' }),
    );
    const tables = await stage.target.query(`SHOW TABLES FROM \`${database}_v2\``);
    expect(tables.map((row) => Object.values(row)[0])).toEqual(['sales']);
    expect(task.state.databases[database]).toEqual({
      ...{ target: `${database}_v2`, tables: { orders: { target: 'sales' } }, exclude_tables: null },
    });
  });
});

describe('a synchronization', () => {
  test('is paused and resumed as desired, and changes arrive', async () => {
    const config = taskOf({ wait_for: 'incremental' });
    const task = await made('opendts_sync_task', config);
    const paused = await workspace.apply('opendts_sync_task', { ...config, desired_status: 'paused' }, task);
    expect(paused.told).toEqual([]);
    expect(paused.managed?.state.status).toBe('paused');
    await stage.run(database, ['INSERT INTO orders VALUES (3, 1)']);
    const resumed = await workspace.apply('opendts_sync_task', config, paused.managed);
    expect(resumed.managed?.state.status).toBe('running');
    await stage.settle(handleOf(task), { name: database });
    expect(await rowsAt()).toBe(3);
  });

  test('can be made paused: it is checked and copies nothing', async () => {
    const task = await made('opendts_sync_task', taskOf({ desired_status: 'paused' }));
    expect(task.state.status).toBe('not_started');
    expect((await handleOf(task).view()).state).toBe('CHECK_PASSED');
    const plan = await workspace.plan('opendts_sync_task', taskOf({ desired_status: 'paused' }), task);
    expect(plan.action).toBe('none');
  });

  test('changes its name and its options while it runs, without another copy', async () => {
    const task = await made('opendts_sync_task', taskOf({ wait_for: 'incremental' }));
    const options = { full_load_parallelism: 9, retry_other_minutes: 3 };
    const config = taskOf({ name: `${database} renamed`, options, wait_for: 'incremental' });
    const plan = await workspace.plan('opendts_sync_task', config, task);
    expect(plan).toMatchObject({ action: 'update', replaces: [] });
    const { managed, told } = await workspace.apply('opendts_sync_task', config, task);
    expect(told).toEqual([]);
    expect(managed?.state).toMatchObject({
      id: task.state.id,
      name: `${database} renamed`,
      status: 'running',
    });
    expect(managed?.state.options).toMatchObject(options);
    await stage.run(database, ['INSERT INTO orders VALUES (7, 7)']);
    await stage.settle(handleOf(task), { name: database });
    expect(Number((await handleOf(task).view()).progress?.rowsCopied)).toBe(2);
    // What is no longer set has its default again.
    const back = await workspace.apply('opendts_sync_task', taskOf({ wait_for: 'incremental' }), managed);
    expect(back.managed?.state.options).toMatchObject({ full_load_parallelism: 4, retry_other_minutes: 10 });
  });

  test('that is waited for tells the log each state that it is found in, and the reason', async () => {
    const logged: object[] = [];
    const info = (message: string, fields?: object) => void logged.push({ message, ...fields });
    workspace = new Workspace({ trace() {}, debug() {}, info, warn() {}, error() {} });
    expect(await workspace.configure({ endpoint: stage.service.url, token: stage.service.token })).toEqual(
      [],
    );
    const task = await made('opendts_sync_task', taskOf({ wait_for: 'incremental' }));
    const paused = await workspace.apply('opendts_sync_task', taskOf({ desired_status: 'paused' }), task);
    await stage.target.query(`DROP TABLE \`${database}\`.orders`);
    await stage.run(database, ['DELETE FROM orders WHERE id = 1']);
    await workspace.apply('opendts_sync_task', taskOf({ wait_for: 'incremental' }), paused.managed);
    const states = logged.filter(({ message }: { message?: string }) => message?.startsWith('Task '));
    const found = (state: string) => ({ message: `Task ${task.state.id} is ${state}` });
    expect(states).toEqual(expect.arrayContaining([expect.objectContaining(found('RUNNING'))]));
    expect(states).toContainEqual(expect.objectContaining(found('PAUSED')));
    expect(states.at(-1)).toMatchObject({
      ...found('ERROR'),
      reason: expect.stringMatching(/^TARGET_\w+: /),
    });
  });

  test('has no cutover', async () => {
    const task = await made('opendts_sync_task', taskOf());
    const plan = await workspace.plan('opendts_cutover', { task_id: task.state.id });
    expect(plan.told).toMatchObject([
      { severity: 'error', summary: 'A synchronization has no cutover', path: 'task_id' },
    ]);
  });
});

describe('before its first start', () => {
  test('all of a task is changed in place', async () => {
    const draft = await made('opendts_sync_task', taskOf({ desired_status: 'paused' }));
    const config = taskOf({ databases: { [database]: { tables: { notes: {} } } }, wait_for: 'incremental' });
    expect((await workspace.plan('opendts_sync_task', config, draft)).action).toBe('update');
    const { managed, told } = await workspace.apply('opendts_sync_task', config, draft);
    expect(told).toEqual([]);
    expect(managed?.state).toMatchObject({ id: draft.state.id, status: 'running' });
    const tables = await stage.target.query(`SHOW TABLES FROM \`${database}\``);
    expect(tables.map((row) => Object.values(row)[0])).toEqual(['notes']);
  });
});

describe('once it was started', () => {
  test('a synchronization takes tables in and lets others go in place', async () => {
    const only = (...tables: string[]) =>
      taskOf({
        databases: { [database]: { tables: Object.fromEntries(tables.map((table) => [table, {}])) } },
        wait_for: 'incremental',
      });
    const task = await made('opendts_sync_task', only('tide', 'orders'));
    const plan = await workspace.plan('opendts_sync_task', only('tide', 'notes'), task);
    expect(plan).toMatchObject({ action: 'update', replaces: [], told: [] });
    const { managed, told } = await workspace.apply('opendts_sync_task', only('tide', 'notes'), task);
    expect(told).toEqual([]);
    expect(managed?.state).toMatchObject({ id: task.state.id, status: 'running' });
    await stage.run(database, ['INSERT INTO notes VALUES (5)', 'INSERT INTO orders VALUES (5, 5)']);
    await expect
      .poll(() => stage.target.query(`SELECT id FROM \`${database}\`.notes`).catch(() => []), {
        timeout: 30_000,
      })
      .toEqual([{ id: 5 }]);
    expect(await rowsAt()).toBe(2);
    expect((await workspace.plan('opendts_sync_task', only('tide', 'notes'), managed)).action).toBe('none');
    // What cannot be taken in is told while it is planned, and nothing is changed.
    const wrong = await workspace.plan('opendts_sync_task', only('tide', 'nowhere'), managed);
    expect(wrong.told).toMatchObject([
      {
        severity: 'error',
        summary: 'The precheck would fail at source.objects',
        path: `databases.${database}`,
      },
    ]);
    expect(wrong.told[0]?.detail).toContain(`Task: ${task.state.id}.`);
  });

  test('a migration is neither changed nor replaced by surprise', async () => {
    const config = taskOf({ databases: { [database]: { tables: { orders: {} } } } });
    const task = await made('opendts_migration_task', config);
    const plan = await workspace.plan('opendts_migration_task', taskOf(), task);
    expect(plan.replaces).toEqual([]);
    expect(plan.told).toMatchObject([
      {
        severity: 'error',
        summary: 'The objects of the task cannot be changed any more',
        path: 'databases',
      },
    ]);
    // The same objects in other words are no change of them.
    const same = taskOf({
      databases: { [database]: { target: database, tables: { orders: { target: 'orders' } } } },
    });
    const applied = await workspace.apply('opendts_migration_task', same, task);
    expect(applied.told).toEqual([]);
    expect((await workspace.plan('opendts_migration_task', same, applied.managed)).action).toBe('none');
  });

  test('another endpoint is refused, also when it is known only after the plan', async () => {
    const task = await made('opendts_sync_task', taskOf());
    const other = await made('opendts_endpoint', endpointOf(`${database} target`, stage.target));
    const moved = taskOf({ target_id: other.state.id });
    const plan = await workspace.plan('opendts_sync_task', moved, task);
    expect(plan.replaces).toEqual([]);
    expect(plan.told).toMatchObject([{ severity: 'error', path: 'target_id' }]);
    const early = taskOf({ target_id: UNKNOWN });
    const late = await workspace.apply('opendts_sync_task', moved, task, { early });
    expect(late.told).toMatchObject([{ severity: 'error', path: 'target_id' }]);
    const same = await workspace.apply('opendts_sync_task', taskOf(), task, { early });
    expect(same.told).toMatchObject([{ severity: 'warning', path: 'target_id' }]);
    expect(same.managed?.state).toMatchObject({ id: task.state.id, status: 'running' });
  });
});

describe('a replacement', () => {
  const conflict = () => ({
    ...{ severity: 'error', summary: 'The precheck would fail at target.conflicts' },
    path: `databases.${database}`,
  });

  test('that could not begin for the rows at the target is refused in the plan, with a remedy that works', async () => {
    const config = taskOf({ wait_for: 'incremental' });
    const task = await made('opendts_migration_task', config);
    const plan = await workspace.plan('opendts_migration_task', config, task, { replace: true });
    expect(plan).toMatchObject({ action: 'replace', told: [conflict()] });
    expect(plan.told[0]?.detail).toContain('options.conflict_mode = "ignore"');
    expect(plan.told[0]?.detail).toContain(`Task: ${task.state.id}.`);
    const refused = await workspace.apply('opendts_migration_task', config, task, { replace: true });
    expect(refused.managed?.state.id).toBe(task.state.id);

    const ignoring = { ...config, options: { conflict_mode: 'ignore' } };
    const { managed, told } = await workspace.apply('opendts_migration_task', ignoring, task, {
      replace: true,
    });
    expect(told).toEqual([]);
    expect(managed?.state).toMatchObject({ status: 'running' });
    expect(managed?.state.id).not.toBe(task.state.id);
    expect(await taskCount()).toBe(1);
    expect(await rowsAt()).toBe(2);
    expect((await workspace.plan('opendts_migration_task', ignoring, managed)).action).toBe('none');
  });

  test('of a stopped task is made by a change of what it carries, once there is room for it', async () => {
    const some = { databases: { [database]: { tables: { orders: {} } } }, wait_for: 'incremental' };
    const task = await made('opendts_migration_task', taskOf(some));
    const stopping = taskOf({ ...some, desired_status: 'stopped' });
    const stopped = await workspace.apply('opendts_migration_task', stopping, task);
    expect(stopped.managed?.state).toMatchObject({ id: task.state.id, status: 'stopped' });

    const all = taskOf({ wait_for: 'incremental' });
    const plan = await workspace.plan('opendts_migration_task', all, stopped.managed);
    expect(plan).toMatchObject({ action: 'replace', replaces: ['databases'] });
    expect(plan.told.at(-1)).toMatchObject(conflict());
    await stage.target.query(`DROP DATABASE \`${database}\``);
    const { managed } = await workspace.apply('opendts_migration_task', all, stopped.managed);
    expect(managed?.state).toMatchObject({ status: 'running', databases: { [database]: { tables: null } } });
    expect(managed?.state.id).not.toBe(task.state.id);
    expect(await taskCount()).toBe(1);
    expect(await rowsAt()).toBe(2);
  });

  test('of a running task that has to stay is refused in the plan, and where nothing was planned', async () => {
    const config = taskOf({ deletion_policy: 'refuse_if_running' });
    const task = await made('opendts_sync_task', config);
    const refusal = [{ severity: 'error', path: 'deletion_policy' }];
    const plan = await workspace.plan('opendts_sync_task', config, task, { replace: true });
    expect(plan.told).toMatchObject(refusal);
    expect(await workspace.removeTainted(task)).toMatchObject(refusal);
    expect((await handleOf(task).view()).state).toBe('RUNNING');

    const paused = { ...config, desired_status: 'paused' };
    const { managed } = await workspace.apply('opendts_sync_task', paused, task);
    expect(await workspace.removeTainted(managed as Managed)).toEqual([]);
    expect(await taskCount()).toBe(0);
  });
});

describe('an endpoint that is put right', () => {
  /** As after a password that was mistyped; each process of the CLI knows only what it has planned itself. */
  async function wrongEndpoint() {
    const username = `user_${database}`;
    await stage.source.query(`CREATE USER '${username}'@'%' IDENTIFIED BY 'right'`);
    await stage.source.query(`GRANT ALL ON *.* TO '${username}'@'%'`);
    const right = { ...endpointOf(`${database} source`, stage.source), username, password_wo: 'right' };
    const wrong = { ...right, password_wo: 'wrong' };
    return { wrong, right: { ...right, password_wo_version: 2 } };
  }
  const run = async (plan_precheck = 'error') => {
    const process = new Workspace();
    const { url: endpoint, token } = stage.service;
    expect(await process.configure({ endpoint, token, plan_precheck })).toEqual([]);
    return process;
  };
  const unreachable = 'error: The precheck would fail at source.connectivity';

  test('leaves the precheck of a new task to the apply, which makes it', async () => {
    const { wrong, right } = await wrongEndpoint();
    const endpoint = await made('opendts_endpoint', wrong);
    const config = taskOf({ source_id: endpoint.state.id });
    const refused = await workspace.apply('opendts_migration_task', config);
    expect(summaries(refused.told)).toEqual([unreachable]);

    const planning = await run();
    expect((await planning.plan('opendts_endpoint', right, endpoint)).action).toBe('update');
    const plan = await planning.plan('opendts_migration_task', config);
    expect(plan.action).toBe('create');
    expect(plan.told).toMatchObject([
      { severity: 'warning', summary: 'The precheck is left to the apply', path: 'source_id' },
    ]);
    const applying = await run();
    const corrected = await applying.apply('opendts_endpoint', right, endpoint);
    expect(corrected.told).toEqual([]);
    const { managed, told } = await applying.apply('opendts_migration_task', config);
    expect(told).toEqual([]);
    expect(managed?.state.status).toBe('running');
    // Another name reaches the same server: that is checked while it is planned.
    const renaming = await run();
    const renamed = { ...right, name: `${database} renamed` };
    expect((await renaming.plan('opendts_endpoint', renamed, corrected.managed)).action).toBe('update');
    const failing = { ...config, name: `${database} 2`, databases: { [database]: { tables: { none: {} } } } };
    expect(summaries((await renaming.plan('opendts_migration_task', failing)).told)).toEqual([
      'error: The precheck would fail at source.objects',
    ]);
  });

  test('does not let the apply make a task whose precheck fails still', async () => {
    const { wrong } = await wrongEndpoint();
    const endpoint = await made('opendts_endpoint', wrong);
    const applying = await run();
    const other = { ...wrong, password_wo: 'wrong again', password_wo_version: 2 };
    const changed = await applying.apply('opendts_endpoint', other, endpoint);
    expect(changed.managed?.state.id).toBe(endpoint.state.id);
    const config = taskOf({ source_id: endpoint.state.id });
    const { managed, told } = await applying.apply('opendts_migration_task', config);
    expect(managed).toBeUndefined();
    expect(summaries(told)).toEqual([unreachable]);
    expect(await taskCount()).toBe(0);
  });

  test('is put right before a task that works is replaced', async () => {
    const { right } = await wrongEndpoint();
    const endpoint = await made('opendts_endpoint', right);
    const config = taskOf({ source_id: endpoint.state.id, options: { conflict_mode: 'ignore' } });
    const task = await made('opendts_sync_task', config);
    const moved = { ...right, tls: { mode: 'required' } };
    const summary = 'The task is replaced before its precheck could be made';
    for (const [precheck, severity] of [
      ['error', 'error'],
      ['warn', undefined], // The CLI shows errors of a replacement alone.
    ] as const) {
      const planning = await run(precheck);
      await planning.plan('opendts_endpoint', moved, endpoint);
      const plan = await planning.plan('opendts_sync_task', config, task, { replace: true });
      expect(plan.told).toMatchObject(
        severity === undefined ? [] : [{ severity, summary, path: 'source_id' }],
      );
    }
    const applying = await run();
    expect((await applying.apply('opendts_endpoint', moved, endpoint)).told).toEqual([]);
    const { managed, told } = await applying.apply('opendts_sync_task', config, task, { replace: true });
    expect(told).toEqual([]);
    expect(managed?.state.id).not.toBe(task.state.id);
  });

  test('is told of where its tables are read too early', async () => {
    const { wrong, right } = await wrongEndpoint();
    const endpoint = await made('opendts_endpoint', wrong);
    const config = { endpoint_id: endpoint.state.id, databases: [database] };
    const asked = await workspace.read('opendts_tables', config);
    expect(asked.told[0]?.detail).not.toContain('depends_on');
    const planning = await run();
    await planning.plan('opendts_endpoint', right, endpoint);
    const { told } = await planning.read('opendts_tables', config);
    expect(told).toMatchObject([{ severity: 'error', path: 'endpoint_id' }]);
    expect(told[0]?.detail).toContain('depends_on');
    expect((await planning.apply('opendts_endpoint', right, endpoint)).told).toEqual([]);
    expect((await planning.read('opendts_tables', config)).state?.database_names).toEqual([database]);
  });
});

describe('a replacement of an abandoned task', () => {
  test('is refused in the plan while both have one name, and made under another', async () => {
    const config = taskOf({ deletion_policy: 'abandon', options: { conflict_mode: 'ignore' } });
    const task = await made('opendts_sync_task', config);
    const refusal = { severity: 'error', path: 'deletion_policy' };
    const plan = await workspace.plan('opendts_sync_task', config, task, { replace: true });
    expect(plan).toMatchObject({ action: 'replace', told: [refusal] });
    expect(plan.told[0]?.detail).toContain(`keeps the name "${database}"`);
    const early = { ...config, name: UNKNOWN };
    expect((await workspace.plan('opendts_sync_task', early, task, { replace: true })).told).toMatchObject([
      refusal,
    ]);
    const refused = await workspace.apply('opendts_sync_task', config, task, { replace: true });
    expect(refused.managed?.state).toMatchObject({ id: task.state.id, status: 'running' });

    const another = {
      ...{ ...config, name: `${database} again` },
      databases: { [database]: { target: `${database}_again` } },
    };
    const { managed, told } = await workspace.apply('opendts_sync_task', another, task, { replace: true });
    expect(summaries(told)).toEqual(['warning: The task stays at the service']);
    expect(managed?.state).toMatchObject({ name: `${database} again`, status: 'running' });
    expect(managed?.state.id).not.toBe(task.state.id);
    expect(await taskCount()).toBe(1);
    expect(await taskCount(`${database} again`)).toBe(1);
  });

  test('is made once another policy removes it', async () => {
    const config = taskOf({ deletion_policy: 'abandon', options: { conflict_mode: 'ignore' } });
    const task = await made('opendts_sync_task', config);
    const removing = { ...config, deletion_policy: 'stop_and_delete' };
    const changed = await workspace.apply('opendts_sync_task', removing, task);
    const { managed, told } = await workspace.apply('opendts_sync_task', removing, changed.managed, {
      replace: true,
    });
    expect(told).toEqual([]);
    expect(managed?.state.id).not.toBe(task.state.id);
    expect(await taskCount()).toBe(1);
  });
});

describe('a change that does not come about', () => {
  test('because the task fails is an error, and the state says what is', async () => {
    const config = taskOf({ wait_for: 'incremental' });
    const task = await made('opendts_sync_task', config);
    await stage.target.query(`ALTER TABLE \`${database}\`.orders DROP COLUMN total`);
    await stage.run(database, ['UPDATE orders SET total = 5 WHERE id = 1']);
    await handleOf(task).waitFor(['ERROR']);
    const failed = await workspace.apply('opendts_sync_task', config, task);
    expect(summaries(failed.told)).toEqual([`error: Task "${database}" stopped at a failure`]);
    expect(failed.managed?.state).toMatchObject({ id: task.state.id, status: 'failed' });
    await stage.target.query(`ALTER TABLE \`${database}\`.orders ADD COLUMN total DECIMAL(10,2)`);
    const repaired = await workspace.apply('opendts_sync_task', config, failed.managed);
    expect(repaired).toMatchObject({ told: [], managed: { state: { status: 'running' } } });
  });

  test('because the task was stopped is an error', async () => {
    const task = await made('opendts_sync_task', taskOf());
    await handleOf(task).operate('stopTask');
    await handleOf(task).waitFor(['STOPPED']);
    const { told } = await workspace.apply('opendts_sync_task', taskOf({ wait_for: 'incremental' }), task);
    expect(summaries(told)).toEqual([
      'warning: The task can never run again',
      `error: Task "${database}" can never run again`,
    ]);
  });

  test('because the token does not allow it is an error, which names the scope once, and the task', async () => {
    const task = await made('opendts_sync_task', taskOf());
    const { secret } = await stage.client.mutate<{ secret: string }>(
      'createApiToken',
      { name: database, scopes: ['read', 'write'] },
      'secret',
    );
    const narrow = new Workspace();
    expect(await narrow.configure({ endpoint: stage.service.url, token: secret })).toEqual([]);
    const { told } = await narrow.apply('opendts_sync_task', taskOf({ desired_status: 'paused' }), task);
    expect(summaries(told)).toEqual(['error: The API token does not allow this']);
    expect(told[0]?.detail.match(/lacks the scope/g)).toHaveLength(1);
    expect(told[0]?.detail).toContain(`Task: ${task.state.id}.`);
  });

  test.each(['warning', 'error'])('in time is told as its on_wait_failure says: %s', async (severity) => {
    const draft = await made('opendts_migration_task', taskOf({ desired_status: 'paused' }));
    // The copy waits for the lock.
    await stage.target.query('LOCK INSTANCE FOR BACKUP');
    try {
      const config = taskOf({
        ...{ wait_for: 'incremental', on_wait_failure: severity, timeouts: { update: '2s' } },
      });
      const { managed, told, tainted } = await workspace.apply('opendts_migration_task', config, draft);
      expect(summaries(told)).toEqual([`${severity}: Task "${database}" is not incremental within 2 s`]);
      expect(managed?.state).toMatchObject({ id: draft.state.id, status: 'running' });
      expect(tainted).toBe(false);
    } finally {
      await stage.target.query('UNLOCK INSTANCE');
    }
  });
});

describe('tables that are taken in', () => {
  const carrying = (...tables: string[]) =>
    taskOf({
      databases: { [database]: { tables: Object.fromEntries(tables.map((name) => [name, {}])) } },
      ...{ wait_for: 'incremental', timeouts: { update: '3s' } },
    });

  test('are waited for, and told of when their copy takes longer', async () => {
    const task = await made('opendts_sync_task', carrying('orders'));
    await stage.target.query('LOCK INSTANCE FOR BACKUP');
    try {
      const { told } = await workspace.apply('opendts_sync_task', carrying('orders', 'notes'), task);
      expect(summaries(told)).toEqual([`warning: Task "${database}" is not incremental within 3 s`]);
    } finally {
      await stage.target.query('UNLOCK INSTANCE');
    }
  });

  test.each([
    ['a table', { tables: { orders: { target: 'sales' } } }, 'sales', undefined],
    ['a database', { target: 'depot', tables: { orders: {} } }, 'orders', 'depot'],
  ])('are waited for under the other name that %s gets', async (_what, renamed, table, elsewhere) => {
    const task = await made('opendts_sync_task', carrying('orders'));
    const config = { ...carrying('orders'), databases: { [database]: renamed } };
    await stage.target.query('LOCK INSTANCE FOR BACKUP');
    let late: Awaited<ReturnType<typeof workspace.apply>>;
    try {
      late = await workspace.apply('opendts_sync_task', config, task);
      expect(summaries(late.told)).toEqual([`warning: Task "${database}" is not incremental within 3 s`]);
    } finally {
      await stage.target.query('UNLOCK INSTANCE');
    }
    const patient = { ...config, timeouts: { update: '2m' } };
    expect((await workspace.apply('opendts_sync_task', patient, late.managed)).told).toEqual([]);
    const rows = `SELECT id FROM \`${elsewhere ?? database}\`.\`${table}\``;
    expect(await stage.target.query(rows)).toHaveLength(2);
  });

  test('are whole when the apply ends', async () => {
    await stage.run(database, ['INSERT INTO notes VALUES (7)']);
    const task = await made('opendts_sync_task', carrying('orders'));
    const config = { ...carrying('orders', 'notes'), timeouts: { update: '2m' } };
    const { told } = await workspace.apply('opendts_sync_task', config, task);
    expect(told).toEqual([]);
    expect(await stage.target.query(`SELECT id FROM \`${database}\`.notes`)).toHaveLength(1);
  });
});

describe('what somebody else did', () => {
  test.each([
    ['paused', 'pauseTask', 'PAUSED', 'paused'],
    ['found in an error', undefined, 'ERROR', 'failed'],
  ] as const)('is repaired: %s', async (_what, operation, state, status) => {
    const config = taskOf({ wait_for: 'incremental' });
    const task = await made('opendts_sync_task', config);
    const handle = handleOf(task);
    if (operation === undefined) {
      await stage.target.query(`ALTER TABLE \`${database}\`.orders DROP COLUMN total`);
      await stage.run(database, ['UPDATE orders SET total = 5 WHERE id = 1']);
    } else {
      await handle.operate(operation);
    }
    await handle.waitFor([state]);
    const seen = await workspace.refresh(task);
    expect(seen?.state.status).toBe(status);
    const plan = await workspace.plan('opendts_sync_task', config, task);
    expect(plan.action).toBe('update');
    if (operation === undefined) {
      expect(seen?.state.status_reason).toMatch(/^[A-Z_]+: /);
      await stage.target.query(`ALTER TABLE \`${database}\`.orders ADD COLUMN total DECIMAL(10,2)`);
    }
    const { managed, told } = await workspace.apply('opendts_sync_task', config, task);
    expect(told).toEqual([]);
    expect(managed?.state).toMatchObject({ id: task.state.id, status: 'running', status_reason: null });
  });

  test('a destroyed task is made anew', async () => {
    const task = await made('opendts_sync_task', taskOf({ desired_status: 'paused' }));
    await handleOf(task).destroy();
    expect(await workspace.refresh(task)).toBeUndefined();
    const { managed } = await workspace.apply(
      'opendts_sync_task',
      taskOf({ desired_status: 'paused' }),
      task,
    );
    expect(managed?.state.id).not.toBe(task.state.id);
  });

  test('a stopped task cannot be repaired: the plan says so and leaves it', async () => {
    const task = await made('opendts_sync_task', taskOf());
    await handleOf(task).operate('stopTask');
    await handleOf(task).waitFor(['STOPPED']);
    const plan = await workspace.plan('opendts_sync_task', taskOf(), task);
    expect(summaries(plan.told)).toEqual(['warning: The task can never run again']);
    expect(plan.replaces).toEqual([]);
    const accepted = await workspace.apply('opendts_sync_task', taskOf({ desired_status: 'stopped' }), task);
    expect(accepted.managed?.state.status).toBe('stopped');
  });

  test('a task that has failed for good cannot be repaired either: accepted as stopped it plans nothing more', async () => {
    const config = taskOf({ wait_for: 'incremental' });
    const task = await made('opendts_sync_task', config);
    await handleOf(task).operate('pauseTask');
    await handleOf(task).waitFor(['PAUSED']);
    // What tells where to go on is gone.
    await stage.target.query(`DELETE FROM opendts.checkpoints WHERE task_id = '${task.state.id}'`);
    await handleOf(task).operate('resumeTask');
    await handleOf(task).waitFor(['FAILED']);
    const plan = await workspace.plan('opendts_sync_task', config, task);
    expect(summaries(plan.told)).toEqual(['warning: The task can never run again']);
    const stopped = { ...config, desired_status: 'stopped' };
    const { managed, told } = await workspace.apply('opendts_sync_task', stopped, task);
    expect(told).toEqual([]);
    expect(managed?.state).toMatchObject({ id: task.state.id, desired_status: 'stopped', status: 'failed' });
    expect(await workspace.plan('opendts_sync_task', stopped, managed)).toMatchObject({
      ...{ action: 'none', told: [] },
    });
  });
});

describe('what fails', () => {
  const failing = () => {
    const table = { tables: { nowhere: {} } };
    return taskOf({ databases: { [database]: table } });
  };

  test('is told while it is planned, at the attribute', async () => {
    const plan = await workspace.plan('opendts_migration_task', failing());
    expect(plan.told).toMatchObject([
      {
        severity: 'error',
        summary: 'The precheck would fail at source.objects',
        path: `databases.${database}`,
      },
    ]);
    expect(plan.told[0]?.detail).toContain(`${database}.nowhere`);
    expect(await taskCount()).toBe(0);
  });

  test('for another task over the same tables is a warning of the plan: that task may be over by the apply', async () => {
    const first = await made('opendts_sync_task', taskOf());
    const config = taskOf({ name: `${database} again`, options: { conflict_mode: 'ignore' } });
    const plan = await workspace.plan('opendts_sync_task', config);
    expect(plan.told).toContainEqual(
      expect.objectContaining({
        ...{ severity: 'warning', summary: 'The precheck would fail at target.other_tasks' },
        detail: expect.stringContaining(`${database}.orders: ${first.state.id}`),
      }),
    );
    expect(plan.told.filter(({ severity }) => severity === 'error')).toEqual([]);
    const { managed } = await workspace.apply('opendts_sync_task', config);
    expect(managed?.state.status_reason).toMatch(/^PRECHECK_FAILED: target\.other_tasks: /);
    await handleOf(first).operate('stopTask');
    await handleOf(first).waitFor(['STOPPED']);
    const begun = await workspace.apply('opendts_sync_task', config, managed);
    expect(begun.managed?.state).toMatchObject({ id: managed?.state.id, status: 'running' });
  });

  test('is not told of a task for itself, where that has passed its precheck and waits', async () => {
    const config = taskOf({ desired_status: 'paused' });
    const waiting = await made('opendts_sync_task', config);
    expect((await handleOf(waiting).view()).state).toBe('CHECK_PASSED');
    const changed = { ...config, databases: { [database]: { exclude_tables: ['notes'] } } };
    const { managed, told } = await workspace.apply('opendts_sync_task', changed, waiting);
    expect(told).toEqual([]);
    expect(managed?.state.id).toBe(waiting.state.id);
  });

  test('never taints a task: it is a warning, and the next apply goes on', async () => {
    await workspace.configure({
      ...{ endpoint: stage.service.url, token: stage.service.token, plan_precheck: 'warn' },
    });
    const { managed, told, tainted } = await workspace.apply('opendts_migration_task', failing());
    expect(tainted).toBe(false);
    expect(managed?.state.status).toBe('not_started');
    expect(managed?.state.status_reason).toMatch(/^PRECHECK_FAILED: source.objects: .*nowhere/);
    expect(told.at(-1)).toMatchObject({
      severity: 'warning',
      summary: `The precheck of task "${database}" failed`,
    });
    expect(told.at(-1)?.detail).toContain(`Task: ${managed?.state.id}`);
    await stage.run(database, ['CREATE TABLE nowhere (id INT PRIMARY KEY)']);
    const repaired = await workspace.apply('opendts_migration_task', failing(), managed);
    expect(repaired.told).toEqual([]);
    expect(repaired.managed?.state).toMatchObject({ id: managed?.state.id, status: 'running' });
  });

  test('of a task that is to be paused is checked again by the next apply', async () => {
    await workspace.configure({
      ...{ endpoint: stage.service.url, token: stage.service.token, plan_precheck: 'warn' },
    });
    const config = { ...failing(), desired_status: 'paused' };
    const { managed, told } = await workspace.apply('opendts_sync_task', config);
    expect(told.at(-1)?.summary).toBe(`The precheck of task "${database}" failed`);
    expect((await workspace.plan('opendts_sync_task', config, managed)).action).toBe('update');
    await stage.run(database, ['CREATE TABLE nowhere (id INT PRIMARY KEY)']);
    const repaired = await workspace.apply('opendts_sync_task', config, managed);
    expect(repaired.told).toEqual([]);
    expect(repaired.managed?.state).toMatchObject({ status: 'not_started', status_reason: null });
    expect((await handleOf(managed as Managed).view()).state).toBe('CHECK_PASSED');
    expect((await workspace.plan('opendts_sync_task', config, repaired.managed)).action).toBe('none');
  });

  test('is an error for those who want that', async () => {
    await workspace.configure({
      ...{ endpoint: stage.service.url, token: stage.service.token, plan_precheck: 'off' },
    });
    const config = { ...failing(), on_wait_failure: 'error' };
    const { managed, tainted } = await workspace.apply('opendts_migration_task', config);
    expect(tainted).toBe(true);
    expect(managed?.state.id).toBeDefined();
  });

  test('is told when the time is over, and the task goes on', async () => {
    await stage.run(database, ['CREATE TABLE locked (id INT PRIMARY KEY)', 'INSERT INTO locked VALUES (1)']);
    // No target of such a name can be written to: the copy waits for the lock.
    await stage.target.query('LOCK INSTANCE FOR BACKUP');
    try {
      const config = taskOf({ wait_for: 'incremental', timeouts: { create: '2s' } });
      const { managed, told } = await workspace.apply('opendts_migration_task', config);
      expect(told).toMatchObject([
        { severity: 'warning', summary: `Task "${database}" is not incremental within 2 s` },
      ]);
      expect(managed?.state.status).toBe('running');
      await stage.target.query('UNLOCK INSTANCE');
      await handleOf(managed as Managed).waitFor(['READY_TO_COMPLETE']);
      expect((await workspace.plan('opendts_migration_task', config, managed)).action).toBe('none');
    } finally {
      await stage.target.query('UNLOCK INSTANCE');
    }
  });
});

describe('an apply that is cut off', () => {
  test('before its state was kept ends, run again, with one task', async () => {
    const config = taskOf({ wait_for: 'incremental' });
    const first = await made('opendts_sync_task', config);
    // A new process that has no state: all that is left of the first apply is at the service.
    const second = new Workspace();
    await second.configure({ endpoint: stage.service.url, token: stage.service.token });
    const plan = await second.plan('opendts_sync_task', config);
    expect(plan.told).toEqual([]);
    const { managed, told } = await second.apply('opendts_sync_task', config);
    expect(summaries(told)).toEqual([`warning: The task "${database}" was there already`]);
    expect(managed?.state.id).toBe(first.state.id);
    expect(await taskCount()).toBe(1);
    expect((await second.plan('opendts_sync_task', config, managed)).action).toBe('none');
  });

  test('never takes over what is not its own', async () => {
    await made('opendts_sync_task', taskOf({ desired_status: 'paused' }));
    const second = new Workspace();
    await second.configure({ endpoint: stage.service.url, token: stage.service.token });
    const config = taskOf({ databases: { [database]: { tables: { orders: {} } } } });
    const { managed, told } = await second.apply('opendts_sync_task', config);
    expect(managed).toBeUndefined();
    expect(told).toMatchObject([
      { severity: 'warning', summary: `Another task has the name "${database}"`, path: 'name' },
      { severity: 'error', summary: `Another task has the name "${database}"`, path: 'name' },
    ]);
    expect(await taskCount()).toBe(1);
  });

  test('never takes over a task that has ended', async () => {
    const stopped = await made('opendts_sync_task', taskOf());
    await handleOf(stopped).operate('stopTask');
    await handleOf(stopped).waitFor(['STOPPED']);
    const second = new Workspace();
    await second.configure({ endpoint: stage.service.url, token: stage.service.token });
    const { managed, told } = await second.apply('opendts_sync_task', taskOf());
    expect(managed).toBeUndefined();
    expect(summaries(told)).toEqual([
      `warning: Another task has the name "${database}"`,
      `error: Another task has the name "${database}"`,
    ]);
  });

  test('from the answer to its request asks again, and there is one task', async () => {
    const { hostname: host, port } = new URL(stage.service.url);
    await using proxy = await startProxy({ to: { host, port: Number(port) } });
    const far = new Workspace();
    const endpoint = `http://${proxy.host}:${proxy.port}`;
    expect(await far.configure({ endpoint, token: stage.service.token, plan_precheck: 'off' })).toEqual([]);
    proxy.delay(400);
    const applying = far.apply('opendts_sync_task', taskOf({ desired_status: 'paused' }));
    await expect.poll(() => taskCount(), { timeout: 20_000, interval: 20 }).toBe(1);
    // The task is made, and the answer that says so is on its way.
    proxy.reset();
    proxy.delay(0);
    const { managed, told } = await applying;
    expect(told).toEqual([]);
    expect(managed?.state.status).toBe('not_started');
    expect(await taskCount()).toBe(1);
  });

  test.each(['warning', 'error'])(
    'by an interrupt keeps the task, untainted: %s',
    async (on_wait_failure) => {
      const config = taskOf({ wait_for: 'finished', on_wait_failure });
      const applying = workspace.apply('opendts_migration_task', config);
      await expect.poll(() => taskCount(), { timeout: 20_000 }).toBe(1);
      await workspace.stop();
      const { managed, told, tainted } = await applying;
      expect(tainted).toBe(false);
      expect(managed?.state.id).toBeDefined();
      expect(told.map(({ severity }) => severity)).toEqual(['warning']);
      expect(told[0]?.detail).toContain('again');
    },
  );
});

describe('a destroy', () => {
  test('stops a running task, removes it and leaves the data', async () => {
    const task = await made('opendts_sync_task', taskOf({ wait_for: 'incremental' }));
    expect(await workspace.destroy(task)).toEqual([]);
    expect(await taskCount()).toBe(0);
    expect(await rowsAt()).toBe(2);
    // Gone already is success.
    expect(await workspace.destroy(task)).toEqual([]);
  });

  test('of an abandoned task leaves it', async () => {
    const task = await made(
      'opendts_sync_task',
      taskOf({ deletion_policy: 'abandon', desired_status: 'paused' }),
    );
    expect(summaries(await workspace.destroy(task))).toEqual([
      'warning: The task will stay at the service',
      'warning: The task stays at the service',
    ]);
    expect(await taskCount()).toBe(1);
  });

  test('of a stack with an abandoned task leaves the endpoints that the task works with, and says so; a later one is refused', async () => {
    const own = await made('opendts_endpoint', endpointOf(`source of ${database}`, stage.source));
    const task = await made(
      'opendts_sync_task',
      taskOf({ source_id: own.state.id, deletion_policy: 'abandon', desired_status: 'paused' }),
    );
    await workspace.destroy(task);
    expect(summaries(await workspace.destroy(own))).toEqual([
      `warning: The endpoint "source of ${database}" stays at the service`,
    ]);
    const later = new Workspace();
    await later.configure({ endpoint: stage.service.url, token: stage.service.token });
    expect((await later.destroy(own)).map(({ severity }) => severity)).toEqual(['error']);
  });

  test('of a running task can be refused', async () => {
    const task = await made('opendts_sync_task', taskOf({ deletion_policy: 'refuse_if_running' }));
    expect(await workspace.destroy(task)).toMatchObject([{ severity: 'error', path: 'deletion_policy' }]);
    expect((await handleOf(task).view()).state).toBe('RUNNING');
  });
});

describe('an import', () => {
  test.each(['id', 'name', 'name:'])('by %s is followed by an empty plan', async (by) => {
    const task = await made('opendts_sync_task', taskOf());
    const id = by === 'id' ? task.state.id : by === 'name' ? database : `name:${database}`;
    const { managed } = await workspace.import('opendts_sync_task', id);
    expect(managed?.state.id).toBe(task.state.id);
    expect(await workspace.plan('opendts_sync_task', taskOf(), managed)).toMatchObject({
      ...{ action: 'none', told: [] },
    });
  });

  test('of a task that was never checked is followed by its check', async () => {
    const draft = { name: database, kind: 'SYNCHRONIZATION', sourceId: source.state.id };
    const objects = { databases: [{ name: database }] };
    const input = { ...draft, targetId: target.state.id, objects };
    const { id } = await stage.client.mutate<{ id: string }>('createTask', input, 'id');
    const config = taskOf({ desired_status: 'paused' });
    const { managed } = await workspace.import('opendts_sync_task', id);
    const checked = await workspace.apply('opendts_sync_task', config, managed);
    expect(checked.told).toEqual([]);
    expect((await new TaskHandle(stage.client, id).view()).state).toBe('CHECK_PASSED');
    expect((await workspace.plan('opendts_sync_task', config, checked.managed)).action).toBe('none');
  });

  test('of a task of the other kind, or of none, says so', async () => {
    const task = await made('opendts_sync_task', taskOf({ desired_status: 'paused' }));
    const other = await workspace.import('opendts_migration_task', task.state.id);
    expect(other.told[0]?.detail).toContain('import it as opendts_sync_task');
    const none = await workspace.import('opendts_sync_task', 'nobody');
    expect(none.told).toMatchObject([{ severity: 'error' }]);
  });
});
