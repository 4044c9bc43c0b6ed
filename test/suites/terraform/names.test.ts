import { afterEach, describe, expect, test } from 'vitest';
import { TaskHandle } from '../../product/task.ts';
import { terraformClis } from '../../servers/terraform-clis.ts';
import { attachedProvider } from './attached-provider.ts';
import { endpointsOf, removeAll, tasksOf } from './service-objects.ts';
import { createShop, endpoints } from './shop-stage.ts';
import { shopWith } from './shop-with-provider.ts';
import { lineOf, wordsOf } from './words.ts';

// Two blocks that want one name, at once or one after the other: what works is never thrown away unsaid.

const attached = shopWith(attachedProvider);

const syncOf = (database: string, block: string, more = '') => `${endpoints}
resource "opendts_sync_task" "${block}" {
  name      = "keep ${database}"
  source_id = opendts_endpoint.source.id
  target_id = opendts_endpoint.target.id
  databases = {
    ${database} = {}
  }
  wait_for = "incremental"
  options = {
    conflict_mode = "ignore"
  }
${more}
}
`;

const again = endpoints
  .slice(
    endpoints.indexOf('resource "opendts_endpoint" "source"'),
    endpoints.indexOf('variable "target_host"'),
  )
  .replace('"source" {', '"again" {');

