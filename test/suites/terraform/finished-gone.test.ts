import { afterEach, describe, expect, test } from 'vitest';
import { TaskHandle } from '../../product/task.ts';
import { terraformClis } from '../../servers/terraform-clis.ts';
import { attachedProvider } from './attached-provider.ts';
import { removeAll, tasksOf } from './service-objects.ts';
import { createShop, endpoints } from './shop-stage.ts';
import { shopWith } from './shop-with-provider.ts';

// A configuration that asks for more than its migration, which was finished and destroyed since: data of the task, and the cutover again.

const attached = shopWith(attachedProvider);

const configurationOf = (database: string, release = '1') => `${endpoints}
resource "opendts_migration_task" "shop" {
  name      = "move ${database}"
  source_id = opendts_endpoint.source.id
  target_id = opendts_endpoint.target.id
  databases = {
    ${database} = {}
  }
  wait_for = "incremental"
}
resource "terraform_data" "gate" {
  triggers_replace = ["${release}"]
}
resource "opendts_cutover" "shop" {
  task_id  = opendts_migration_task.shop.id
  triggers = {
    release = "${release}"
  }
}
resource "opendts_cutover" "gated" {
  task_id    = opendts_migration_task.shop.id
  depends_on = [opendts_cutover.shop]
  lifecycle {
    replace_triggered_by = [terraform_data.gate]
  }
}
data "opendts_task" "shop" {
  id         = opendts_migration_task.shop.id
  depends_on = [opendts_migration_task.shop]
}
data "opendts_task" "named" {
  name = opendts_migration_task.shop.name
}
data "opendts_task_progress" "shop" {
  task_id = opendts_migration_task.shop.id
}
output "shop" {
  value = data.opendts_task.shop
}
output "named" {
  value = data.opendts_task.named.status
}
output "progress" {
  value = "\${data.opendts_task_progress.shop.state}, \${data.opendts_task_progress.shop.percent}"
}
`;

describe.each(await terraformClis())('$name $version', (cli) => {
  afterEach(async () => expect(await removeAll(attached.stage.client)).toEqual([]));

  test('given data of the task and another trigger of its cutover, then plans and applies go on, and a destroy forgets all', async () => {
    const database = `gone_${cli.name}`;
    await createShop(attached.stage, database);
    using workspace = attached.open(cli, configurationOf(database));
    await workspace.apply();
    await workspace.apply(); // the state knows it as finished, and the outputs
    const [task] = await tasksOf(attached.stage.client);
    await new TaskHandle(attached.stage.client, task!.id).destroy();

    const outputs = async () => JSON.parse(await workspace.succeed('output', '-json', '-no-color'));
    const before = await outputs();
    await workspace.apply();
    expect(await outputs()).toEqual({
      ...before,
      shop: { ...before.shop, value: { ...before.shop.value, phase: null } },
    });
    expect(before.progress.value).toBe('completed, 100');
    expect(await workspace.plan()).toEqual({});

    workspace.write('main.tf', configurationOf(database, '2'));
    const planned = await workspace.plan();
    expect(Object.keys(planned).filter((address) => address.startsWith('opendts_'))).toEqual([
      'opendts_cutover.gated',
      'opendts_cutover.shop',
    ]);
    await workspace.apply();
    expect(await workspace.plan()).toEqual({});
    expect(await tasksOf(attached.stage.client)).toEqual([]);
    await workspace.destroy();
    expect(await workspace.state()).toEqual({});
  });
});
