import { setTimeout as sleep } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TaskHandle } from '../../product/task.ts';
import { until } from '../../product/wait.ts';
import { terraformClis } from '../../servers/terraform-clis.ts';
import { Random } from '../../workload/random.ts';
import { installedProviders } from './installed-providers.ts';
import {
  endpointsOf,
  openTokens,
  removeAll,
  type TokenSummary,
  tasksOf,
  tokensOf,
} from './service-objects.ts';
import { createShop, endpoints } from './shop-stage.ts';
import { shopWith } from './shop-with-provider.ts';
import { wordsOf } from './words.ts';
import type { RunningCli, Workspace } from './workspace.ts';

// A first apply, a change or a destroy that is killed at any instant, and that is run again as it was, ends as if nothing had been.

/** Decides at which instants it is killed; a test that fails tells it. */
const SEED = 'OPENDTS_TEST_KILLS_SEED';
const seed = Number(process.env[SEED] ?? Math.floor(Math.random() * 2 ** 32));

/** How often each is killed: each time at another instant. */
const ROUNDS = Number(process.env.OPENDTS_TEST_KILLS_ROUNDS ?? 2);
/** How long a round may take. */
const ROUND_MILLIS = 60_000;

const installed = shopWith(installedProviders);
let kills: string[] = [];
beforeEach(({ onTestFailed }) => {
  kills = [];
  onTestFailed(() => console.error([`play it again by ${SEED}=${seed}`, ...kills].join('\n')));
});
afterEach(() => removeAll(installed.stage.client));

const taskOf = (database: string, kind: 'sync' | 'migration', selection = '{}') => `${endpoints}
resource "opendts_${kind}_task" "shop" {
  name      = "carry ${database}"
  source_id = opendts_endpoint.source.id
  target_id = opendts_endpoint.target.id
  databases = {
    ${database} = ${selection}
  }
  options = {
    conflict_mode = "ignore"
  }
  wait_for = "incremental"
}
`;

const CUTOVER = `
resource "opendts_cutover" "shop" {
  task_id = opendts_migration_task.shop.id
}
`;

const tokenOf = (name: string) => `
resource "opendts_api_token" "ci" {
  name   = "${name}"
  scopes = ["read"]
}
`;

const only = (...tables: string[]) =>
  `{\n tables = {\n${tables.map((table) => `${table} = {}\n`).join('')}}\n }`;

/** For how long after its first sign a change is at work, about; later it is whole, which has to be right too. */
const WORK_MILLIS = 1500;

/** For how long a first apply is at work, about, from the start of its process on. */
const FIRST_MILLIS = 3000;

/** Who dies of a first apply. A provider that is left alone is for its CLI to notice, and one without a CLI ends by itself. */
const VICTIMS = ['the CLI and the provider', 'the CLI', 'the provider'] as const;

/** The instants of one test, the same also where it runs alone. */
const instantsOf = (name: string) => new Random(seed ^ crc32(name));

/** Kills all of it at some instant after it has begun to work. Gives when that was, to be told where something is wrong. */
async function killed(run: RunningCli, begins: RegExp, instants: Random): Promise<string> {
  await until(() => Promise.resolve(begins.test(run.text)), {
    ...{ seconds: 60, what: `${begins} is said`, describe: () => run.text },
  });
  const millis = instants.below(WORK_MILLIS);
  await Promise.race([sleep(millis), run.ended]);
  if (run.isAlive) run.signalGroup('SIGKILL');
  return await endOf(run, `killed ${millis} ms after ${begins}`);
}

/** Kills who shall die of it some time after its start; a provider as soon as there is one then. Gives what that was. */
async function killedEarly(run: RunningCli, instants: Random): Promise<string> {
  const victim = VICTIMS[instants.below(VICTIMS.length)]!;
  const millis = instants.below(FIRST_MILLIS);
  await Promise.race([sleep(millis), run.ended]);
  if (victim === 'the provider') await killProviders(run);
  else if (run.isAlive && victim === 'the CLI') process.kill(run.pid, 'SIGKILL');
  else if (run.isAlive) run.signalGroup('SIGKILL');
  return await endOf(run, `${victim} killed ${millis} ms after the start`, victim === 'the provider');
}

/** What is told of it where something is wrong afterwards. It ends well or by the kill; `mayFail`: also by what the kill did to it. */
async function endOf(run: RunningCli, how: string, mayFail = false): Promise<string> {
  const { code, signal, text } = await run.ended;
  const when = `${how}:\n${text}`;
  kills.push(when);
  if (!mayFail && signal !== 'SIGKILL' && code !== 0) throw new Error(`it failed by itself:\n${text}`);
  return when;
}

async function killProviders(run: RunningCli): Promise<void> {
  for (let isKilled = false; run.isAlive && !isKilled; await sleep(5)) {
    const providers = run.children().filter(({ command }) => command.includes('terraform-provider-opendts'));
    for (const { pid } of providers) isKilled = wasKilled(pid) || isKilled;
  }
}

