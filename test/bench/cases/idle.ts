import { setTimeout as delay } from 'node:timers/promises';
import { until } from '../../product/wait.ts';
import type { MysqlServer } from '../../servers/mysql.ts';
import { type BenchCase, opened, requireEqual } from '../bench-case.ts';
import { applying, OurService, remove } from '../our-service.ts';
import { startBenchServer, versionOf } from '../servers.ts';

/** Beside the first. */
const MORE_TASKS = 10;
/** What the start of a task took is given back by then: connections after 10 s of rest, memory after 25. */
const SETTLE_MILLIS = 40_000;
const WATCHED_MILLIS = 30_000;

/** What a task costs that has nothing to do. Each shows at the end that it lives: a row that is then written comes over. */
export const idle: BenchCase = {
  name: 'idle',
  goals: [
    { what: 'memory of an idle task beside the first', unit: 'MB', ours: 'memory', atMost: 15 },
    { what: 'CPU of an idle task', unit: '%', ours: 'cpuShare', atMost: 0.5 },
  ],
  open: (moreTasks = MORE_TASKS) =>
    opened(async (stack) => {
      const source = await startBenchServer(stack);
      const target = await startBenchServer(stack);
      const databases = Array.from({ length: moreTasks + 1 }, (_, i) => `idle${i}`);
      const start = async (ours: OurService, name: string) => {
        const task = await ours.prepare({ name, source, target, databases: [{ name }] });
        await task.operate('startTask');
        await applying(task);
        return task;
      };
      return {
        versions: await versionOf(source),
        async round() {
          for (const name of databases) {
            await target.query(`DROP DATABASE IF EXISTS ${name}`);
            await source.query(
              `DROP DATABASE IF EXISTS ${name}; CREATE DATABASE ${name}; CREATE TABLE ${name}.t (id INT PRIMARY KEY);
               INSERT INTO ${name}.t VALUES (1)`,
            );
          }
          await using ours = await OurService.start();
          const tasks = [await start(ours, databases[0]!)];
          await delay(SETTLE_MILLIS);
          const first = ours.service.residentBytes;
          for (const name of databases.slice(1)) tasks.push(await start(ours, name));
          await delay(SETTLE_MILLIS);
          const all = ours.service.residentBytes;
          const before = ours.cpuSeconds;
          await delay(WATCHED_MILLIS);
          const cpu = ours.cpuSeconds - before;
          const rss = ours.service.peakResidentBytes;
          for (const name of databases) await followed(source, target, name);
          await requireEqual(source, target, ...databases);
          for (const task of tasks) await remove(task, target);
          return {
            first: first / 1e6,
            all: all / 1e6,
            memory: (all - first) / 1e6 / moreTasks,
            cpuShare: (100 * cpu) / (WATCHED_MILLIS / 1000) / tasks.length,
            rss: rss / 1e6,
            cpu,
          };
        },
      };
    }),
};

async function followed(source: MysqlServer, target: MysqlServer, database: string): Promise<void> {
  await source.query(`INSERT INTO ${database}.t VALUES (2)`);
  const arrived = async () => (await target.query(`SELECT 1 FROM ${database}.t WHERE id = 2`)).length > 0;
  await until(arrived, { seconds: 60, what: `a row of ${database} at the target` });
}
