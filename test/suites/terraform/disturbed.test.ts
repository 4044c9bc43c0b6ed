import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { TaskHandle } from '../../product/task.ts';
import { until } from '../../product/wait.ts';
import { startProxy } from '../../proxy/network-proxy.ts';
import { freePort } from '../../servers/free-port.ts';
import { terraformClis } from '../../servers/terraform-clis.ts';
import { installedProviders } from './installed-providers.ts';
import { endpointsOf, removeAll, tasksOf } from './service-objects.ts';
import { createShop, endpoints } from './shop-stage.ts';
import { shopWith } from './shop-with-provider.ts';
import type { Workspace } from './workspace.ts';

// In the middle of a change the user interrupts it, or the service starts again: what was begun is ended by the next apply, or by this one.

const installed = shopWith(installedProviders, async () => {
  const port = await freePort(); // the same after a restart, as users have it
  return { service: { env: { OPENDTS_PORT: String(port) } } };
});
afterEach(async () => {
  await installed.stage.target.query('UNLOCK INSTANCE');
  await removeAll(installed.stage.client);
});

const taskOf = (database: string, kind: 'sync' | 'migration', selection = '{}') => `${endpoints}
resource "opendts_${kind}_task" "shop" {
  name      = "carry ${database}"
  source_id = opendts_endpoint.source.id
  target_id = opendts_endpoint.target.id
  databases = {
    ${database} = ${selection}
  }
  wait_for = "incremental"
}
`;

const CUTOVER = `
resource "opendts_cutover" "shop" {
  task_id = opendts_migration_task.shop.id
}
`;

const FEW = '{\n tables = {\n tide = {}\n customers = {}\n }\n }';

interface Change {
  before(database: string): string;
  /** What is applied; nothing for a destroy. */
  after?(database: string): string;
  /** Keeps it from its end, from its start until it was disturbed, so that there is a middle. */
  readonly hold: 'structure' | 'answers';
  isUnderWay(task: { readonly id: string; readonly state: string }): Promise<boolean>;
  /** What has to be once it is applied, after a destroy nothing. */
  readonly state?: string;
}

const changes: Record<string, Change> = {
  'a cutover': {
    before: (database) => taskOf(database, 'migration'),
    after: (database) => taskOf(database, 'migration') + CUTOVER,
    hold: 'structure',
    isUnderWay: async ({ state }) => state === 'COMPLETING',
    state: 'COMPLETED',
  },
  'a change of what is carried': {
    before: (database) => taskOf(database, 'sync', FEW),
    after: (database) => taskOf(database, 'sync'),
    hold: 'structure',
    isUnderWay: ({ id }) => carriesAll(id),
    state: 'RUNNING',
  },
  'a destroy': {
    before: (database) => taskOf(database, 'sync'),
    hold: 'answers',
    isUnderWay: async ({ state }) => state === 'STOPPING' || state === 'STOPPED',
  },
};

/** Whether the service was told to carry the database whole. */
async function carriesAll(id: string): Promise<boolean> {
  const { task } = await installed.stage.client.query<{
    task: { objects: { databases: { tables: object[] | null }[] } } | null;
  }>('query ($id: ID!) { task(id: $id) { objects { databases { tables { name } } } } }', { id });
  return task?.objects.databases.every(({ tables }) => tables === null) ?? false;
}

/** How long an answer is on its way: long enough to see at the service what it will tell. */
const ANSWER_MILLIS = 400;