/** False where it has ended by itself meanwhile. */
function wasKilled(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

describe.each(await terraformClis())('$name $version', { timeout: ROUNDS * ROUND_MILLIS }, (cli) => {
  async function opened(database: string, main: string) {
    await createShop(installed.stage, database);
    const workspace = installed.open(cli, main);
    await workspace.succeed('init', '-no-color');
    await workspace.apply();
    return workspace;
  }

  const applying = (workspace: Workspace, ...args: string[]) =>
    workspace.start('apply', '-no-color', '-auto-approve', ...args);

  /** The one task, once nothing is left to be planned. */
  async function theOne(workspace: Workspace, when: string) {
    expect(await workspace.plan(), when).toEqual({});
    const tasks = await tasksOf(installed.stage.client);
    expect(tasks, when).toHaveLength(1);
    return tasks[0]!;
  }

  /** Ids at the service of all that a first apply makes: one of each name. A token that the apply has warned of stays, and is revoked here. */
  async function firstMade(name: string, told: string): Promise<Record<string, string>> {
    const { client } = installed.stage;
    const open = (await tokensOf(client)).filter((each) => each.name === name && each.revokedAt === null);
    const isWarnedOf = ({ id }: TokenSummary) => told.includes(`${id} (`);
    for (const { id } of open.filter(isWarnedOf)) await client.mutate('revokeApiToken', { id }, 'id');
    const made = [
      ...(await endpointsOf(client)),
      ...(await tasksOf(client)),
      ...open.filter((each) => !isWarnedOf(each)),
    ];
    const ids = Object.fromEntries(made.map((each) => [each.name, each.id]));
    expect(made.map((each) => each.name).sort()).toEqual(Object.keys(ids).sort());
    return ids;
  }

  test('a first apply, applied again, ends with one of each, and the state knows it', async () => {
    const name = `first_${cli.name}`;
    const instants = instantsOf(name);
    for (let round = 0; round < ROUNDS; round++) {
      const database = `${name}_${round}`;
      await createShop(installed.stage, database);
      using workspace = installed.open(cli, taskOf(database, 'sync') + tokenOf(database));
      await workspace.succeed('init', '-no-color');
      const when = await killedEarly(applying(workspace), instants);
      const made = await firstMade(database, wordsOf(await workspace.apply()));
      const { id } = await theOne(workspace, when);
      expect(await workspace.state(), when).toMatchObject({
        'opendts_endpoint.source': { id: made['shop source'] },
        'opendts_endpoint.target': { id: made['shop target'] },
        'opendts_sync_task.shop': { id, status: 'running' },
        'opendts_api_token.ci': { id: made[database], secret: expect.stringMatching(/^odts_/) },
      });
      expect(Object.keys(made), when).toHaveLength(4);
      await installed.stage.settle(new TaskHandle(installed.stage.client, id), { name: database });
      expect((await installed.stage.compare({ name: database })).report, when).toBe('');
      await workspace.destroy();
      expect(await removeAll(installed.stage.client), when).toEqual([]);
      expect(await openTokens(installed.stage.client), when).toHaveLength(1);
    }
  });

  test('a replacement, applied again, ends with one task that runs and carries all', async () => {
    const name = `replaced_${cli.name}`;
    const instants = instantsOf(name);
    using workspace = await opened(name, taskOf(name, 'sync'));
    const replace = '-replace=opendts_sync_task.shop';
    for (let round = 0; round < ROUNDS; round++) {
      const when = await killed(applying(workspace, replace), /task\.shop: Destroying/, instants);
      await workspace.apply(replace);
      const { id } = await theOne(workspace, when);
      await installed.stage.run(name, ['INSERT INTO orders (customer, total) VALUES (1, 1.00)']);
      await installed.stage.settle(new TaskHandle(installed.stage.client, id), { name });
      expect((await installed.stage.compare({ name })).report, when).toBe('');
    }
    await workspace.destroy();
  });

  test('a change of what is carried, applied again, ends with the same task that carries what is wanted', async () => {
    const name = `reselected_${cli.name}`;
    const instants = instantsOf(name);
    using workspace = await opened(name, taskOf(name, 'sync', only('tide', 'customers')));
    const [first] = await tasksOf(installed.stage.client);
    for (let round = 0; round < ROUNDS; round++) {
      const tables = round % 2 === 0 ? ['tide', 'customers', 'orders', 'sessions'] : ['tide', 'customers'];
      workspace.write('main.tf', taskOf(name, 'sync', only(...tables)));
      const when = await killed(applying(workspace), /task\.shop: Modifying/, instants);
      await workspace.apply();
      expect((await theOne(workspace, when)).id).toBe(first?.id);
      const carried = { name, tables: tables.map((table) => ({ name: table })) };
      await installed.stage.settle(new TaskHandle(installed.stage.client, first!.id), carried);
      expect((await installed.stage.compare(carried)).report, when).toBe('');
    }
    await workspace.destroy();
  });

  test('a cutover, applied again, is made once', async () => {
    const name = `cut_over_${cli.name}`;
    const instants = instantsOf(name);
    for (let round = 0; round < ROUNDS; round++) {
      const database = `${name}_${round}`;
      using workspace = await opened(database, taskOf(database, 'migration'));
      const [first] = await tasksOf(installed.stage.client);
      workspace.write('main.tf', taskOf(database, 'migration') + CUTOVER);
      const when = await killed(applying(workspace), /cutover\.shop: Creating/, instants);
      await workspace.apply();
      expect(await theOne(workspace, when)).toEqual({ ...first, state: 'COMPLETED' });
      expect((await installed.stage.compare({ name: database })).report, when).toBe('');
      await workspace.destroy();
    }
  });

  test('a destroy, run again, leaves nothing but the data', async () => {
    const name = `destroyed_${cli.name}`;
    const instants = instantsOf(name);
    for (let round = 0; round < ROUNDS; round++) {
      const database = `${name}_${round}`;
      using workspace = await opened(database, taskOf(database, 'sync'));
      const destroying = workspace.start('destroy', '-no-color', '-auto-approve');
      const when = await killed(destroying, /task\.shop: Destroying/, instants);
      await workspace.destroy();
      expect(await workspace.state(), when).toEqual({});
      expect(await removeAll(installed.stage.client), when).toEqual([]);
      expect(await openTokens(installed.stage.client)).toHaveLength(1);
      expect((await installed.stage.compare({ name: database })).report, when).toBe('');
    }
  });
});
