import { afterEach, describe, expect, test } from 'vitest';
import type { Client } from '../../product/client.ts';
import { TaskHandle } from '../../product/task.ts';
import { terraformClis } from '../../servers/terraform-clis.ts';
import { attachedProvider } from './attached-provider.ts';
import { openTokens, removeAll, tasksOf } from './service-objects.ts';
import { createShop, endpoints, providerBlock } from './shop-stage.ts';
import { shopWith } from './shop-with-provider.ts';
import type { PlannedChange } from './workspace.ts';

// What somebody changes at the service between two applies: the plan shows it, one apply sets it right, and the next plan is empty.

const attached = shopWith(attachedProvider);

const taskOf = (database: string, kind: 'sync' | 'migration', more = '') => `${endpoints}
resource "opendts_${kind}_task" "shop" {
  name      = "keep ${database}"
  source_id = opendts_endpoint.source.id
  target_id = opendts_endpoint.target.id
  databases = {
    ${database} = {
      tables = {
        tide      = {}
        customers = {}
        orders    = {}
      }
    }
  }
  options = {
    full_load_parallelism = 3
    conflict_mode         = "ignore"
  }
${more}
}
`;

const WHOLE = 'wait_for = "incremental"';
const SYNC = 'opendts_sync_task.shop';
const MIGRATION = 'opendts_migration_task.shop';
const TOKEN = 'opendts_api_token.ci';

interface Content {
  readonly name: string;
  readonly options: { readonly fullLoadParallelism: number; readonly retryOtherMinutes: number };
  readonly objects: { readonly databases: readonly { readonly tables: readonly { name: string }[] }[] };
}

async function contentOf(client: Client, id: string): Promise<Content> {
  const { task } = await client.query<{ task: Content }>(
    `query($id: ID!) { task(id: $id) {
      name options { fullLoadParallelism retryOtherMinutes } objects { databases { tables { name } } } } }`,
    { id },
  );
  return task;
}

const actionsOf = (plan: Readonly<Record<string, PlannedChange>>) =>
  Object.fromEntries(Object.values(plan).map(({ address, actions }) => [address, actions]));

