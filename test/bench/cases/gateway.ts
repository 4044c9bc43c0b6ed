import { setTimeout as delay } from 'node:timers/promises';
import { Client } from '../../product/client.ts';
import { type BenchCase, memoryGoal, requireEqual } from '../bench-case.ts';
import { applied, applying, OurService, remove } from '../our-service.ts';
import { percentile } from '../result.ts';
import { createSysbenchTable } from '../rows.ts';
import { startBenchServer } from '../servers.ts';

const database = 'bench';
const CLIENTS = 200;
/** A token holds at most 32 live streams. */
const LISTENERS_PER_TOKEN = 25;
/** Each client asks so often, as a console that refreshes does. */
const ASKS_EVERY_MILLIS = 1000;

/** 200 clients ask and 200 listen while a task copies: what an answer takes, and whether every listener hears every event. */
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
    const clients: Client[] = [];
    for (let i = 0; i < CLIENTS / LISTENERS_PER_TOKEN; i += 1) {
      const { secret } = await ours.client.mutate<{ secret: string }>(
        'createApiToken',
        { name: `listeners ${i}`, scopes: ['read'] },
        'secret',
      );
      clients.push(new Client(() => ({ url: ours.service.url, token: secret })));
    }
    return {
      async round() {
        await target.query(`DROP DATABASE IF EXISTS ${database}`);
        const task = await ours.prepare({ source, target, databases: [{ name: database }] });
        const listening = new AbortController();
        const heard = Array.from({ length: CLIENTS }, () => new Set<string>());
        const listeners = heard.map(async (seqs, i) => {
          const events = clients[Math.floor(i / LISTENERS_PER_TOKEN)]!.subscribe<{ seq: string }>(
            'subscription($id: ID!) { taskEvents(taskId: $id, after: "0") { seq } }',
            { id: task.id },
            listening.signal,
          );
          for await (const { seq } of events) seqs.add(seq);
        });
        const taken: number[] = [];
        let over = false;
        const ask = async (client: number) => {
          await delay((client * ASKS_EVERY_MILLIS) / CLIENTS);
          while (!over) {
            const startedAt = performance.now();
            await task.view();
            const millis = performance.now() - startedAt;
            taken.push(millis);
            await delay(Math.max(0, ASKS_EVERY_MILLIS - millis));
          }
        };
        const readings = await ours.measure(async () => {
          const asking = heard.map((_, client) => ask(client));
          await task.operate('startTask');
          await applying(task);
          over = true;
          await Promise.all(asking);
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
        listening.abort();
        await Promise.allSettled(listeners);
        await remove(task, target);
        const missed = heard.reduce((sum, seqs) => sum + told.filter((seq) => !seqs.has(seq)).length, 0);
        return {
          ...readings,
          p50: percentile(taken, 0.5),
          p99: percentile(taken, 0.99),
          asked: taken.length,
          told: told.length,
          missed,
        };
      },
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  },
};
