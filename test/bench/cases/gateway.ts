import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { TaskHandle } from '../../product/task.ts';
import { type BenchCase, memoryGoal, opened, requireEqual } from '../bench-case.ts';
import { deliveryFaults } from '../event-delivery.ts';
import type { FromLoad, LoadReport, ToLoad } from '../gateway-load.ts';
import { applied, applying, OurService, remove } from '../our-service.ts';
import { percentile } from '../result.ts';
import { createSysbenchTable } from '../rows.ts';
import { startBenchServer, versionOf } from '../servers.ts';

const database = 'bench';
const CLIENTS = 200;
const LISTENERS_PER_TOKEN = 25;
/** Each client asks so often, as a console that refreshes does: 200 queries/s together. */
const ASKS_EVERY_MILLIS = 1000;

/**
 * 200 clients ask and 200 listen while a task copies: what an answer takes, and whether every listener hears every event once and in order. They are connected
 * before the copy begins. An answer's time counts from when its query was due, so that nothing is left out while the service is slow.
 */
export const gateway: BenchCase = {
  name: 'gateway',
  goals: [
    { what: 'query during a full load, p99 of 200 clients', unit: 'ms', ours: 'p99', atMost: 20 },
    {
      what: 'events missed, told twice or out of order, of 200 listeners',
      unit: 'events',
      ours: 'faults',
      atMost: 0,
    },
    memoryGoal,
  ],
  open: (rows = 1_000_000) =>
    opened(async (stack) => {
      const source = await startBenchServer(stack);
      const target = await startBenchServer(stack);
      await source.query(`CREATE DATABASE ${database}`);
      await createSysbenchTable(source, `${database}.one`, rows);
      const ours = stack.use(await OurService.start());
      const tokens: string[] = [];
      for (let i = 0; i < CLIENTS / LISTENERS_PER_TOKEN; i += 1) {
        const { secret } = await ours.client.mutate<{ secret: string }>(
          'createApiToken',
          { name: `listeners ${i}`, scopes: ['read'] },
          'secret',
        );
        tokens.push(secret);
      }
      return {
        versions: await versionOf(source),
        async round() {
          await target.query(`DROP DATABASE IF EXISTS ${database}`);
          const task = await ours.prepare({ source, target, databases: [{ name: database }] });
          const load = fork(new URL('../gateway-load.ts', import.meta.url), { detached: true });
          try {
            await answer(load, {
              open: {
                url: ours.service.url,
                taskId: task.id,
                tokens,
                listenersPerToken: LISTENERS_PER_TOKEN,
                clients: CLIENTS,
                everyMillis: ASKS_EVERY_MILLIS,
              },
            });
            const readings = await ours.measure(async () => {
              load.send('ask' satisfies ToLoad);
              await task.operate('startTask');
              await applying(task);
              await answer(load, 'over');
            });
            await applied(source, target);
            await requireEqual(source, target, database);
            const told = await allEvents(task);
            const { taken, heard } = (await answer(load, { reportAfter: told.at(-1)! })) as LoadReport;
            await remove(task, target);
            const { missed, doubled, outOfOrder } = deliveryFaults(told, heard);
            return {
              ...readings,
              p50: percentile(taken, 0.5),
              p99: percentile(taken, 0.99),
              max: percentile(taken, 1),
              asked: taken.length,
              told: told.length,
              faults: missed + doubled + outOfOrder,
              missed,
              doubled,
              outOfOrder,
            };
          } finally {
            load.kill();
          }
        },
      };
    }),
};

/** Numbers of all events of the task by now, as its history has them. */
async function allEvents(task: TaskHandle): Promise<string[]> {
  const told: string[] = [];
  for (;;) {
    const page = await task.events(told.at(-1));
    if (page.length === 0) return told;
    told.push(...page.map(({ seq }) => seq));
  }
}

/** Rejects when the process of the clients ends before it answered. */
async function answer(load: ChildProcess, message: ToLoad): Promise<FromLoad> {
  const ended = once(load, 'exit').then(([code]) => {
    throw new Error(`the clients ended with ${code}`);
  });
  const answered = once(load, 'message');
  load.send(message);
  const [told] = (await Promise.race([answered, ended])) as [FromLoad];
  return told;
}