describe.each(await terraformClis())('$name $version', (cli) => {
  const shop = async (what: string) => {
    const db = { name: `${what}_${cli.name}` };
    await createShop(attached.stage, db.name);
    return db;
  };

  afterEach(async () => expect(await removeAll(attached.stage.client)).toEqual([]));

  test('given a task whose name and options somebody changed, then the plan updates it, and the same task is as it was', async () => {
    const { client } = attached.stage;
    const db = await shop('configured');
    using workspace = attached.open(cli, taskOf(db.name, 'sync', WHOLE));
    await workspace.apply();
    const [task] = await tasksOf(client);
    const before = await contentOf(client, task!.id);

    const options = { fullLoadParallelism: 9, retryOtherMinutes: 77 };
    await client.mutate('configureTask', { id: task!.id, name: 'of somebody else', options }, 'id');
    const plan = await workspace.plan();
    expect(actionsOf(plan)).toEqual({ [SYNC]: ['update'] });
    expect(plan[SYNC]).toMatchObject({
      before: { name: 'of somebody else', options: { full_load_parallelism: 9, retry_other_minutes: 77 } },
      after: { id: task!.id, name: `keep ${db.name}`, options: { full_load_parallelism: 3 } },
    });
    await workspace.apply();
    expect(await tasksOf(client)).toEqual([task]);
    expect(await contentOf(client, task!.id)).toEqual(before);
    expect(await workspace.plan()).toEqual({});
    await workspace.destroy();
  });

  test('given a synchronization to which somebody gave other tables, then the plan updates it, and the same task carries all that is wanted', async () => {
    const { client } = attached.stage;
    const db = await shop('modified');
    using workspace = attached.open(cli, taskOf(db.name, 'sync', WHOLE));
    await workspace.apply();
    const [task] = await tasksOf(client);
    const handle = new TaskHandle(client, task!.id);

    const tables = ['tide', 'orders', 'sessions'].map((name) => ({ name }));
    const objects = { databases: [{ name: db.name, tables }] };
    await client.mutate('modifyObjects', { id: task!.id, objects }, 'id');
    const plan = await workspace.plan();
    expect(actionsOf(plan)).toEqual({ [SYNC]: ['update'] });
    expect(plan[SYNC]).toMatchObject({
      before: { databases: { [db.name]: { tables: { sessions: {} } } } },
      after: { id: task!.id, databases: { [db.name]: { tables: { customers: {} } } } },
    });
    expect(plan[SYNC]?.after).not.toMatchObject({ databases: { [db.name]: { tables: { sessions: {} } } } });
    await workspace.apply();
    expect(await tasksOf(client)).toEqual([task]);
    expect(await workspace.plan()).toEqual({});
    await attached.stage.run(db.name, ["INSERT INTO customers VALUES (3, 'Eve')"]);
    await attached.stage.settle(handle, db);
    const carried = ['tide', 'customers', 'orders'].map((name) => ({ name }));
    expect((await attached.stage.compare({ ...db, tables: carried })).report).toBe('');
    await workspace.destroy();
  });

  test('given a task that is gone with its endpoints, then the plan creates them, and one apply heals all', async () => {
    const { client } = attached.stage;
    const db = await shop('all_gone');
    using workspace = attached.open(cli, taskOf(db.name, 'sync', WHOLE));
    await workspace.apply();
    const before = await workspace.state();
    expect(await removeAll(client)).toHaveLength(3);

    expect(actionsOf(await workspace.plan())).toEqual({
      'opendts_endpoint.source': ['create'],
      'opendts_endpoint.target': ['create'],
      [SYNC]: ['create'],
    });
    await workspace.apply();
    expect(await workspace.plan()).toEqual({});
    const [task] = await tasksOf(client);
    expect(task).toMatchObject({ name: `keep ${db.name}`, state: 'RUNNING' });
    expect(task?.id).not.toBe(before[SYNC]?.id);
    await attached.stage.settle(new TaskHandle(client, task!.id), db);
    const carried = ['tide', 'customers', 'orders'].map((name) => ({ name }));
    expect((await attached.stage.compare({ ...db, tables: carried })).report).toBe('');
    await workspace.destroy();
  });

  test('given a migration that is gone before it was ever started, then the plan creates it', async () => {
    const { client } = attached.stage;
    const db = await shop('never_started');
    using workspace = attached.open(cli, taskOf(db.name, 'migration', 'desired_status = "paused"'));
    await workspace.apply();
    const [task] = await tasksOf(client);
    expect((await workspace.state())[MIGRATION]).toMatchObject({ id: task?.id, status: 'not_started' });
    await new TaskHandle(client, task!.id).destroy();

    expect(actionsOf(await workspace.plan())).toEqual({ [MIGRATION]: ['create'] });
    await workspace.apply();
    expect(await workspace.plan()).toEqual({});
    const [anew, ...more] = await tasksOf(client);
    expect(more).toEqual([]);
    expect(anew?.id).not.toBe(task?.id);
    await workspace.destroy();
  });

  test('given a token that somebody revoked, then the plan creates another', async () => {
    const { client } = attached.stage;
    const ours = await openTokens(client);
    using workspace = attached.open(
      cli,
      `${providerBlock}resource "opendts_api_token" "ci" {\n  name   = "ci"\n  scopes = ["read"]\n}\n`,
    );
    await workspace.apply();
    const before = (await workspace.state())[TOKEN];
    await client.mutate('revokeApiToken', { id: before?.id }, 'id');
    expect(await openTokens(client)).toEqual(ours);

    expect(actionsOf(await workspace.plan())).toEqual({ [TOKEN]: ['create'] });
    await workspace.apply();
    expect(await workspace.plan()).toEqual({});
    expect(await openTokens(client)).toEqual([...ours, 'ci']);
    const after = (await workspace.state())[TOKEN];
    expect(after?.id).not.toBe(before?.id);
    expect(after?.secret).not.toBe(before?.secret);
    await workspace.destroy();
    expect(await openTokens(client)).toEqual(ours);
  });
});
