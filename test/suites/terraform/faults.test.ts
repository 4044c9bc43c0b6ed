import { afterEach, describe, expect, test } from 'vitest';
import { TaskHandle } from '../../product/task.ts';
import { until } from '../../product/wait.ts';
import { startProxy } from '../../proxy/network-proxy.ts';
import { freePort } from '../../servers/free-port.ts';
import { terraformClis } from '../../servers/terraform-clis.ts';
import { installedProviders } from './installed-providers.ts';
import { endpointsOf, openTokens, removeAll, tasksOf } from './service-objects.ts';
import { createShop, endpoints, providerBlock } from './shop-stage.ts';
import { shopWith } from './shop-with-provider.ts';
import { wordsOf } from './words.ts';
import type { RunningCli } from './workspace.ts';

// An apply that dies at any moment, and is run again, ends with one task that was never thrown away.

const installed = shopWith(installedProviders, async () => {
  const port = await freePort(); // the same after a restart, as users have it
  return { service: { env: { OPENDTS_PORT: String(port) } } };
});
afterEach(() => removeAll(installed.stage.client));

/** An apply of it waits until somebody makes the cutover: long enough to do anything to it. */
const migrationOf = (database: string, waitFor: 'finished' | 'incremental') => `${endpoints}
resource "opendts_migration_task" "shop" {
  name      = "move ${database}"
  source_id = opendts_endpoint.source.id
  target_id = opendts_endpoint.target.id
  databases = {
    ${database} = {}
  }
  wait_for = "${waitFor}"
}
`;

const TASK = 'opendts_migration_task.shop';

interface Create {
  /** What is applied undisturbed, if anything. */
  readonly before?: string;
  main(database: string): string;
  /** Names of what is at the service. */
  made(): Promise<readonly string[]>;
  all(database: string): readonly string[];
  readonly says: string;
}

const creates: Readonly<Record<string, Create>> = {
  'an endpoint': {
    main: () => endpoints,
    made: async () => (await endpointsOf(installed.stage.client)).map(({ name }) => name).sort(),
    all: () => ['shop source', 'shop target'],
    says: ' was there already',
  },
  'a task': {
    before: endpoints,
    main: (database) => migrationOf(database, 'incremental'),
    made: async () => (await tasksOf(installed.stage.client)).map(({ name }) => name),
    all: (database) => [`move ${database}`],
    says: ' was there already',
  },
  'a token': {
    main: (database) =>
      `${providerBlock}resource "opendts_api_token" "ci" {\n  name   = "${database}"\n  scopes = ["read"]\n}\n`,
    made: async () => (await openTokens(installed.stage.client)).slice(1),
    all: (database) => [database],
    says: ' that nobody knows was revoked',
  },
};

/** How long an answer is on its way: long enough to see at the service what it will tell. */
const ANSWER_MILLIS = 400;

