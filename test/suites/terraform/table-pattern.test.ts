import { afterEach, describe, expect, test } from 'vitest';
import { terraformClis } from '../../servers/terraform-clis.ts';
import { attachedProvider } from './attached-provider.ts';
import { removeAll } from './service-objects.ts';
import { createShop, endpoints } from './shop-stage.ts';
import { shopWith } from './shop-with-provider.ts';
import { lineOf, wordsOf } from './words.ts';

// The tables that a server has, picked by a pattern, as the map of those that a task carries.

const attached = shopWith(attachedProvider);

const picking = (database: string, picked: string) => `${endpoints}
data "opendts_tables" "shop" {
  endpoint_id = opendts_endpoint.source.id
  databases   = ["${database}"]
}

resource "opendts_sync_task" "shop" {
  name      = "keep ${database}"
  source_id = opendts_endpoint.source.id
  target_id = opendts_endpoint.target.id
  databases = {
    ${database} = {
      tables = {
        for name in ${picked} :
        split(".", name)[1] => {}
      }
    }
  }
  wait_for = "incremental"
}
`;

const byPattern = (pattern: string, names = 'data.opendts_tables.shop.names') =>
  `provider::opendts::table_pattern("${pattern}", ${names})`;

describe.each(await terraformClis())('$name $version', (cli) => {
  afterEach(async () => expect(await removeAll(attached.stage.client)).toEqual([]));

  test('given a pattern, then the task carries the tables that match it, and takes in one that comes to match', async () => {
    const database = `picked_${cli.name}`;
    await createShop(attached.stage, database);
    using workspace = attached.open(cli, picking(database, byPattern(`${database}.*ers`)));
    await workspace.apply();
    expect(await workspace.plan()).toEqual({});
    const tables = async () =>
      (await attached.stage.target.query(`SHOW TABLES FROM ${database}`)).flatMap(Object.values);
    expect(await tables()).toEqual(['customers', 'orders']);

    await attached.stage.run(database, ['CREATE TABLE offers (id INT PRIMARY KEY)']);
    expect(await workspace.plan()).toMatchObject({ 'opendts_sync_task.shop': { actions: ['update'] } });
    await workspace.apply();
    expect(await workspace.plan()).toEqual({});
    expect(await tables()).toEqual(['customers', 'offers', 'orders']);
    await workspace.destroy();
  });

  test.each([
    [
      'pattern',
      byPattern('!', '["shop.orders"]'),
      'The pattern is empty: write "*.*" for the tables of all databases.',
    ],
    ['names', byPattern('*', '["shop", null]'), 'A name in the list is null: take it out'],
  ])('says at the call what is wrong with the argument %s', async (argument, call, reason) => {
    const main = picking('shop', call);
    using workspace = attached.open(cli, main);
    const { code, text } = await workspace.run('plan', '-no-color');
    expect(code).toBe(1);
    const words = wordsOf(text);
    expect(words).toContain(`Invalid value for "${argument}" parameter: ${reason}`);
    expect(words).toContain(`on main.tf line ${lineOf(main, 'table_pattern')}`);
  });
});
