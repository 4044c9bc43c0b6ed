import { afterEach, describe, expect, test } from 'vitest';
import { TaskHandle } from '../../product/task.ts';
import { until } from '../../product/wait.ts';
import { terraformClis } from '../../servers/terraform-clis.ts';
import { attachedProvider } from './attached-provider.ts';
import { removeAll, tasksOf } from './service-objects.ts';
import { createShop, endpoints } from './shop-stage.ts';
import { shopWith } from './shop-with-provider.ts';
import { wordsOf } from './words.ts';

// An apply that waits in vain: the next one waits again, and nothing that is under way is lost by it.

const attached = shopWith(attachedProvider);

interface Wish {
  readonly create?: string;
  readonly update?: string;
  readonly onFailure?: 'warning' | 'error';
  readonly tables?: readonly string[];
  readonly conflicts?: 'report' | 'ignore';
}

const syncOf = (
  database: string,
  { create = '1h', update = '1h', onFailure = 'warning', conflicts = 'report', tables }: Wish,
) => `${endpoints}
resource "opendts_sync_task" "shop" {
  name      = "keep ${database}"
  source_id = opendts_endpoint.source.id
  target_id = opendts_endpoint.target.id
  databases = {
    ${database} = {
      ${tables === undefined ? '' : `tables = {\n${tables.join('\n')}\n}`}
    }
  }
  wait_for        = "incremental"
  on_wait_failure = "${onFailure}"
  options = {
    conflict_mode = "${conflicts}"
  }
  timeouts = {
    create = "${create}"
    update = "${update}"
  }
}
`;

const TASK = 'opendts_sync_task.shop';