describe.each(await terraformClis())('$name $version', (cli) => {
  const open = (main: string) => attached.open(cli, main);
  const shop = async (what: string) => {
    const db = { name: `${what}_${cli.name}` };
    await createShop(attached.stage, db.name);
    return db;
  };
  const addressOf = (block: string) => `opendts_sync_task.${block}`;

  afterEach(async () => expect(await removeAll(attached.stage.client)).toEqual([]));

  test('given an endpoint, when a second block of its name is applied, then that is refused and nothing is lost', async () => {
    using workspace = open(endpoints);
    await workspace.apply();
    const before = await endpointsOf(attached.stage.client);
    workspace.write('main.tf', endpoints + again);
    const { code, text } = await workspace.run('apply', '-no-color', '-auto-approve');
    expect({ code, text }).toMatchObject({ code: 1 });
    const [source] = before.filter(({ name }) => name === 'shop source');
    const words = wordsOf(text);
    expect(words).toContain('Error: Another endpoint has the name "shop source"');
    expect(words).toContain(`import it with the id "${source?.id}"`);
    expect(words).toContain('in resource "opendts_endpoint" "again"');
    expect(await endpointsOf(attached.stage.client)).toEqual(before);
    workspace.write('main.tf', endpoints);
    expect(await workspace.plan()).toEqual({});
    await workspace.destroy();
  });

  test('given objects that an apply has made, when one is changed and then all are read, then each is claimed by that', async () => {
    const claims = async () => {
      const query = '{ endpoints { edges { node { name claimed } } } }';
      const { endpoints: all } = await attached.stage.client.query<{
        endpoints: { edges: { node: { name: string; claimed: boolean } }[] };
      }>(query);
      return Object.fromEntries(all.edges.map(({ node }) => [node.name, node.claimed]));
    };
    using workspace = open(endpoints);
    await workspace.apply();
    expect(await claims()).toEqual({ 'shop source': false, 'shop target': false });
    workspace.write('main.tf', endpoints.replace('"shop source"', '"old shop"'));
    await workspace.apply('-refresh=false');
    expect(await claims()).toEqual({ 'old shop': true, 'shop target': false });
    expect(await workspace.plan()).toEqual({});
    expect(await claims()).toEqual({ 'old shop': true, 'shop target': true });
    await workspace.destroy();
  });

  test('given a task of somebody else, when a block asks for its name, then the plan warns at it and the apply refuses', async () => {
    const db = await shop('foreign');
    const name = `keep ${db.name}`;
    const foreign = { name, kind: 'SYNCHRONIZATION' };
    const { id } = await attached.stage.client.mutate<{ id: string }>('createTask', foreign, 'id');
    const main = syncOf(db.name, 'shop');
    using workspace = open(main);
    const plan = await workspace.run('plan', '-no-color');
    expect(plan).toMatchObject({ code: 0 });
    const words = wordsOf(plan.text);
    expect(words).toContain(`Warning: Another task has the name "${name}"`);
    expect(words).toContain(`on main.tf line ${lineOf(main, name)},`);
    const applied = await workspace.run('apply', '-no-color', '-auto-approve');
    expect(applied).toMatchObject({ code: 1 });
    expect(wordsOf(applied.text)).toContain(`Error: Another task has the name "${name}"`);
    expect(await tasksOf(attached.stage.client)).toEqual([{ id, state: 'DRAFT', ...foreign }]);
    await new TaskHandle(attached.stage.client, id).destroy();
    await workspace.apply();
    expect(await workspace.plan()).toEqual({});
    await workspace.destroy();
  });

  test('given a running task, when its block is renamed, then "moved" keeps it; without, the plan warns and does as it says', async () => {
    const db = await shop('renamed');
    using workspace = open(syncOf(db.name, 'shop'));
    await workspace.apply();
    const [before] = await tasksOf(attached.stage.client);

    workspace.write('main.tf', syncOf(db.name, 'store'));
    const warned = wordsOf((await workspace.run('plan', '-no-color')).text);
    expect(warned).toContain(
      `Warning: The task "keep ${db.name}" is destroyed at one address and made at another`,
    );
    expect(warned).toContain('1 to add, 0 to change, 1 to destroy');

    const moved = `moved {\n  from = ${addressOf('shop')}\n  to   = ${addressOf('store')}\n}\n`;
    workspace.write('main.tf', syncOf(db.name, 'store') + moved);
    await workspace.apply();
    expect(await workspace.plan()).toEqual({});
    expect(await tasksOf(attached.stage.client)).toEqual([before]);
    expect((await workspace.state())[addressOf('store')]?.id).toBe(before?.id);

    workspace.write('main.tf', syncOf(db.name, 'depot'));
    await workspace.apply();
    const [after, ...more] = await tasksOf(attached.stage.client);
    expect(more).toEqual([]);
    expect(after?.id).not.toBe(before?.id);
    expect((await workspace.state())[addressOf('depot')]).toMatchObject({ id: after?.id, status: 'running' });
    expect(await workspace.plan()).toEqual({});
    expect((await attached.stage.compare(db)).report).toBe('');
    await workspace.destroy();
  });

  test('given a running task, when the block of its source is renamed, then the plan warns, the apply does nothing, and a moved block makes it right', async () => {
    const db = await shop('origin');
    const main = syncOf(db.name, 'shop');
    using workspace = open(main);
    await workspace.apply();
    const before = [...(await endpointsOf(attached.stage.client)), ...(await tasksOf(attached.stage.client))];

    workspace.write('main.tf', main.replaceAll(/(opendts_endpoint"? ?[".])source/g, '$1origin'));
    const { text } = await workspace.run('plan', '-no-color');
    expect(wordsOf(text)).toContain(
      'Warning: The endpoint "shop source" is destroyed at one address and made at another',
    );
    expect(wordsOf(text)).toContain('Warning: The source of the task may become another one');
    const { code } = await workspace.run('apply', '-no-color', '-auto-approve');
    expect(code).toBe(1);
    const after = [...(await endpointsOf(attached.stage.client)), ...(await tasksOf(attached.stage.client))];
    expect(after).toEqual(before);

    const moved = 'moved {\n from = opendts_endpoint.source\n to = opendts_endpoint.origin\n}\n';
    workspace.write('main.tf', `${workspace.read('main.tf')}\n${moved}`);
    await workspace.apply();
    expect(await workspace.plan()).toEqual({});
    expect([
      ...(await endpointsOf(attached.stage.client)),
      ...(await tasksOf(attached.stage.client)),
    ]).toEqual(before);
    await workspace.destroy();
  });

  test('given an endpoint, when its block is renamed together with its name, then another one is made unsaid; "moved" keeps it', async () => {
    const renamed = (block: string, name: string) =>
      endpoints
        .replace('"opendts_endpoint" "source"', `"opendts_endpoint" "${block}"`)
        .replace('"shop source"', `"${name}"`);
    const idOf = async (name: string) =>
      (await endpointsOf(attached.stage.client)).find((each) => each.name === name)?.id;
    using workspace = open(endpoints);
    await workspace.apply();
    const id = await idOf('shop source');
    const moved = 'moved {\n from = opendts_endpoint.source\n to = opendts_endpoint.origin\n}\n';
    workspace.write('main.tf', renamed('origin', 'shop origin') + moved);
    await workspace.apply();
    expect(await idOf('shop origin')).toBe(id);

    workspace.write('main.tf', renamed('old', 'shop of old'));
    expect(await workspace.apply()).not.toContain('Warning');
    expect(await idOf('shop origin')).toBeUndefined();
    expect(await idOf('shop of old')).not.toBe(id);
    await workspace.destroy();
  });

  test('given a running task that the state has forgotten, then the plan of another one refuses its name, and an import takes it back', async () => {
    const db = await shop('forgotten');
    const main = syncOf(db.name, 'shop').replace('"ignore"', '"report"');
    using workspace = open(main);
    await workspace.apply();
    const before = await tasksOf(attached.stage.client);
    await workspace.succeed('state', 'rm', addressOf('shop'));

    const { code, text } = await workspace.run('plan', '-no-color');
    expect(code).toBe(1);
    const words = wordsOf(text);
    expect(words).toContain(`Error: Another task has the name "keep ${db.name}"`);
    expect(words).toContain(`import it with the id "${before[0]?.id}" as opendts_sync_task`);
    expect(words).not.toContain('target.conflicts');
    await workspace.succeed('import', addressOf('shop'), String(before[0]?.id));
    await workspace.apply();
    expect(await tasksOf(attached.stage.client)).toEqual(before);
    expect(await workspace.plan()).toEqual({});
    await workspace.destroy();
  });

  test('given a running task, when it is to be replaced before it is destroyed, then that is refused and it runs on', async () => {
    const db = await shop('replaced');
    using workspace = open(syncOf(db.name, 'shop', '  lifecycle {\n    create_before_destroy = true\n  }'));
    await workspace.apply();
    const before = await tasksOf(attached.stage.client);
    const replacing = ['apply', '-no-color', '-auto-approve', `-replace=${addressOf('shop')}`];
    const { code, text } = await workspace.run(...replacing);
    expect({ code, text }).toMatchObject({ code: 1 });
    expect(wordsOf(text)).toContain(`Error: Another task has the name "keep ${db.name}"`);
    expect(await tasksOf(attached.stage.client)).toEqual(before);
    expect(await workspace.plan()).toEqual({});
    expect((await workspace.state())[addressOf('shop')]?.id).toBe(before[0]?.id);

    workspace.write('main.tf', syncOf(db.name, 'shop'));
    await workspace.succeed(...replacing);
    const after = await tasksOf(attached.stage.client);
    expect(after).toMatchObject([{ state: 'RUNNING' }]);
    expect(after[0]?.id).not.toBe(before[0]?.id);
    expect(await workspace.plan()).toEqual({});
    await workspace.destroy();
  });
});
