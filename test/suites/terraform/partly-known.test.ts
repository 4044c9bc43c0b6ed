import { afterEach, describe, expect, test } from 'vitest';
import { TaskHandle } from '../../product/task.ts';
import { terraformClis } from '../../servers/terraform-clis.ts';
import { attachedProvider } from './attached-provider.ts';
import { removeAll } from './service-objects.ts';
import { createShop, endpoints } from './shop-stage.ts';
import { shopWith } from './shop-with-provider.ts';

// Arguments of which a plan knows a part: the CLIs send with what is unknown what they know of it, such as how a name begins.

const attached = shopWith(attachedProvider);

const SOURCE_ID = '$' + '{opendts_endpoint.source.id}';

const partlyKnown = (database: string) => `${endpoints.replace('"shop target"', `"beside ${SOURCE_ID}"`)}
resource "opendts_sync_task" "shop" {
  name      = "keep ${SOURCE_ID}"
  source_id = opendts_endpoint.source.id
  target_id = opendts_endpoint.target.id
  databases = {
    ${database} = {
      target = "copy_${SOURCE_ID}"
    }
  }
  options = {
    full_load_parallelism = length(opendts_endpoint.source.id)
  }
  wait_for = "incremental"
}
`;

describe.each(await terraformClis())('$name $version', (cli) => {
  afterEach(async () => expect(await removeAll(attached.stage.client)).toEqual([]));

  test('given names that hold the id of what is made by the same apply, then all is made as written, and the next plan is empty', async () => {
    const database = `partly_${cli.name}`;
    await createShop(attached.stage, database);
    using workspace = attached.open(cli, partlyKnown(database));
    const planned = await workspace.plan();
    expect(planned['opendts_sync_task.shop']?.after).not.toHaveProperty('name');
    await workspace.succeed('apply', '-no-color', 'planned');
    expect(await workspace.plan()).toEqual({});

    const state = await workspace.state();
    const source = String(state['opendts_endpoint.source']?.id);
    expect(state['opendts_endpoint.target']).toMatchObject({ name: `beside ${source}` });
    const task = state['opendts_sync_task.shop'];
    expect(task).toMatchObject({
      name: `keep ${source}`,
      databases: { [database]: { target: `copy_${source}` } },
      options: { full_load_parallelism: source.length },
    });
    const copied = { name: database, as: `copy_${source}` };
    await attached.stage.settle(new TaskHandle(attached.stage.client, String(task?.id)), copied);
    expect((await attached.stage.compare(copied)).report).toBe('');
    await workspace.destroy();
  });
});
