import fs from 'node:fs';
import os from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { MysqlServer } from '../../servers/mysql.ts';
import { type BenchCase, memoryGoal, requireEqual } from '../bench-case.ts';
import { applied, applying, OurService, remove } from '../our-service.ts';
import { percentile } from '../result.ts';
import { createSysbenchTable } from '../rows.ts';
import { startBenchServer } from '../servers.ts';

const database = 'bench';
const TABLES = 4;
const WRITES_PER_SECOND = 1000;
const WRITERS = 4;
/** How long the source is written to without us, for the latency that it has by itself. */
const ALONE_MILLIS = 10_000;

/** The same rows copied from an idle source, and from one that is written to; what the copy costs the source's own clients. */
export const fullLoadLive: BenchCase = {
  name: 'full-load-live',
  goals: [
    { what: 'full load under 1,000 writes/s beside the idle one', unit: '%', ours: 'slowdown', atMost: 130 },
    { what: 'p99 of the writes during the copy beside without us', unit: '%', ours: 'latency', atMost: 150 },
    memoryGoal,
  ],
  async open(rows = 1_000_000) {
    const stack = new AsyncDisposableStack();
    const [source, target] = await Promise.all([startBenchServer(), startBenchServer()]);
    stack.use(source);
    stack.use(target);
    await source.query(`CREATE DATABASE ${database}`);
    const share = Math.ceil(rows / TABLES);
    for (let i = 0; i < TABLES; i += 1) await createSysbenchTable(source, `${database}.sbtest${i}`, share);
    const ours = stack.use(await OurService.start());
    comeLast(target.pid);
    comeLast(ours.service.pid);
    const copy = async () => {
      await target.query(`DROP DATABASE IF EXISTS ${database}; RESET BINARY LOGS AND GTIDS`);
      const task = await ours.prepare({ source, target, databases: [{ name: database }] });
      const readings = await ours.measure(async () => {
        await task.operate('startTask');
        await applying(task);
      });
      return { task, readings };
    };
    const finish = async ({ task }: Awaited<ReturnType<typeof copy>>) => {
      await applied(source, target);
      await requireEqual(source, target, database);
      await remove(task, target);
    };
    return {
      async round() {
        const idle = await copy();
        await finish(idle);
        const alone = await writing(source, share, () => delay(ALONE_MILLIS));
        let live: Awaited<ReturnType<typeof copy>> | undefined;
        const beside = await writing(source, share, async () => {
          live = await copy();
        });
        await finish(live!);
        return {
          ...live!.readings,
          idle: idle.readings.ours!,
          slowdown: (100 * live!.readings.ours!) / idle.readings.ours!,
          p99Alone: percentile(alone, 0.99),
          p99Beside: percentile(beside, 0.99),
          latency: (100 * percentile(beside, 0.99)) / percentile(alone, 0.99),
        };
      },
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  },
};

/**
 * The target and we stand for machines of their own: where they share one with the source, its clients come first. What is left is
 * what the copy costs the source itself.
 */
function comeLast(pid: number): void {
  os.setPriority(pid, LOW_PRIORITY);
  // A kernel that shares out time between sessions first has a priority for each.
  const ofSession = `/proc/${pid}/autogroup`;
  if (fs.existsSync(ofSession) && isLeaderOfSession(pid)) fs.writeFileSync(ofSession, String(LOW_PRIORITY));
}

const LOW_PRIORITY = 10;

const isLeaderOfSession = (pid: number): boolean => {
  const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[3]) === pid;
};

/** Writes single rows at a steady rate while the work is done: what each write took, milliseconds, its wait for its turn included. */
async function writing(server: MysqlServer, ids: number, work: () => Promise<unknown>): Promise<number[]> {
  const taken: number[] = [];
  let over = false;
  const write = async (writer: number) => {
    const connection = await server.connect({ database });
    const step = (1000 * WRITERS) / WRITES_PER_SECOND;
    let due = performance.now() + (writer * step) / WRITERS;
    while (!over) {
      const wait = due - performance.now();
      if (wait > 0) await delay(wait);
      const id = 1 + Math.floor(Math.random() * ids);
      await connection.query(`UPDATE sbtest${writer} SET k = k + 1 WHERE id = ${id}`);
      taken.push(performance.now() - due);
      due += step;
    }
    await connection.end();
  };
  const writers = Array.from({ length: WRITERS }, (_, writer) => write(writer));
  try {
    await work();
  } finally {
    over = true;
    await Promise.all(writers);
  }
  return taken;
}
