import fs from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openStage, type Stage } from '../../product/stage.ts';
import { TaskHandle } from '../../product/task.ts';
import { terraformClis } from '../../servers/terraform-clis.ts';
import { type InstalledProviders, installedProviders } from './installed-providers.ts';
import { removeAll, tasksOf } from './service-objects.ts';
import { createAccounts, createShop, variablesOf } from './shop-stage.ts';
import { Workspace } from './workspace.ts';

// The examples, as they stand, with the provider as users install it.

const EXAMPLES = path.resolve(import.meta.dirname, '../../../examples/terraform');

let stage: Stage;
let providers: InstalledProviders;

beforeAll(async () => {
  stage = await openStage();
  await createAccounts(stage);
  await createShop(stage);
  providers = await installedProviders();
});
afterAll(async () => {
  providers?.[Symbol.dispose]();
  await stage?.[Symbol.asyncDispose]();
});
afterEach(async () => {
  await removeAll(stage.client);
  await emptyTarget();
});

const emptyTarget = () => stage.target.query('DROP DATABASE IF EXISTS shop; DROP DATABASE IF EXISTS shop_v2');

const moved = {
  name: 'shop',
  as: 'shop_v2',
  tables: [{ name: 'customers' }, { name: 'orders', as: 'purchases' }],
};
const kept = { name: 'shop', excludeTables: ['sessions'] };

describe.each(await terraformClis())('$name $version', (cli) => {
  async function open(example: string) {
    const env = { OPENDTS_ENDPOINT: stage.service.url, OPENDTS_TOKEN: stage.service.token };
    const variables = () => {
      const { service_url, service_token, ...servers } = variablesOf(stage);
      return servers;
    };
    const workspace = new Workspace({ cli, provider: { ...providers.env, ...env }, variables });
    workspace.copy(path.join(EXAMPLES, example));
    await workspace.succeed('init', '-no-color');
    return workspace;
  }

  test.each(fs.readdirSync(EXAMPLES))('%s: its own test passes and leaves nothing', async (example) => {
    using workspace = await open(example);
    const text = await workspace.succeed('test', '-no-color');
    expect(text).toContain('Success! 2 passed, 0 failed.');
    expect(await removeAll(stage.client)).toEqual([]);
  });

  test('migration: from nothing to the cutover in one apply', async () => {
    using workspace = await open('migration');
    await workspace.apply();
    expect(await workspace.plan()).toEqual({});
    expect(await tasksOf(stage.client)).toMatchObject([{ kind: 'MIGRATION', state: 'COMPLETED' }]);
    await workspace.destroy();
    expect(await removeAll(stage.client)).toEqual([]);
    expect((await stage.compare(moved)).report).toBe('');
  });

  test('sync: what changes at the source goes on to arrive', async () => {
    using workspace = await open('sync');
    await workspace.apply();
    expect(await workspace.plan()).toEqual({});
    const [task] = await tasksOf(stage.client);
    await stage.settle(new TaskHandle(stage.client, task!.id), { name: 'shop' });
    expect((await stage.compare(kept)).report).toBe('');
    await workspace.destroy();
    expect(await removeAll(stage.client)).toEqual([]);
    expect((await stage.compare(kept)).report).toBe('');
  });
});
