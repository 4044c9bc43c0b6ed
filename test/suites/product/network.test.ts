import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStage, type Stage } from '../../product/stage.ts';
import type { TaskHandle } from '../../product/task.ts';
import { until } from '../../product/wait.ts';
import { type NetworkProxy, startProxy } from '../../proxy/network-proxy.ts';
import { brokenRules } from '../../workload/invariants.ts';
import { createWorkloadDatabase, startWorkload, type Workload } from '../../workload/workload.ts';

// The network between the service and either server fails in every way that networks do; the task goes on by itself.

const database = 'mixed';
let stage: Stage;
let toSource: NetworkProxy;
let toTarget: NetworkProxy;
let workload: Workload;
let task: TaskHandle;

beforeAll(async () => {
  stage = await openStage();
  [toSource, toTarget] = await Promise.all([
    startProxy({ to: stage.source }),
    startProxy({ to: stage.target }),
  ]);
  const load = {
    server: stage.source,
    database,
    seed: 11,
    transactionsPerSecond: 80,
    schemaChangeSeconds: 3,
  };
  await createWorkloadDatabase(load);
  workload = startWorkload(load);
  task = await stage.startTask([{ name: database }], {
    source: { ...login(stage.source), port: toSource.port, host: toSource.host },
    target: { ...login(stage.target), port: toTarget.port, host: toTarget.host },
  });
  await task.waitForApply();
});
afterAll(async () => {
  await workload?.stop().catch(() => undefined);
  await toSource?.close();
  await toTarget?.close();
  await stage?.[Symbol.asyncDispose]();
});

const login = ({ username, password }: { username: string; password: string }) => ({ username, password });

/** The changes of a moment after the fault are at the target, and it is a state that the source had. */
async function goesOn(seconds = 90): Promise<void> {
  await workload.written(20);
  await stage.settle(task, { name: database }, seconds);
  expect(await brokenRules(stage.target, database)).toEqual([]);
}

describe.each([
  ['the source', () => toSource],
  ['the target', () => toTarget],
] as const)('the line to %s', (_end, proxyOf) => {
  test('is cut', async () => {
    proxyOf().cut();
    await goesOn();
  });

  test('is reset, three times in a row', async () => {
    for (let time = 0; time < 3; time++) {
      proxyOf().reset();
      await workload.written(10);
    }
    await goesOn();
  });

  test('refuses every new connection for a while', async () => {
    proxyOf().refuse(true);
    proxyOf().reset();
    await workload.written(150);
    proxyOf().refuse(false);
    await goesOn();
  });

  test('is slow', async () => {
    proxyOf().throttle(30_000);
    await workload.written(100);
    proxyOf().resume();
    await goesOn();
  });

  test('stalls without a word, for a moment', async () => {
    proxyOf().stall();
    await workload.written(100);
    proxyOf().resume();
    await goesOn();
  });

  test('stalls until the silence is noticed', { timeout: 300_000 }, async () => {
    const last = await task.lastEvent();
    proxyOf().stall();
    const noticed = await until(
      async () => (await task.events(last)).find((event) => event.error?.code.startsWith('CONNECTION_')),
      {
        seconds: 150,
        what: 'an event tells that the line is dead',
        describe: async () => JSON.stringify(await task.view()),
      },
    );
    expect(noticed.kind).toBe('RETRY');
    proxyOf().resume();
    await goesOn(240);
  });
});

describe.each([
  ['source', () => stage.source],
  ['target', () => stage.target],
] as const)('the %s server', (_end, serverOf) => {
  test('restarts in order', async () => {
    await serverOf().restart();
    await goesOn();
  });

  test('crashes and comes back', async () => {
    await serverOf().kill();
    await serverOf().start();
    await goesOn(180);
  });
});

test('after all of it both ends are equal', async () => {
  await workload.stop();
  await stage.settle(task, { name: database });
  expect((await stage.compare({ name: database })).report).toBe('');
});
