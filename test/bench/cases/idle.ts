import { setTimeout as delay } from 'node:timers/promises';
import type { BenchCase } from '../bench-case.ts';
import { applying, OurService } from '../our-service.ts';
import { startBenchServer } from '../servers.ts';

const MORE_TASKS = 8;
/** What the start of a task took is given back by then: connections after 10 s of rest, memory after 25. */
const SETTLE_MILLIS = 40_000;
const WATCHED_MILLIS = 30_000;

/** What a task costs that has nothing to do. */
export const idle: BenchCase = {
  name: 'idle',
  rounds: 1,
  goals: [
    { what: 'memory of an idle task beside the first', unit: 'MB', ours: 'memory', atMost: 15 },
    { what: 'CPU of an idle task', unit: '%', ours: 'cpuShare', atMost: 0.5 },
  ],
  async open(tasks = MORE_TASKS) {
    const stack = new AsyncDisposableStack();
    const [source, target] = await Promise.all([startBenchServer(), startBenchServer()]);
    stack.use(source);
    stack.use(target);
    const start = async (ours: OurService, i: number) => {
      await source.query(
        `CREATE DATABASE idle${i}; CREATE TABLE idle${i}.t (id INT PRIMARY KEY); INSERT INTO idle${i}.t VALUES (1)`,
      );
      const task = await ours.prepare({
        name: `idle ${i}`,
        source,
        target,
        databases: [{ name: `idle${i}` }],
      });
      await task.operate('startTask');
      await applying(task);
    };
    return {
      async round() {
        await using ours = await OurService.start();
        await start(ours, 0);
        await delay(SETTLE_MILLIS);
        const first = ours.service.residentBytes;
        for (let i = 1; i <= tasks; i += 1) await start(ours, i);
        await delay(SETTLE_MILLIS);
        const all = ours.service.residentBytes;
        const cpu = ours.cpuSeconds;
        await delay(WATCHED_MILLIS);
        const used = ours.cpuSeconds - cpu;
        return {
          first: first / 1e6,
          all: all / 1e6,
          memory: (all - first) / 1e6 / tasks,
          cpuShare: (100 * used) / (WATCHED_MILLIS / 1000) / (tasks + 1),
        };
      },
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  },
};
