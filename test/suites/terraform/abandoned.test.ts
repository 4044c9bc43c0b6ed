import { afterEach, describe, expect, test } from 'vitest';
import { terraformClis } from '../../servers/terraform-clis.ts';
import { attachedProvider } from './attached-provider.ts';
import { WorkingDirectory } from './resources/working-directory.ts';
import { removeAll, tasksOf } from './service-objects.ts';
import { createShop, endpoints } from './shop-stage.ts';
import { shopWith } from './shop-with-provider.ts';
import { wordsOf } from './words.ts';

// A task that a destroy leaves at the service is lost to its state by nothing but a destroy.

const attached = shopWith(attachedProvider);

const syncOf = (
  database: string,
  { block = 'shop', name = 'keep', policy = 'abandon', place = database } = {},
) => `${endpoints}
resource "opendts_sync_task" "${block}" {
  name      = "${name} ${database}"
  source_id = opendts_endpoint.source.id
  target_id = opendts_endpoint.target.id
  databases = {
    ${database} = {
      target = "${place}"
    }
  }
  wait_for = "incremental"
  options = {
    conflict_mode = "ignore"
  }
  deletion_policy = "${policy}"
}
`;

const TASK = 'opendts_sync_task.shop';

describe.each(await terraformClis())('$name $version', (cli) => {
  const open = async (what: string, policy = 'abandon') => {
    const database = `${what}_${cli.name}`;
    await createShop(attached.stage, database);
    const workspace = attached.open(cli, syncOf(database, { policy }));
    await workspace.apply();
    const [task] = await tasksOf(attached.stage.client);
    /** That a run is refused, and the task is as it was. */
    const refused = async (...args: string[]) => {
      const { code, text } = await workspace.run(...args);
      expect({ code, text }).toMatchObject({ code: 1 });
      expect(await tasksOf(attached.stage.client)).toEqual([task]);
      return wordsOf(text);
    };
    return { database, workspace, task: task!, refused };
  };
  const summary = 'The task would be abandoned, and no other one could be made in its place';

  afterEach(() => removeAll(attached.stage.client));

  test('given that it is tainted, then its replacement is refused in the plan, and after untaint nothing is to be done', async () => {
    const { workspace: opened, task, refused } = await open('tainted');
    using workspace = opened;
    await workspace.succeed('taint', TASK);
    const words = await refused('plan', '-no-color');
    await expect(words).toContain(summary);
    expect(words).toContain('"tofu untaint"');
    await refused('apply', '-no-color', '-auto-approve');
    expect(workspace.tainted()).toEqual([TASK]);
    await workspace.succeed('untaint', TASK);
    expect(await workspace.plan()).toEqual({});
    expect((await workspace.state())[TASK]?.id).toBe(task.id);
  });

  test('given that it is tainted and nothing is read before, then the apply refuses it, and the state keeps the task', async () => {
    const { workspace: opened, task, refused } = await open('unread');
    using workspace = opened;
    expect(await workspace.plan()).toEqual({});
    await workspace.succeed('taint', TASK);
    expect(await refused('apply', '-no-color', '-auto-approve', '-refresh=false')).toContain(summary);
    expect(workspace.tainted()).toEqual([TASK]);
    await workspace.succeed('untaint', TASK);
    expect(await workspace.plan()).toEqual({});
    expect((await workspace.state())[TASK]?.id).toBe(task.id);
  });

  test.each(['abandon', 'stop_and_delete'])(
    'given that it is tainted, and never was read, and is not now either, then it is gone on with: %s',
    async (policy) => {
      using _directory = new WorkingDirectory();
      const { workspace: opened, task } = await open(`gone_on_with_${policy}`, policy);
      using workspace = opened;
      await workspace.succeed('taint', TASK);
      const text = wordsOf(await workspace.apply('-refresh=false'));
      expect(text).toContain('was there already');
      expect(await tasksOf(attached.stage.client)).toEqual([task]);
      expect(await workspace.plan()).toEqual({});
      expect((await workspace.state())[TASK]?.id).toBe(task.id);
    },
  );

  test('given that its block is renamed, then "moved" keeps it, and without that the plan is refused', async () => {
    const { database, workspace: opened, task, refused } = await open('renamed');
    using workspace = opened;
    workspace.write('main.tf', syncOf(database, { block: 'store' }));
    for (const args of [['plan'], ['plan', '-refresh=false'], ['apply', '-auto-approve']]) {
      const words = await refused(...args, '-no-color');
      expect(words).toContain(summary);
      expect(words).toContain('"moved" block');
    }
    expect(Object.keys(await workspace.state())).toContain(TASK);
    const moved = `moved {\n  from = ${TASK}\n  to   = opendts_sync_task.store\n}\n`;
    workspace.write('main.tf', syncOf(database, { block: 'store' }) + moved);
    await workspace.apply();
    expect(await workspace.plan()).toEqual({});
    expect((await workspace.state())['opendts_sync_task.store']?.id).toBe(task.id);
  });

  test('given another name, then a replacement leaves it and makes another, to another place; so does one of a tainted task', async () => {
    const { database, workspace: opened } = await open('another');
    using workspace = opened;
    workspace.write('main.tf', syncOf(database, { name: 'second', place: `${database}_second` }));
    await workspace.apply(`-replace=${TASK}`);
    await workspace.succeed('taint', TASK);
    workspace.write('main.tf', syncOf(database, { name: 'third', place: `${database}_third` }));
    await workspace.apply();
    expect(await workspace.plan()).toEqual({});
    expect((await tasksOf(attached.stage.client)).map(({ name }) => name).sort()).toEqual(
      ['keep', 'second', 'third'].map((name) => `${name} ${database}`),
    );
    await workspace.destroy();
    expect(await tasksOf(attached.stage.client)).toHaveLength(3);
  });

  test('given another policy, then it is replaced, and removed for it', async () => {
    const { database, workspace: opened, task } = await open('removed');
    using workspace = opened;
    workspace.write('main.tf', syncOf(database, { policy: 'stop_and_delete' }));
    await workspace.apply();
    await workspace.apply(`-replace=${TASK}`);
    const after = await tasksOf(attached.stage.client);
    expect(after).toHaveLength(1);
    expect(after[0]?.id).not.toBe(task.id);
    expect(await workspace.plan()).toEqual({});
    await workspace.destroy();
  });
});
