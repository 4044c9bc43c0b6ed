import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Stage } from '../../product/stage.ts';
import { terraformClis } from '../../servers/terraform-clis.ts';
import { attachedProvider } from './attached-provider.ts';
import { removeAll, tasksOf } from './service-objects.ts';
import { account, createShop, endpoints, openShopStage, variablesOf } from './shop-stage.ts';
import { Workspace } from './workspace.ts';

// What was applied wrongly is put right by writing it rightly and applying again.

let stage: Stage;
let provider: Awaited<ReturnType<typeof attachedProvider>>;

beforeAll(async () => {
  stage = await openShopStage();
  provider = await attachedProvider();
});
afterAll(async () => {
  provider?.[Symbol.dispose]();
  await stage?.[Symbol.asyncDispose]();
});

const configurationOf = (database: string) => `${endpoints}
data "opendts_tables" "shop" {
  endpoint_id = opendts_endpoint.source.id
  databases   = ["${database}"]
  depends_on  = [opendts_endpoint.source]
}
resource "opendts_migration_task" "shop" {
  name      = "move ${database}"
  source_id = opendts_endpoint.source.id
  target_id = opendts_endpoint.target.id
  databases = {
    ${database} = {}
  }
  wait_for = "incremental"
}
output "tables" {
  value = data.opendts_tables.shop.names
}
`;

describe.each(await terraformClis())('$name $version', (cli) => {
  afterEach(async () => expect(await removeAll(stage.client)).toEqual([]));

  test('given a wrong password that was applied, when it is corrected, then one apply does the rest', async () => {
    const database = `corrected_${cli.name}`;
    await createShop(stage, database);
    let password = 'wrong';
    const variables = () => ({ ...variablesOf(stage), source_password: password });
    using workspace = new Workspace({ cli, provider: provider.env, variables });
    workspace.write('main.tf', configurationOf(database));
    const first = await workspace.run('apply', '-no-color', '-auto-approve');
    expect(first).toMatchObject({ code: 1, text: expect.stringContaining('Access denied') });
    expect(await tasksOf(stage.client)).toEqual([]);

    password = account.password;
    await workspace.apply();
    expect(await workspace.plan()).toEqual({});
    expect(await tasksOf(stage.client)).toHaveLength(1);
    expect((await stage.compare({ name: database })).report).toBe('');
    await workspace.destroy();
  });
});
