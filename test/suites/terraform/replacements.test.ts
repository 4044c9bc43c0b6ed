import { afterEach, describe, expect, test } from 'vitest';
import { terraformClis } from '../../servers/terraform-clis.ts';
import { attachedProvider } from './attached-provider.ts';
import { removeAll, tasksOf } from './service-objects.ts';
import { account, createShop, endpoints } from './shop-stage.ts';
import { shopWith } from './shop-with-provider.ts';
import type { Workspace } from './workspace.ts';

// Nothing that works is thrown away for something that cannot begin, and each remedy that is told works.

const attached = shopWith(attachedProvider);

const migrationOf = (database: string, { selection = '{}', more = '' } = {}) => `${endpoints}
resource "opendts_migration_task" "shop" {
  name      = "move ${database}"
  source_id = opendts_endpoint.source.id
  target_id = opendts_endpoint.target.id
  databases = {
    ${database} = ${selection}
  }
  wait_for = "incremental"
${more}
}
`;

const TASK = 'opendts_migration_task.shop';
const IGNORE = 'options = {\n conflict_mode = "ignore"\n }';

describe.each(await terraformClis())('$name $version', (cli) => {
  const open = async (what: string) => {
    const database = `${what}_${cli.name}`;
    await createShop(attached.stage, database);
    const workspace = attached.open(cli, migrationOf(database));
    await workspace.apply();
    const [task, ...more] = await tasksOf(attached.stage.client);
    expect(more).toEqual([]);
    return { database, workspace, task: task! };
  };
  /** What a run says that ends with 1, without the frame and the line breaks. */
  const refused = async (workspace: Workspace, ...args: string[]) => {
    const { code, text } = await workspace.run(...args);
    expect({ code, text }).toMatchObject({ code: 1 });
    return text.replace(/[│╷╵]/g, ' ').replace(/\s+/g, ' ');
  };

  // Each test destroys what it made: nothing may be left at the service.
  afterEach(async () => expect(await removeAll(attached.stage.client)).toEqual([]));

  test('given a running migration, when it is replaced, then the plan says what is in the way, and with that done it is', async () => {
    const { database, workspace: opened, task } = await open('replaced');
    using workspace = opened;
    const words = await refused(workspace, 'apply', '-no-color', '-auto-approve', `-replace=${TASK}`);
    expect(words).toContain('The precheck would fail at target.conflicts');
    expect(words).toContain('options.conflict_mode = "ignore"');
    await workspace.succeed('taint', TASK);
    expect(await refused(workspace, 'plan', '-no-color')).toContain(
      'The task is under way, and would be replaced because it is tainted',
    );
    await workspace.succeed('untaint', TASK);
    expect(await tasksOf(attached.stage.client)).toEqual([task]);

    workspace.write('main.tf', migrationOf(database, { more: IGNORE }));
    expect((await workspace.plan(`-replace=${TASK}`))[TASK]).toMatchObject({ actions: ['delete', 'create'] });
    await workspace.succeed('apply', '-no-color', 'planned');
    expect(await workspace.plan()).toEqual({});
    const [another, ...more] = await tasksOf(attached.stage.client);
    expect(more).toEqual([]);
    expect(another?.id).not.toBe(task.id);
    expect((await attached.stage.compare({ name: database })).report).toBe('');
    await workspace.destroy();
  });

  test('given a running migration, when it shall carry something else, then it has to be stopped before, and is replaced', async () => {
    const { database, workspace: opened, task } = await open('reselected');
    using workspace = opened;
    const change = { selection: '{ exclude_tables = ["sessions"] }', more: IGNORE };
    workspace.write('main.tf', migrationOf(database, change));
    const words = await refused(workspace, 'plan', '-no-color', `-replace=${TASK}`);
    expect(words).toContain('first apply desired_status = "stopped" without this change');

    workspace.write('main.tf', migrationOf(database, { more: 'desired_status = "stopped"' }));
    await workspace.apply();
    expect(await tasksOf(attached.stage.client)).toMatchObject([{ id: task.id, state: 'STOPPED' }]);
    workspace.write('main.tf', migrationOf(database, change));
    expect((await workspace.plan())[TASK]).toMatchObject({ actions: ['delete', 'create'] });
    await workspace.succeed('apply', '-no-color', 'planned');
    expect(await workspace.plan()).toEqual({});
    expect((await workspace.state())[TASK]).toMatchObject({ status: 'running' });
    expect((await tasksOf(attached.stage.client)).map(({ id }) => id)).not.toContain(task.id);
    await workspace.destroy();
  });

  test('given a task that has to stay while it runs, then no replacement removes it, nor what a taint asks for', async () => {
    const { database, workspace: opened, task } = await open('kept');
    using workspace = opened;
    const kept = `deletion_policy = "refuse_if_running"\n${IGNORE}`;
    workspace.write('main.tf', migrationOf(database, { more: kept }));
    await workspace.apply();

    const applying = ['apply', '-no-color', '-auto-approve'];
    expect(await refused(workspace, ...applying, `-replace=${TASK}`)).toContain(
      'The task is running and may not be destroyed',
    );
    await workspace.succeed('taint', TASK);
    expect(await refused(workspace, ...applying)).toContain('would be replaced because it is tainted');
    expect(await tasksOf(attached.stage.client)).toEqual([task]);
    await workspace.succeed('untaint', TASK);
    workspace.write('main.tf', migrationOf(database, { more: IGNORE }));
    await workspace.apply();
    expect(await tasksOf(attached.stage.client)).toEqual([task]);
    await workspace.destroy();
  });

  test('given endpoints that are imported, when their passwords have a version or stand in the state, then that is taken down', async () => {
    const { database, workspace: opened } = await open('imported');
    using workspace = opened;
    const sources = ['opendts_endpoint.source', 'opendts_endpoint.target'];
    await workspace.succeed('state', 'rm', ...sources);
    for (const address of sources)
      await workspace.succeed('import', '-no-color', address, `shop ${address.split('.')[1]}`);
    const before = await workspace.state();

    const versioned = migrationOf(database)
      .replace(
        'password_wo = var.source_password',
        'password_wo = var.source_password\npassword_wo_version = 3',
      )
      .replace('password_wo = var.target_password', `password = "${account.password}"`);
    workspace.write('main.tf', versioned);
    const plan = await workspace.plan();
    expect(Object.entries(plan).map(([address, { actions }]) => [address, actions])).toEqual(
      sources.map((address) => [address, ['update']]),
    );
    await workspace.succeed('apply', '-no-color', 'planned');
    expect(await workspace.plan()).toEqual({});
    const after = await workspace.state();
    for (const address of sources)
      expect(after[address]?.secret_fingerprint).toBe(before[address]?.secret_fingerprint);
    expect(after[sources[0]!]?.password_wo_version).toBe(3);
    await workspace.destroy();
  });
});