describe.each(await terraformClis())('$name $version', (cli) => {
  const open = async (what: string) => {
    const database = `${what}_${cli.name}`;
    await createShop(attached.stage, database);
    return { database, workspace: attached.open(cli) };
  };
  /** While it runs no table can be made at the target, so that no copy ends. */
  const whileLocked = async (work: () => Promise<void>) => {
    await attached.stage.target.query('LOCK INSTANCE FOR BACKUP');
    try {
      await work();
    } finally {
      await attached.stage.target.query('UNLOCK INSTANCE');
    }
  };
  const theTask = async () => {
    const [task, ...more] = await tasksOf(attached.stage.client);
    expect(more).toEqual([]);
    return new TaskHandle(attached.stage.client, task!.id);
  };
  const statusIsOpen = {
    actions: ['update'],
    before: { status: 'running' },
    after: { wait_for: 'incremental' },
  };

  afterEach(() => removeAll(attached.stage.client));

  test('given a create that took too long, then plans show that it is awaited until it has arrived, and the next apply waits', async () => {
    const { database, workspace: opened } = await open('overdue');
    using workspace = opened;
    workspace.write('main.tf', syncOf(database, { create: '2s', update: '2s' }));
    await whileLocked(async () => {
      const text = wordsOf(await workspace.apply());
      expect(text).toContain(`Warning: Task "keep ${database}" is not incremental within 2 s`);
      expect((await workspace.plan())[TASK]).toMatchObject(statusIsOpen);
      expect(wordsOf(await workspace.apply())).toContain('is not incremental within 2 s');
      expect((await workspace.plan())[TASK]).toMatchObject(statusIsOpen);
    });
    workspace.write('main.tf', syncOf(database, {}));
    await workspace.apply();
    expect((await attached.stage.compare({ name: database })).report).toBe('');
    expect(await workspace.plan()).toEqual({});
  });

  test('given that it has arrived by itself, then nothing is to be done', async () => {
    const { database, workspace: opened } = await open('arrived');
    using workspace = opened;
    workspace.write('main.tf', syncOf(database, { create: '2s' }));
    await whileLocked(async () => {
      await workspace.apply();
    });
    await (await theTask()).waitForApply();
    await until(async () => Object.keys(await workspace.plan()).length === 0, {
      ...{ seconds: 30, what: 'the plan is empty' },
    });
  });

  test('given tables that were taken in too slowly, then the next apply waits for them', async () => {
    const { database, workspace: opened } = await open('slow');
    using workspace = opened;
    workspace.write('main.tf', syncOf(database, { tables: ['customers = {}'] }));
    await workspace.apply();
    const wider = { tables: ['customers = {}', 'orders = { target = "sales" }'] };
    workspace.write('main.tf', syncOf(database, { ...wider, update: '3s' }));
    await whileLocked(async () => {
      expect(wordsOf(await workspace.apply())).toContain('is not incremental within 3 s');
      expect((await workspace.plan())[TASK]).toMatchObject(statusIsOpen);
    });
    workspace.write('main.tf', syncOf(database, wider));
    await workspace.apply();
    expect(await attached.stage.target.query(`SELECT id FROM ${database}.sales`)).toHaveLength(3);
    expect(await workspace.plan()).toEqual({});
  });

  test('given that the overrun is asked to be an error, then what is told keeps the task', async () => {
    const { database, workspace: opened } = await open('error');
    using workspace = opened;
    workspace.write('main.tf', syncOf(database, { create: '2s', onFailure: 'error', conflicts: 'ignore' }));
    await whileLocked(async () => {
      const { code, text } = await workspace.run('apply', '-no-color', '-auto-approve');
      expect(code).toBe(1);
      expect(wordsOf(text)).toContain('run "terraform untaint" or "tofu untaint"');
      expect(workspace.tainted()).toEqual([TASK]);
    });
    const task = await theTask();
    await task.waitForApply();
    for (const change of ['apply', 'destroy']) {
      const { code, text } = await workspace.run(change, '-no-color', '-auto-approve');
      expect(code).toBe(1);
      expect(wordsOf(text)).toContain('The task is under way, and would be replaced because it is tainted');
      expect((await theTask()).id).toBe(task.id);
    }
    await workspace.succeed('untaint', TASK);
    await workspace.apply();
    expect(await workspace.plan()).toEqual({});
    expect((await theTask()).id).toBe(task.id);

    // On purpose it is replaced, by -replace alone.
    workspace.write('main.tf', syncOf(database, { onFailure: 'error', conflicts: 'ignore' }));
    await workspace.apply(`-replace=${TASK}`);
    const second = await theTask();
    expect(second.id).not.toBe(task.id);
    await workspace.succeed('taint', TASK);
    const { code, text } = await workspace.run('apply', '-no-color', '-auto-approve');
    expect({ code, text: wordsOf(text) }).toEqual({
      code: 1,
      text: expect.stringContaining('To copy everything again on purpose, use -replace after that'),
    });
    expect((await theTask()).id).toBe(second.id);
    await workspace.succeed('untaint', TASK);
    await workspace.destroy();
  });

  test('given a provisioner that fails, then the task goes on, and is not replaced for that', async () => {
    const { database, workspace: opened } = await open('provisioned');
    using workspace = opened;
    const provisioner = 'provisioner "local-exec" {\n    command = "false"\n  }\n  timeouts = {';
    const main = syncOf(database, { conflicts: 'ignore' });
    workspace.write('main.tf', main.replace('timeouts = {', provisioner));
    expect(await workspace.run('apply', '-no-color', '-auto-approve')).toMatchObject({ code: 1 });
    expect(workspace.tainted()).toEqual([TASK]);
    const { id } = await theTask();
    workspace.write('main.tf', main);
    const { code, text } = await workspace.run('apply', '-no-color', '-auto-approve');
    expect({ code, text: wordsOf(text) }).toEqual({
      code: 1,
      text: expect.stringContaining('The task is under way, and would be replaced because it is tainted'),
    });
    await workspace.succeed('untaint', TASK);
    expect(await workspace.plan()).toEqual({});
    expect((await theTask()).id).toBe(id);
    await workspace.destroy();
  });

  test.each(['warning', 'error'] as const)(
    'given a create that waits with on_wait_failure = "%s", when the user interrupts it, then nothing is tainted',
    async (onFailure) => {
      const { database, workspace: opened } = await open(`stopped_${onFailure}`);
      using workspace = opened;
      workspace.write('main.tf', syncOf(database, { onFailure }));
      let id: string | undefined;
      await whileLocked(async () => {
        const run = workspace.start('apply', '-no-color', '-auto-approve');
        await until(
          async () => (await tasksOf(attached.stage.client)).some(({ state }) => state === 'RUNNING'),
          {
            ...{ seconds: 60, what: 'the task runs', describe: () => run.text },
          },
        );
        run.signalGroup('SIGINT');
        const { text } = await run.ended;
        expect(text).toContain('nterrupt');
        expect(workspace.tainted()).toEqual([]);
        id = String((await workspace.state())[TASK]?.id);
        expect((await theTask()).id).toBe(id);
        expect((await workspace.plan())[TASK]).toMatchObject(statusIsOpen);
      });
      await workspace.apply();
      expect(await workspace.plan()).toEqual({});
      expect((await theTask()).id).toBe(id);
    },
  );
});
