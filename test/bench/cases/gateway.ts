import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { type BenchCase, memoryGoal, requireEqual } from '../bench-case.ts';
import type { FromLoad, LoadReport, ToLoad } from '../gateway-load.ts';
import { applied, applying, OurService, remove } from '../our-service.ts';
import { percentile } from '../result.ts';
import { createSysbenchTable } from '../rows.ts';
import { startBenchServer } from '../servers.ts';

const database = 'bench';
const CLIENTS = 200;
const LISTENERS_PER_TOKEN = 25;
/** Each client asks so often, as a console that refreshes does: 200 queries/s together. */
const ASKS_EVERY_MILLIS = 1000;

/**
 * 200 clients ask and 200 listen while a task copies: what an answer takes, and whether every listener hears every event. They are connected
 * before the copy begins. An answer's time counts from when its query was due, so that nothing is left out while the service is slow.
 */
export const gateway: BenchCase = {
  name: 'gateway',
  goals: [
    { what: 'query during a full load, p99 of 200 clients', unit: 'ms', ours: 'p99', atMost: 20 },
    { what: 'events that one of 200 listeners missed', unit: 'events', ours: 'missed', atMost: 0 },
    memoryGoal,
  ],
  async open(rows = 1_000_000) {
    const stack = new AsyncDisposableStack();
    const [source, target] = await Promise.all([startBenchServer(), startBenchServer()]);
    stack.use(source);
    stack.use(target);
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
          const told: string[] = [];
          for (let after = '0'; ; after = told.at(-1)!) {
            const page = await task.events(after);
            if (page.length === 0) break;
            told.push(...page.map(({ seq }) => seq));
          }
          await delay(500);
          const { taken, heard } = (await answer(load, 'report')) as LoadReport;
          await remove(task, target);
          const missed = heard
            .map((seqs) => new Set(seqs))
            .reduce((sum, seqs) => sum + told.filter((seq) => !seqs.has(seq)).length, 0);
          return {
            ...readings,
            p50: percentile(taken, 0.5),
            p99: percentile(taken, 0.99),
            max: percentile(taken, 1),
            asked: taken.length,
            told: told.length,
            missed,
          };
        } finally {
          load.kill();
        }
      },
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  },
};

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