describe.each(await terraformClis())('$name $version', (cli) => {
  /** The service behind a line that can be slow. */
  async function behindLine(database: string, main: string) {
    await createShop(installed.stage, database);
    // Made by a cutover as its last step.
    await installed.stage.run(database, [
      'CREATE TRIGGER no_debts BEFORE INSERT ON orders FOR EACH ROW SET NEW.total = ABS(NEW.total)',
    ]);
    const { hostname: host, port } = new URL(installed.stage.service.url);
    const proxy = await startProxy({ to: { host, port: Number(port) } });
    onTestFinished(() => proxy.close());
    const service_url = `http://${proxy.host}:${proxy.port}`;
    const workspace = installed.open(cli, main, { given: () => ({ service_url }) });
    onTestFinished(() => workspace[Symbol.dispose]());
    await workspace.succeed('init', '-no-color');
    return { proxy, workspace };
  }

  function started(workspace: Workspace, operation: 'apply' | 'destroy') {
    const run = workspace.start(operation, '-no-color', '-auto-approve');
    onTestFinished(() => {
      if (run.isAlive) run.signalGroup('SIGKILL');
    });
    return run;
  }

  describe.each(Object.entries(changes))('%s', (what, { before, after, hold, isUnderWay, state }) => {
    async function underWay(how: string) {
      const database = `${what.split(' ')[1]}_${how}_${cli.name}`;
      const { proxy, workspace } = await behindLine(database, before(database));
      await workspace.apply();
      const [task] = await tasksOf(installed.stage.client);

      if (after !== undefined) workspace.write('main.tf', after(database));
      if (hold === 'structure') await installed.stage.target.query('LOCK INSTANCE FOR BACKUP');
      else proxy.delay(ANSWER_MILLIS);
      const run = started(workspace, after === undefined ? 'destroy' : 'apply');
      await until(
        async () => {
          const [now] = await tasksOf(installed.stage.client);
          return now !== undefined && (await isUnderWay(now));
        },
        { seconds: 60, what: `${what} is under way`, describe: () => run.text },
      );
      expect(run.isAlive).toBe(true);
      const release = async () => {
        proxy.delay(0);
        await installed.stage.target.query('UNLOCK INSTANCE');
      };
      return { database, workspace, run, release, id: task!.id };
    }

    /** All of it has happened, once. */
    async function isWhole({ workspace, database, id }: Awaited<ReturnType<typeof underWay>>) {
      const tasks = await tasksOf(installed.stage.client);
      if (state === undefined) {
        expect(await workspace.state()).toEqual({});
        expect(await removeAll(installed.stage.client)).toEqual([]);
      } else {
        expect(tasks).toMatchObject([{ id, state }]);
        expect(await workspace.plan()).toEqual({});
        if (state === 'RUNNING')
          await installed.stage.settle(new TaskHandle(installed.stage.client, id), { name: database });
      }
      const triggersAndEvents = state === 'COMPLETED';
      expect((await installed.stage.compare({ name: database }, { triggersAndEvents })).report).toBe('');
      if (state !== undefined) await workspace.destroy();
      expect(await removeAll(installed.stage.client)).toEqual([]);
    }

    test('that the user interrupts ends at once, loses nothing, and is ended by the next run', async () => {
      const change = await underWay('interrupted');
      const { workspace } = change;
      change.run.signalGroup('SIGINT');
      const { code, text } = await change.run.ended;
      expect({ code, text }).toMatchObject({ code: 1, text: expect.stringMatching(/interrupt/i) });
      expect(Object.keys(await workspace.state())).toContainEqual(expect.stringMatching(/_task\.shop$/));
      expect(workspace.tainted()).toEqual([]);

      await change.release();
      await (after === undefined ? workspace.destroy() : workspace.apply());
      await isWhole(change);
    });

    test('goes on to its end when the service is killed and starts again', async () => {
      const change = await underWay('restarted');
      await installed.stage.service.kill9();
      await installed.stage.service.start();
      await change.release();
      const { code, text } = await change.run.ended;
      expect({ code, text }).toMatchObject({ code: 0 });
      await isWhole(change);
    });
  });

  test('endpoints that are being made when the user interrupts are there once after the next apply', async () => {
    const { proxy, workspace } = await behindLine(`made_${cli.name}`, endpoints);
    proxy.delay(ANSWER_MILLIS);
    const run = started(workspace, 'apply');
    await until(async () => (await endpointsOf(installed.stage.client)).length > 0, {
      ...{ seconds: 60, what: 'an endpoint was made', describe: () => run.text },
    });
    run.signalGroup('SIGINT');
    const { code, text } = await run.ended;
    expect({ code, text }).toMatchObject({ code: 1, text: expect.stringMatching(/interrupt/i) });
    expect(workspace.tainted()).toEqual([]);

    proxy.delay(0);
    await workspace.apply();
    expect(await workspace.plan()).toEqual({});
    expect(await endpointsOf(installed.stage.client)).toHaveLength(2);
    await workspace.destroy();
    expect(await removeAll(installed.stage.client)).toEqual([]);
  });
});
