import { afterEach, describe, expect, test } from 'vitest';
import { TaskHandle } from '../../product/task.ts';
import { terraformClis } from '../../servers/terraform-clis.ts';
import { attachedProvider } from './attached-provider.ts';
import { filesOf } from './secrets.ts';
import { openTokens, removeAll, removeTasks, tasksOf } from './service-objects.ts';
import { account, createShop, endpoints } from './shop-stage.ts';
import { shopWith } from './shop-with-provider.ts';
import { wordsOf } from './words.ts';

// What users do with resources, from the first plan to the destroy, on each CLI.

const attached = shopWith(attachedProvider);

const syncOf = (database: string, more = '') => `${endpoints}
resource "opendts_sync_task" "shop" {
  name      = "keep ${database}"
  source_id = opendts_endpoint.source.id
  target_id = opendts_endpoint.target.id
  databases = {
    ${database} = {}
  }
  wait_for = "incremental"
${more}
}
`;

const SYNC = 'opendts_sync_task.shop';

describe.each(await terraformClis())('$name $version', (cli) => {
  const open = (main: string) => attached.open(cli, main);
  const shop = async (what: string) => {
    const db = { name: `${what}_${cli.name}` };
    await createShop(attached.stage, db.name);
    return db;
  };

  // Each test destroys what it made: nothing may be left at the service.
  afterEach(async () => expect(await removeAll(attached.stage.client)).toEqual([]));

  test('given nothing, when a synchronization is applied and destroyed, then data arrives and stays', async () => {
    const db = await shop('first');
    using workspace = open(syncOf(db.name));

    expect(Object.keys(await workspace.plan())).toEqual([
      'opendts_endpoint.source',
      'opendts_endpoint.target',
      SYNC,
    ]);
    await workspace.succeed('apply', '-no-color', 'planned');
    expect(await workspace.plan()).toEqual({});
    expect((await workspace.state())[SYNC]).toMatchObject({ status: 'running', status_reason: null });
    await attached.stage.run(db.name, ['INSERT INTO orders (customer, total) VALUES (1, 1.00)']);
    const id = (await tasksOf(attached.stage.client))[0]!.id;
    await attached.stage.settle(new TaskHandle(attached.stage.client, id), db);
    expect((await attached.stage.compare(db)).report).toBe('');

    await workspace.destroy();
    expect((await attached.stage.compare(db)).report).toBe('');
    for (const [file, text] of filesOf(workspace.folder)) {
      expect({ file, holdsPassword: text.includes(account.password) }).toEqual({
        file,
        holdsPassword: false,
      });
    }
  });

  test('given a running task, when all that may change is changed, then it is the same task and nothing is copied again', async () => {
    const db = await shop('changed');
    using workspace = open(syncOf(db.name));
    await workspace.apply();
    const before = (await workspace.state())[SYNC];
    const handle = new TaskHandle(attached.stage.client, String(before?.id));
    const copied = (await handle.view()).progress?.rowsCopied;
    expect(Number(copied)).toBeGreaterThan(5);

    const more =
      'desired_status = "paused"\n deletion_policy = "stop_and_delete"\n options = {\n full_load_parallelism = 2\n }';
    const changed = syncOf(db.name, more)
      .replace('"keep', '"still keep')
      .replace('"shop source"', '"old shop"');
    workspace.write('main.tf', changed);
    const plan = await workspace.plan();
    expect(Object.values(plan).map(({ address, actions }) => [address, actions])).toEqual([
      ['opendts_endpoint.source', ['update']],
      [SYNC, ['update']],
    ]);
    await workspace.apply();
    expect(await workspace.plan()).toEqual({});
    expect((await workspace.state())[SYNC]).toMatchObject({ id: before?.id, status: 'paused' });

    workspace.write('main.tf', syncOf(db.name));
    await workspace.apply();
    expect(await workspace.plan()).toEqual({});
    expect((await workspace.state())[SYNC]).toMatchObject({ id: before?.id, status: 'running' });
    const [task] = await tasksOf(attached.stage.client);
    expect(task?.name).toBe(`keep ${db.name}`);
    expect((await handle.view()).progress?.rowsCopied).toBe(copied);
    await workspace.destroy();
  });

  test('given a running synchronization, when tables are taken in and others let go, then it is the same task', async () => {
    const db = await shop('reselected');
    const carrying = (...tables: string[]) =>
      syncOf(db.name).replace(
        `${db.name} = {}`,
        `${db.name} = {\n tables = {\n${tables.map((table) => `${table} = {}\n`).join('')}}\n }`,
      );
    using workspace = open(carrying('tide', 'customers', 'sessions'));
    await workspace.apply();
    const before = (await workspace.state())[SYNC];
    workspace.write('main.tf', carrying('tide', 'customers', 'orders'));
    expect((await workspace.plan())[SYNC]).toMatchObject({ actions: ['update'] });
    await workspace.apply();
    expect(await workspace.plan()).toEqual({});
    expect((await workspace.state())[SYNC]).toMatchObject({ id: before?.id, status: 'running' });
    await attached.stage.settle(new TaskHandle(attached.stage.client, String(before?.id)), db);
    const tables = [{ name: 'customers' }, { name: 'orders' }];
    expect((await attached.stage.compare({ ...db, tables })).report).toBe('');
    await workspace.destroy();
  });

  test('given objects that nobody manages, when they are imported by id or name, then the plan is empty', async () => {
    const db = await shop('imported');
    using workspace = open(syncOf(db.name).replace('wait_for = "incremental"', ''));
    await workspace.apply();
    const state = await workspace.state();

    await workspace.succeed('state', 'rm', SYNC, 'opendts_endpoint.source', 'opendts_endpoint.target');
    await workspace.succeed('import', '-no-color', 'opendts_endpoint.source', 'shop source');
    await workspace.succeed(
      'import',
      '-no-color',
      'opendts_endpoint.target',
      `${state['opendts_endpoint.target']?.id}`,
    );
    await workspace.succeed('import', '-no-color', SYNC, `keep ${db.name}`);
    expect((await workspace.state())[SYNC]?.id).toBe(state[SYNC]?.id);
    expect(await workspace.plan()).toEqual({});
    await workspace.destroy();
  });

  test('given a task that somebody paused, then the next plan resumes it; given one that is gone, then it is made anew', async () => {
    const db = await shop('drifted');
    using workspace = open(syncOf(db.name));
    await workspace.apply();
    const id = (await tasksOf(attached.stage.client))[0]!.id;
    const task = new TaskHandle(attached.stage.client, id);

    await task.operate('pauseTask');
    await task.waitFor(['PAUSED']);
    expect((await workspace.plan())[SYNC]).toMatchObject({
      actions: ['update'],
      before: { status: 'paused' },
    });
    await workspace.apply();
    expect((await task.view()).state).toBe('RUNNING');
    expect(await workspace.plan()).toEqual({});

    await task.operate('stopTask');
    await task.waitFor(['STOPPED']);
    await task.destroy();
    await attached.stage.target.query(`DROP DATABASE ${db.name}`);
    expect((await workspace.plan())[SYNC]).toMatchObject({ actions: ['create'] });
    await workspace.apply();
    expect(await workspace.plan()).toEqual({});
    expect((await attached.stage.compare(db)).report).toBe('');
    await workspace.destroy();
  });

  test('given a task that is gone and whose rows stayed, then the plan warns of them, and a destroy goes on', async () => {
    const db = await shop('gone');
    using workspace = open(syncOf(db.name));
    await workspace.apply();
    await removeTasks(attached.stage.client);

    const { code, text } = await workspace.run('plan', '-no-color');
    expect({ code, text: wordsOf(text) }).toEqual({
      code: 0,
      text: expect.stringContaining('Warning: The precheck would fail at target.conflicts'),
    });
    expect(wordsOf(text)).toContain('options.conflict_mode = "ignore"');
    await workspace.destroy();
    expect(await workspace.state()).toEqual({});
    expect(await tasksOf(attached.stage.client)).toEqual([]);
  });

  test('given a change that the precheck refuses, then the plan says how all is destroyed none the less', async () => {
    const db = await shop('refused');
    using workspace = open(syncOf(db.name));
    await workspace.apply();
    const nowhere = syncOf(db.name).replace(`${db.name} = {}`, `${db.name} = {}\n    nowhere = {}`);
    workspace.write('main.tf', nowhere);
    const { code, text } = await workspace.run('destroy', '-no-color', '-auto-approve');
    expect({ code, text: wordsOf(text) }).toEqual({
      code: 1,
      text: expect.stringContaining('A destroy that begins with this plan wants -refresh=false'),
    });
    await workspace.destroy('-refresh=false');
    expect(await tasksOf(attached.stage.client)).toEqual([]);
  });

  test('given an endpoint that somebody changed, then the next plan sets it right, its password too', async () => {
    using workspace = open(endpoints);
    await workspace.apply();
    const { id } = (await workspace.state())['opendts_endpoint.source'] as { id: string };

    await attached.stage.client.mutate('updateEndpoint', { id, port: 1, password: 'of somebody else' }, 'id');
    const plan = await workspace.plan();
    expect(Object.keys(plan)).toEqual(['opendts_endpoint.source']);
    expect(plan['opendts_endpoint.source']).toMatchObject({ actions: ['update'], before: { port: 1 } });
    await workspace.apply();
    expect(await workspace.plan()).toEqual({});
    const test = await attached.stage.client.mutate<{ ok: boolean }>('testEndpoint', { id }, 'ok');
    expect(test.ok).toBe(true);

    await attached.stage.client.mutate('deleteEndpoint', { id }, 'id');
    expect((await workspace.plan())['opendts_endpoint.source']).toMatchObject({ actions: ['create'] });
    await workspace.apply();
    expect(await workspace.plan()).toEqual({});
    await workspace.destroy();
  });

  test('given a migration, when its cutover is applied, then all is at the target and the task is finished', async () => {
    const db = await shop('moved');
    using workspace = open(`${syncOf(db.name).replace('opendts_sync_task', 'opendts_migration_task')}
resource "opendts_cutover" "shop" {
  task_id  = opendts_migration_task.shop.id
  triggers = {
    release = "1"
  }
}
output "status" { value = opendts_cutover.shop.status }
`);
    await workspace.apply();
    expect(await workspace.plan()).toEqual({});
    expect(await tasksOf(attached.stage.client)).toMatchObject([{ state: 'COMPLETED', kind: 'MIGRATION' }]);
    expect((await attached.stage.compare(db, { triggersAndEvents: true })).report).toBe('');

    workspace.write('main.tf', workspace.read('main.tf').toString().replace('"1"', '"2"'));
    const plan = await workspace.plan();
    expect(Object.values(plan).map(({ address, actions }) => [address, actions])).toEqual([
      ['opendts_cutover.shop', ['delete', 'create']],
    ]);
    await workspace.apply();
    expect(await workspace.plan()).toEqual({});
    await workspace.destroy();
    expect((await attached.stage.compare(db)).report).toBe('');
  });

  test('data sources tell what is there, functions compute, tokens live as long as they are wanted', async () => {
    const db = await shop('told');
    using workspace = open(`${syncOf(db.name)}
data "opendts_task" "shop" { id = opendts_sync_task.shop.id }
data "opendts_task_progress" "shop" { task_id = opendts_sync_task.shop.id }
data "opendts_engine_capabilities" "all" {}
data "opendts_tables" "shop" {
  endpoint_id = opendts_endpoint.source.id
  databases   = ["${db.name}"]
}
data "opendts_precheck" "shop" {
  kind      = "synchronization"
  source_id = opendts_endpoint.source.id
  target_id = opendts_endpoint.target.id
  databases = {
    nowhere = {}
  }
}
ephemeral "opendts_access_token" "reader" { scopes = ["read"] }
resource "opendts_api_token" "ci" {
  name   = "ci"
  scopes = ["read", "operate"]
}
output "state" { value = data.opendts_task.shop.state }
output "rows" { value = data.opendts_task_progress.shop.rows_copied }
output "tables" { value = data.opendts_tables.shop.names }
output "precheck" { value = data.opendts_precheck.shop.passed }
output "engines" { value = data.opendts_engine_capabilities.all.engines }
output "host" { value = provider::opendts::parse_dsn("mysql://a:b%40c@db.example:3307/x").host }
`);
    await workspace.apply();
    const outputs = JSON.parse(await workspace.succeed('output', '-json')) as Record<
      string,
      { value: unknown }
    >;
    expect(outputs.state?.value).toBe('running');
    expect(outputs.tables?.value).toEqual(
      ['customers', 'orders', 'sessions', 'tide'].map((table) => `${db.name}.${table}`),
    );
    expect(outputs.precheck?.value).toBe(false);
    expect(outputs.host?.value).toBe('db.example');
    expect(JSON.stringify(outputs.engines?.value)).toContain('mysql');
    expect(await openTokens(attached.stage.client)).toEqual([expect.any(String), 'ci']);
    await workspace.destroy();
    expect(await openTokens(attached.stage.client)).toEqual([expect.any(String)]);
  });
});
