import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { TaskHandle } from '../../product/task.ts';
import { terraformClis } from '../../servers/terraform-clis.ts';
import { installedProviders } from './installed-providers.ts';
import { removeAll, tasksOf } from './service-objects.ts';
import { createShop } from './shop-stage.ts';
import { shopWith } from './shop-with-provider.ts';

// The examples, as they stand, with the provider as users install it.

const EXAMPLES = path.resolve(import.meta.dirname, '../../../examples/terraform');
const CONFIGURATIONS = fs
  .readdirSync(EXAMPLES, { withFileTypes: true })
  .filter((each) => each.isDirectory())
  .map(({ name }) => name);

const installed = shopWith(installedProviders);

beforeAll(() => createShop(installed.stage));
afterEach(async () => {
  await removeAll(installed.stage.client);
  await emptyTarget();
});

const emptyTarget = () =>
  installed.stage.target.query('DROP DATABASE IF EXISTS shop; DROP DATABASE IF EXISTS shop_v2');

/** The checkpoints that the target keeps. */
const checkpoints = async () => {
  const rows = await installed.stage.target.query('SELECT task_id FROM opendts.checkpoints');
  return rows.map((row) => row.task_id);
};

const moved = {
  name: 'shop',
  as: 'shop_v2',
  tables: [{ name: 'customers' }, { name: 'orders', as: 'purchases' }],
};
const kept = { name: 'shop', excludeTables: ['sessions'] };

describe.each(await terraformClis())('$name $version', (cli) => {
  async function open(example: string) {
    const env = {
      OPENDTS_ENDPOINT: installed.stage.service.url,
      OPENDTS_TOKEN: installed.stage.service.token,
    };
    const workspace = installed.open(cli, undefined, { env });
    workspace.copy(path.join(EXAMPLES, example));
    await workspace.succeed('init', '-no-color');
    return workspace;
  }

  test.each(CONFIGURATIONS)('%s: its own test passes and leaves nothing', async (example) => {
    using workspace = await open(example);
    const text = await workspace.succeed('test', '-no-color');
    expect(text).toContain('Success! 2 passed, 0 failed.');
    expect(await removeAll(installed.stage.client)).toEqual([]);
  });

  test('migration: from nothing to the cutover in one apply; a destroy leaves the data alone', async () => {
    using workspace = await open('migration');
    await workspace.apply();
    expect(await workspace.plan()).toEqual({});
    expect(await tasksOf(installed.stage.client)).toMatchObject([{ kind: 'MIGRATION', state: 'COMPLETED' }]);
    await workspace.destroy();
    expect(await checkpoints()).toEqual([]);
    expect(await removeAll(installed.stage.client)).toEqual([]);
    expect((await installed.stage.compare(moved)).report).toBe('');
  });

  test('sync: what changes at the source goes on to arrive; a destroy leaves the data alone', async () => {
    using workspace = await open('sync');
    await workspace.apply();
    expect(await workspace.plan()).toEqual({});
    const [task] = await tasksOf(installed.stage.client);
    await installed.stage.settle(new TaskHandle(installed.stage.client, task!.id), { name: 'shop' });
    expect((await installed.stage.compare(kept)).report).toBe('');
    expect(await checkpoints()).toEqual([task!.id]);
    await workspace.destroy();
    expect(await checkpoints()).toEqual([]);
    expect(await removeAll(installed.stage.client)).toEqual([]);
    expect((await installed.stage.compare(kept)).report).toBe('');
  });
});
