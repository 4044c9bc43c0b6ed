import { afterEach, describe, expect, test } from 'vitest';
import { TaskHandle } from '../../product/task.ts';
import { terraformClis } from '../../servers/terraform-clis.ts';
import { attachedProvider } from './attached-provider.ts';
import { removeAll, tasksOf } from './service-objects.ts';
import { account, createShop, endpoints } from './shop-stage.ts';
import { shopWith } from './shop-with-provider.ts';

// What was applied wrongly is put right by writing it rightly and applying again.

const attached = shopWith(attachedProvider);

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
  afterEach(async () => expect(await removeAll(attached.stage.client)).toEqual([]));

  test('given a wrong password that was applied, when it is corrected, then one apply does the rest', async () => {
    const database = `corrected_${cli.name}`;
    await createShop(attached.stage, database);
    let password = 'wrong';
    using workspace = attached.open(cli, configurationOf(database), {
      given: () => ({ source_password: password }),
    });
    const first = await workspace.run('apply', '-no-color', '-auto-approve');
    expect(first).toMatchObject({ code: 1, text: expect.stringContaining('Access denied') });
    expect(await tasksOf(attached.stage.client)).toEqual([]);

    password = account.password;
    await workspace.apply();
    expect(await workspace.plan()).toEqual({});
    expect(await tasksOf(attached.stage.client)).toHaveLength(1);
    expect((await attached.stage.compare({ name: database })).report).toBe('');
    await workspace.destroy();
  });

  test('given a wrong engine that was applied, when it is corrected, then the endpoint is changed in place and the task goes on', async () => {
    const database = `engine_${cli.name}`;
    await createShop(attached.stage, database);
    const configuration = `${endpoints}
resource "opendts_sync_task" "shop" {
  name      = "carry ${database}"
  source_id = opendts_endpoint.source.id
  target_id = opendts_endpoint.target.id
  databases = {
    ${database} = {}
  }
  wait_for = "incremental"
}
`;
    using workspace = attached.open(cli, configuration.replace('"mysql"', '"mariadb"'));
    await workspace.apply();
    const before = await tasksOf(attached.stage.client);
    workspace.write('main.tf', configuration);
    expect(await workspace.plan()).toMatchObject({ 'opendts_endpoint.source': { actions: ['update'] } });
    await workspace.apply();
    expect(await workspace.plan()).toEqual({});
    expect(await tasksOf(attached.stage.client)).toMatchObject(
      before.map(({ id }) => ({ id, state: 'RUNNING' })),
    );
    await attached.stage.run(database, ["INSERT INTO customers VALUES (3, 'Cleo')"]);
    await attached.stage.settle(new TaskHandle(attached.stage.client, before[0]!.id), { name: database });
    await workspace.destroy();
  });
});
