import fs from 'node:fs';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { TaskHandle } from '../../product/task.ts';
import { terraformClis } from '../../servers/terraform-clis.ts';
import { attachedProvider } from './attached-provider.ts';
import { removeAll, tasksOf } from './service-objects.ts';
import { createShop, endpoints } from './shop-stage.ts';
import { shopWith } from './shop-with-provider.ts';

// The guide to a synchronization, as it stands: its plans are empty while the lag changes.

const page = fs.readFileSync(new URL('../../../docs/terraform.md', import.meta.url), 'utf8');
const [, guide = ''] = /## Guide: a synchronization\s+```hcl\n([\s\S]*?)```/.exec(page) ?? [];

const attached = shopWith(attachedProvider);
beforeAll(() => createShop(attached.stage));
afterEach(async () => {
  await removeAll(attached.stage.client);
  await attached.stage.target.query('DROP DATABASE IF EXISTS shop');
});

describe.each(await terraformClis())('$name $version', (cli) => {
  test('given a target that falls behind, then each plan after the apply is empty', async () => {
    using workspace = attached.open(cli, `${endpoints}${guide}`);
    await workspace.apply();
    const [summary] = await tasksOf(attached.stage.client);
    const task = new TaskHandle(attached.stage.client, summary!.id);
    await task.waitUntil(({ phase }) => phase === 'APPLY', 'the copy is whole', 60);

    const lock = await attached.stage.target.connect();
    await lock.query('LOCK TABLES shop.customers WRITE');
    try {
      await attached.stage.run('shop', [
        `INSERT INTO customers VALUES (${Date.now() % 1_000_000_000}, 'Eve')`,
      ]);
      for (const behind of [1000, 3000]) {
        await task.waitUntil(
          ({ progress }) => Number(progress?.lagMillis ?? 0) > behind,
          `it is ${behind} ms behind`,
          60,
        );
        const { code, text } = await workspace.run('plan', '-no-color', '-detailed-exitcode');
        expect({ code, text }).toEqual({ code: 0, text: expect.stringContaining('No changes') });
      }
    } finally {
      lock.destroy();
    }
  });
});
