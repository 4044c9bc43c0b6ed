import path from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { TaskHandle } from '../../product/task.ts';
import { runProgram } from '../../servers/run-program.ts';
import { terraformClis } from '../../servers/terraform-clis.ts';
import { installedProviders } from './installed-providers.ts';
import { endpointsOf, removeAll, tasksOf } from './service-objects.ts';
import { createShop } from './shop-stage.ts';
import { shopWith } from './shop-with-provider.ts';
import type { Workspace } from './workspace.ts';

// The stacks of examples/cdktf: synthesized, applied, destroyed. hashicorp/null is our stand-in for it.

const PROGRAM = path.resolve(import.meta.dirname, '../../../examples/cdktf/main.ts');

const installed = shopWith(() => installedProviders({ withNull: true }));

beforeAll(() => createShop(installed.stage));
afterEach(async () => {
  await removeAll(installed.stage.client);
  await installed.stage.target.query('DROP DATABASE IF EXISTS shop; DROP DATABASE IF EXISTS shop_v2');
});

describe.each(await terraformClis())('$name $version with a stand-in for hashicorp/null', (cli) => {
  function open() {
    const env = {
      OPENDTS_ENDPOINT: installed.stage.service.url,
      OPENDTS_TOKEN: installed.stage.service.token,
    };
    return installed.open(cli, undefined, { env });
  }

  /** Synthesizes all stacks and takes this one. */
  async function synthesize(workspace: Workspace, stack: string, release: string): Promise<void> {
    await runProgram([process.execPath, PROGRAM], { cwd: workspace.folder, env: { RELEASE: release } });
    workspace.copy(path.join(workspace.folder, 'cdktf.out/stacks', stack));
  }

  test('a migration is made with its cutover; another release asks for the cutover again', async () => {
    const moved = {
      name: 'shop',
      as: 'shop_v2',
      tables: [{ name: 'customers' }, { name: 'orders', as: 'purchases' }],
    };
    using workspace = open();
    await synthesize(workspace, 'migration', '1');
    await workspace.succeed('init', '-no-color');
    await workspace.apply();
    expect(await workspace.plan()).toEqual({});
    expect(await tasksOf(installed.stage.client)).toMatchObject([
      { name: 'migration/shop', state: 'COMPLETED' },
    ]);
    expect((await installed.stage.compare(moved)).report).toBe('');

    await synthesize(workspace, 'migration', '2');
    const replaced = Object.values(await workspace.plan()).map(({ address, actions }) => [
      address.split('.')[0],
      actions,
    ]);
    expect(replaced).toEqual([
      ['null_resource', ['delete', 'create']],
      ['opendts_cutover', ['delete', 'create']],
    ]);
    await workspace.apply();
    expect(await workspace.plan()).toEqual({});
    await workspace.destroy();
    expect(await removeAll(installed.stage.client)).toEqual([]);
    expect((await installed.stage.compare(moved)).report).toBe('');
  });

  test('both stacks stand side by side at one service', async () => {
    using migration = open();
    using sync = open();
    for (const [workspace, stack] of [
      [migration, 'migration'],
      [sync, 'sync'],
    ] as const) {
      await synthesize(workspace, stack, '1');
      await workspace.succeed('init', '-no-color');
      await workspace.apply();
    }
    expect((await tasksOf(installed.stage.client)).map(({ name }) => name)).toEqual([
      'migration/shop',
      'sync/shop',
    ]);
    expect((await endpointsOf(installed.stage.client)).map(({ name }) => name).sort()).toEqual([
      ...['migration/servers/source', 'migration/servers/target'],
      ...['sync/servers/source', 'sync/servers/target'],
    ]);
    for (const workspace of [migration, sync]) expect(await workspace.plan()).toEqual({});
    await migration.destroy();
    expect((await tasksOf(installed.stage.client)).map(({ name }) => name)).toEqual(['sync/shop']);
    await sync.destroy();
    expect(await removeAll(installed.stage.client)).toEqual([]);
  });

  test('a synchronization keeps a second server in step', async () => {
    using workspace = open();
    await synthesize(workspace, 'sync', '1');
    await workspace.succeed('init', '-no-color');
    await workspace.apply();
    expect(await workspace.plan()).toEqual({});
    await installed.stage.run('shop', ['INSERT INTO orders (customer, total) VALUES (1, 4.00)']);
    const [task] = await tasksOf(installed.stage.client);
    await installed.stage.settle(new TaskHandle(installed.stage.client, task!.id), { name: 'shop' });
    expect((await installed.stage.compare({ name: 'shop', excludeTables: ['sessions'] })).report).toBe('');
    await workspace.destroy();
    expect(await removeAll(installed.stage.client)).toEqual([]);
  });
});
