import { afterEach, describe, expect, test } from 'vitest';
import { terraformClis } from '../../servers/terraform-clis.ts';
import { installedProviders } from './installed-providers.ts';
import { endpointsOf, removeAll, tasksOf } from './service-objects.ts';
import { createShop, endpoints } from './shop-stage.ts';
import { shopWith } from './shop-with-provider.ts';
import { wordsOf } from './words.ts';

// Two provider blocks of one service: a process each, in one run of the CLI. What one makes is nothing that the other finds left behind.

const installed = shopWith(installedProviders);
afterEach(() => removeAll(installed.stage.client));

const SECOND = `
provider "opendts" {
  alias    = "second"
  endpoint = var.service_url
  token    = var.service_token
}
`;

const taskOf = (database: string, block: string, more = '') => `
resource "opendts_sync_task" "${block}" {
  name      = "carry ${database}"
  source_id = opendts_endpoint.source.id
  target_id = opendts_endpoint.target.id
  databases = {
    ${database} = {}
  }
  options = {
    conflict_mode = "ignore"
  }
  wait_for = "incremental"
${more}
}
`;

const again = endpoints
  .slice(
    endpoints.indexOf('resource "opendts_endpoint" "source"'),
    endpoints.indexOf('variable "target_host"'),
  )
  .replace('"source" {', '"again" {\n  provider = opendts.second\n');

describe.each(await terraformClis())('$name $version', (cli) => {
  const open = async (main: string) => {
    const workspace = installed.open(cli, main);
    await workspace.succeed('init', '-no-color');
    return workspace;
  };

  test.each([
    ['at once', ''],
    ['one after the other', '  depends_on = [opendts_sync_task.one]'],
  ])(
    'given two blocks of one task, when both are applied %s, then one has it, and the other is refused',
    async (when, more) => {
      const database = `${when.replaceAll(' ', '_')}_${cli.name}`;
      await createShop(installed.stage, database);
      const main = endpoints + SECOND + taskOf(database, 'one');
      const other = taskOf(database, 'other', `  provider = opendts.second\n${more}`);
      using workspace = await open(main + other);
      const { code, text } = await workspace.run('apply', '-no-color', '-auto-approve');
      expect({ code, text: wordsOf(text) }).toEqual({
        code: 1,
        text: expect.stringContaining(`Error: Another task has the name "carry ${database}"`),
      });
      const tasks = await tasksOf(installed.stage.client);
      expect(tasks).toMatchObject([{ name: `carry ${database}`, state: 'RUNNING' }]);
      const held = Object.keys(await workspace.state()).filter((address) => /sync_task/.test(address));
      expect(held).toHaveLength(1);

      workspace.write(
        'main.tf',
        endpoints + SECOND + (held[0]?.endsWith('one') ? taskOf(database, 'one') : other),
      );
      await workspace.apply();
      expect(await tasksOf(installed.stage.client)).toEqual(tasks);
      await workspace.destroy();
      expect(await tasksOf(installed.stage.client)).toEqual([]);
    },
  );

  test('given two blocks of one endpoint, when both are applied, then one has it, and the other is refused', async () => {
    using workspace = await open(endpoints + SECOND + again);
    const { code, text } = await workspace.run('apply', '-no-color', '-auto-approve');
    expect({ code, text: wordsOf(text) }).toEqual({
      code: 1,
      text: expect.stringContaining('Error: Another endpoint has the name "shop source"'),
    });
    expect((await endpointsOf(installed.stage.client)).map(({ name }) => name).sort()).toEqual([
      'shop source',
      'shop target',
    ]);
    expect(Object.keys(await workspace.state())).toHaveLength(2);
  });

  test('given an endpoint of each provider block, when they exchange their names, then both are refused; by way of a third name it works', async () => {
    const named = (one: string, other: string) =>
      endpoints.replace('"shop target"', `"${one}"`) + SECOND + again.replace('"shop source"', `"${other}"`);
    using workspace = await open(named('first', 'second'));
    await workspace.apply();
    const before = await workspace.state();
    const names = async () =>
      Object.fromEntries((await endpointsOf(installed.stage.client)).map(({ id, name }) => [id, name]));
    const [one, other] = ['target', 'again'].map((block) => String(before[`opendts_endpoint.${block}`]?.id));

    workspace.write('main.tf', named('second', 'first'));
    const { code, text } = await workspace.run('apply', '-no-color', '-auto-approve');
    expect(code).toBe(1);
    for (const name of ['first', 'second'])
      expect(wordsOf(text)).toContain(`Error: Another endpoint has the name "${name}"`);
    expect(await names()).toMatchObject({ [one!]: 'first', [other!]: 'second' });

    for (const [mine, its] of [
      ['third', 'second'],
      ['third', 'first'],
      ['second', 'first'],
    ] as const) {
      workspace.write('main.tf', named(mine, its));
      await workspace.apply();
    }
    expect(await names()).toMatchObject({ [one!]: 'second', [other!]: 'first' });
    expect(await workspace.plan()).toEqual({});
    await workspace.destroy();
  });
});