describe.each(await terraformClis())('$name $version', (cli) => {
  async function applying(what: string) {
    const db = { name: `${what}_${cli.name}` };
    await createShop(installed.stage, db.name);
    const workspace = installed.open(cli, migrationOf(db.name, 'finished'));
    await workspace.succeed('init', '-no-color');
    const run = workspace.start('apply', '-no-color', '-auto-approve');
    const task = await until(
      async () => (await tasksOf(installed.stage.client)).find(({ state }) => state === 'READY_TO_COMPLETE'),
      { seconds: 60, what: 'the task has caught up', describe: () => run.text },
    );
    return { db, workspace, run, task };
  }

  /** Applies again: the task that was there is gone on with, and the next plan is empty. */
  async function appliesAgain({ db, workspace, task }: Awaited<ReturnType<typeof applying>>) {
    workspace.write('main.tf', migrationOf(db.name, 'incremental'));
    await workspace.apply();
    expect(await workspace.plan()).toEqual({});
    expect(await tasksOf(installed.stage.client)).toEqual([task]);
    expect((await workspace.state())[TASK]).toMatchObject({ id: task.id, status: 'running' });
    expect((await installed.stage.compare(db)).report).toBe('');
    await workspace.destroy();
    expect(await removeAll(installed.stage.client)).toEqual([]);
  }

  const providersOf = (run: RunningCli) =>
    run.children().filter(({ command }) => command.includes('terraform-provider-opendts'));

  test('given an apply that waits, when the user interrupts it, then the state knows the task and nothing is tainted', async () => {
    const started = await applying('interrupted');
    using workspace = started.workspace;
    started.run.signalGroup('SIGINT');
    const { text } = await started.run.ended;
    expect(text).toContain('nterrupt');
    expect((await workspace.state())[TASK]).toMatchObject({ id: started.task.id });
    expect(workspace.tainted()).toEqual([]);
    await appliesAgain(started);
  });

  test('given an apply that waits, when the CLI is killed, then the provider ends by itself and the task is found again', async () => {
    const started = await applying('cli_killed');
    using _workspace = started.workspace;
    const [provider] = providersOf(started.run);
    expect(provider).toBeDefined();
    process.kill(started.run.pid, 'SIGKILL');
    expect((await started.run.ended).signal).toBe('SIGKILL');
    await until(() => Promise.resolve(!isAlive(provider!.pid)), {
      seconds: 10,
      what: 'the provider has ended',
    });
    await appliesAgain(started);
  });

  test('given an apply that waits, when the provider is killed, then the apply fails and the task is found again', async () => {
    const started = await applying('provider_killed');
    using _workspace = started.workspace;
    for (const { pid } of providersOf(started.run)) process.kill(pid, 'SIGKILL');
    const { code, text } = await started.run.ended;
    expect({ code, text }).toMatchObject({ code: 1, text: expect.stringMatching(/plugin|EOF|unavailable/i) });
    await appliesAgain(started);
  });

  describe.each(['CLI', 'provider'] as const)('given that the %s is killed', (victim) => {
    test.each(Object.entries(creates))(
      'just when %s was made, when it is applied again, then there is one and no other is left',
      async (what, { before, main, made, all, says }) => {
        const database = `${what.split(' ')[1]}_of_${victim.toLowerCase()}_${cli.name}`;
        if (what === 'a task') await createShop(installed.stage, database);
        const { hostname: host, port } = new URL(installed.stage.service.url);
        await using proxy = await startProxy({ to: { host, port: Number(port) } });
        const service_url = `http://${proxy.host}:${proxy.port}`;
        using workspace = installed.open(cli, before ?? main(database), {
          given: () => ({ service_url }),
        });
        await workspace.succeed('init', '-no-color');
        if (before !== undefined) await workspace.apply();

        workspace.write('main.tf', main(database));
        proxy.delay(ANSWER_MILLIS);
        const run = workspace.start('apply', '-no-color', '-auto-approve');
        await until(async () => (await made()).length > 0, {
          ...{ seconds: 60, what: `${what} was made`, describe: () => run.text },
        });
        const pids = providersOf(run).map(({ pid }) => pid);
        expect(pids.length).toBeGreaterThan(0);
        for (const pid of victim === 'CLI' ? [run.pid] : pids) process.kill(pid, 'SIGKILL');
        await run.ended;
        await until(() => Promise.resolve(!pids.some(isAlive)), {
          ...{ seconds: 10, what: 'the provider has ended' },
        });

        proxy.delay(0);
        expect(wordsOf(await workspace.apply())).toContain(says);
        expect(await workspace.plan()).toEqual({});
        expect(await made()).toEqual(all(database));
        await workspace.destroy();
        expect(await removeAll(installed.stage.client)).toEqual([]);
        expect(await openTokens(installed.stage.client)).toHaveLength(1);
      },
    );
  });

  test('given an apply that waits, when the service is killed and starts again, then the apply goes on to its end', async () => {
    const { db, workspace: opened, run, task } = await applying('restarted');
    using workspace = opened;
    await installed.stage.service.kill9();
    await installed.stage.service.start();
    const handle = new TaskHandle(installed.stage.client, task.id);
    await handle.waitFor(['READY_TO_COMPLETE']);
    await handle.operate('completeTask');
    const { code, text } = await run.ended;
    expect({ code, text }).toMatchObject({ code: 0 });
    expect(await workspace.plan()).toEqual({});
    expect((await workspace.state())[TASK]).toMatchObject({ id: task.id, status: 'finished' });
    expect((await installed.stage.compare(db)).report).toBe('');
    await workspace.destroy();
    expect(await removeAll(installed.stage.client)).toEqual([]);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
