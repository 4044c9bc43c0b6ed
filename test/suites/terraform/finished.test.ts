import { afterEach, describe, expect, test } from 'vitest';
import { TaskHandle } from '../../product/task.ts';
import { terraformClis } from '../../servers/terraform-clis.ts';
import { attachedProvider } from './attached-provider.ts';
import { removeAll, tasksOf } from './service-objects.ts';
import { createShop, endpoints } from './shop-stage.ts';
import { shopWith } from './shop-with-provider.ts';
import { wordsOf } from './words.ts';

// A migration that was cut over, and whose task somebody has destroyed since: its target lives on, and nothing is copied over that.

const attached = shopWith(attachedProvider);

const IGNORE = 'options = {\n conflict_mode = "ignore"\n }';

const migrationOf = (database: string, more = '', options = IGNORE) => `${endpoints}
resource "opendts_migration_task" "shop" {
  name      = "move ${database}"
  source_id = opendts_endpoint.source.id
  target_id = opendts_endpoint.target.id
  databases = {
    ${database} = {}
  }
  wait_for = "incremental"
${options}
${more}
}
`;
const cutover = `
resource "opendts_cutover" "shop" {
  task_id = opendts_migration_task.shop.id
}
`;

const TASK = 'opendts_migration_task.shop';

describe.each(await terraformClis())('$name $version', (cli) => {
  /** A migration that is cut over, and has a row at its target that its source never had. */
  const cutOver = async (what: string, options = IGNORE) => {
    const database = `${what}_${cli.name}`;
    await createShop(attached.stage, database);
    const workspace = attached.open(cli, migrationOf(database, '', options) + cutover);
    await workspace.apply();
    await attached.stage.target.query(`INSERT INTO ${database}.customers VALUES (9, 'Eve')`);
    await attached.stage.target.query(`UPDATE ${database}.customers SET name = 'Adele' WHERE id = 1`);
    const [task] = await tasksOf(attached.stage.client);
    expect(task?.state).toBe('COMPLETED');
    const customers = () => attached.stage.target.query(`SELECT name FROM ${database}.customers ORDER BY id`);
    return { database, workspace, task: task!, customers };
  };
  const live = [{ name: 'Adele' }, { name: 'Bob' }, { name: 'Eve' }];

  afterEach(() => removeAll(attached.stage.client));

  test('given that the state knows it as finished, then plans stay empty and say why, and a destroy forgets it', async () => {
    const { database, workspace: opened, task, customers } = await cutOver('done');
    using workspace = opened;
    await workspace.apply('-refresh-only');
    expect((await workspace.state())[TASK]).toMatchObject({ status: 'finished' });
    await new TaskHandle(attached.stage.client, task.id).destroy();

    const { code, text } = await workspace.run('plan', '-no-color', '-detailed-exitcode');
    expect({ code, text: wordsOf(text) }).toEqual({
      code: 0,
      text: expect.stringContaining(`The finished task "move ${database}" is no longer at the service`),
    });
    for (const remedy of ['nothing is made anew', '-replace', 'destroy'])
      expect(wordsOf(text)).toContain(remedy);
    await workspace.apply();
    expect(await tasksOf(attached.stage.client)).toEqual([]);

    // How it is managed is taken down in the state.
    workspace.write('main.tf', migrationOf(database, 'deletion_policy = "abandon"') + cutover);
    await workspace.apply();
    expect(await workspace.plan()).toEqual({});
    expect((await workspace.state())[TASK]).toMatchObject({ id: task.id, status: 'finished' });
    await workspace.destroy();
    expect(await workspace.state()).toEqual({});
    expect(await customers()).toEqual(live);
  });

  test('given that it is wanted again, then -replace copies again', async () => {
    const { database, workspace: opened, task } = await cutOver('wanted');
    using workspace = opened;
    workspace.write('main.tf', migrationOf(database, 'deletion_policy = "abandon"') + cutover);
    await workspace.apply();
    await new TaskHandle(attached.stage.client, task.id).destroy();
    await workspace.apply(`-replace=${TASK}`);
    const [another, ...more] = await tasksOf(attached.stage.client);
    expect(more).toEqual([]);
    expect(another?.id).not.toBe(task.id);
    expect(await workspace.plan()).toEqual({});
  });

  test('given a state that does not know yet that it was finished, then nothing is made anew, not by -target either, and a destroy forgets it', async () => {
    // With the default options a plan of another one would find the rows at the target.
    const { database, workspace: opened, task, customers } = await cutOver('early', '');
    using workspace = opened;
    expect((await workspace.state())[TASK]).toMatchObject({ status: 'running' });
    await new TaskHandle(attached.stage.client, task.id).destroy();
    for (const more of [[], [`-target=${TASK}`]]) {
      const text = wordsOf(await workspace.apply(...more));
      expect(text).toContain(`The migration "move ${database}" is no longer at the service`);
      expect(text).toContain('maybe after its cutover');
      expect(await tasksOf(attached.stage.client)).toEqual([]);
    }
    expect(await workspace.plan()).toEqual({});
    expect(await customers()).toEqual(live);
    await workspace.destroy();
    expect(await workspace.state()).toEqual({});
    expect(await customers()).toEqual(live);
  });

  test.each(['there', 'gone'])(
    'given that its block is renamed while the task is %s, then "moved" keeps it, and without that the plan is refused',
    async (where) => {
      const { database, workspace: opened, task, customers } = await cutOver(`renamed_${where}`);
      using workspace = opened;
      if (where === 'gone') await new TaskHandle(attached.stage.client, task.id).destroy();
      const before = await tasksOf(attached.stage.client);
      const renamed = (migrationOf(database) + cutover).replaceAll(
        /(task|cutover)(" "|\.)shop/g,
        '$1$2store',
      );
      workspace.write('main.tf', renamed);
      for (const args of [['plan'], ['apply', '-auto-approve']]) {
        const { code, text } = await workspace.run(...args, '-no-color');
        expect({ code, text }).toMatchObject({ code: 1 });
        const words = wordsOf(text);
        expect(words).toContain(`The migration "move ${database}" was made already`);
        for (const remedy of ['"moved" block', '-replace', 'untaint']) expect(words).toContain(remedy);
      }
      expect(await tasksOf(attached.stage.client)).toEqual(before);
      const movedOf = (type: string) => `moved {\n  from = ${type}.shop\n  to   = ${type}.store\n}\n`;
      workspace.write('main.tf', renamed + movedOf('opendts_migration_task') + movedOf('opendts_cutover'));
      await workspace.apply();
      expect(await workspace.plan()).toEqual({});
      expect(await tasksOf(attached.stage.client)).toEqual(before);
      expect(await customers()).toEqual(live);
      await workspace.destroy();
    },
  );

  test('given that it is tainted, then it is not copied again for that', async () => {
    const { workspace: opened, task, customers } = await cutOver('tainted');
    using workspace = opened;
    await workspace.succeed('taint', TASK);
    const { code, text } = await workspace.run('apply', '-no-color', '-auto-approve');
    expect({ code, text }).toMatchObject({ code: 1 });
    expect(wordsOf(text)).toContain('"tofu untaint"');
    await workspace.succeed('untaint', TASK);
    expect(await workspace.plan('-refresh=false')).toEqual({});
    expect((await tasksOf(attached.stage.client)).map(({ id }) => id)).toEqual([task.id]);
    expect(await customers()).toEqual(live);
  });
});
