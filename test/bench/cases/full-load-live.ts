import fs from 'node:fs';
import os from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { MysqlServer } from '../../servers/mysql.ts';
import { type BenchCase, memoryGoal, opened, requireEqual } from '../bench-case.ts';
import { applied, applying, OurService, remove } from '../our-service.ts';
import { percentile } from '../result.ts';
import { createSysbenchTable } from '../rows.ts';
import { startBenchServer, versionOf } from '../servers.ts';
import { requireRate, type Write, type WritesOfWindow, writesOf } from '../steady-writes.ts';

const database = 'bench';
const TABLES = 10;
const WRITES_PER_SECOND = 1000;
/** So many that their commits share syncs: fewer would wait for the disk one after the other. */
const WRITERS = 16;
/** Share of the load that the source has to have taken in a window. */
const LEAST_OF_RATE = 0.95;
/** Connections are open and the load is steady by then. */
const LEAD_MILLIS = 1000;

/** The rows of full-load copied from an idle source, and from one that is written to; what the copy costs the source's own clients. */
export const fullLoadLive: BenchCase = {
  name: 'full-load-live',
  goals: [
    { what: 'full load under 1,000 writes/s beside the idle one', unit: '%', ours: 'slowdown', atMost: 130 },
    { what: 'p99 of the writes during the copy beside without us', unit: '%', ours: 'latency', atMost: 150 },
    { what: 'processors busy with the writes alone', unit: '%', ours: 'busyAlone' },
    memoryGoal,
  ],
  open: (rows = 2_000_000) =>
    opened(async (stack) => {
      const source = await startBenchServer(stack);
      const target = await startBenchServer(stack);
      comeLast(target.pid);
      await source.query(`CREATE DATABASE ${database}`);
      const share = Math.ceil(rows / TABLES);
      for (let i = 0; i < TABLES; i += 1) await createSysbenchTable(source, `${database}.sbtest${i}`, share);
      const ours = stack.use(await OurService.start());
      // The service was started before, and the servers: what is started later has the priority of who starts it.
      stack.use(comeFirst());
      const prepare = async () => {
        await target.query(`DROP DATABASE IF EXISTS ${database}; RESET BINARY LOGS AND GTIDS`);
        const task = await ours.prepare({ source, target, databases: [{ name: database }] });
        const copy = () =>
          ours.measure(async () => {
            await task.operate('startTask');
            await applying(task);
          });
        const finish = async () => {
          await applied(source, target);
          await requireEqual(source, target, database);
          await remove(task, target);
        };
        return { copy, finish };
      };
      return {
        versions: await versionOf(source),
        async warmUp() {
          const idle = await prepare();
          const readings = await idle.copy();
          await idle.finish();
          return readings;
        },
        async round() {
          const idle = await prepare();
          const { ours: idleSeconds } = await idle.copy();
          await idle.finish();
          const live = await prepare();
          const { done: readings, writes: beside } = await underWrites(source, share, live.copy);
          await live.finish();
          // As long as the copy took, and after it: what the server has in memory is the same.
          const { done: busyAlone, writes: alone } = await underWrites(source, share, () =>
            busyShare(() => delay(1000 * readings.ours!)),
          );
          requireRate('during the copy', beside.perSecond, WRITES_PER_SECOND, LEAST_OF_RATE);
          requireRate('without us', alone.perSecond, WRITES_PER_SECOND, LEAST_OF_RATE);
          const p99Alone = percentile(alone.taken, 0.99);
          const p99Beside = percentile(beside.taken, 0.99);
          return {
            ...readings,
            idle: idleSeconds!,
            slowdown: (100 * readings.ours!) / idleSeconds!,
            p99Alone,
            p99Beside,
            latency: (100 * p99Beside) / p99Alone,
            perSecondAlone: alone.perSecond,
            perSecondBeside: beside.perSecond,
            busyAlone: 100 * busyAlone,
          };
        },
      };
    }),
};

/**
 * The target stands for a machine of its own: where it shares one with the source, the source's clients come first. What is left is what
 * the copy costs the source itself. The service keeps the priority that it has when a user starts it.
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

/** The writers stand for machines of their own: what they wait for a processor here is not the source's latency. */
function comeFirst(): Disposable {
  const before = os.getPriority();
  const set = (priority: number) => {
    try {
      os.setPriority(priority);
    } catch {
      // Not everybody may: then their own waits are counted as the source's.
    }
  };
  set(os.constants.priority.PRIORITY_HIGH);
  return { [Symbol.dispose]: () => set(before) };
}

/** How much of the time of all processors was used while the work lasted: what it leaves is the most that a copy can have. */
async function busyShare(work: () => Promise<unknown>): Promise<number> {
  const before = processorMillis();
  await work();
  const after = processorMillis();
  return 1 - (after.idle - before.idle) / (after.all - before.all);
}

function processorMillis(): { idle: number; all: number } {
  const times = os.cpus().map((processor) => processor.times);
  const idle = times.reduce((sum, each) => sum + each.idle, 0);
  return { idle, all: times.reduce((sum, { user, nice, sys, irq }) => sum + user + nice + sys + irq, idle) };
}

/** Does the work while single rows are written at a steady rate, and tells of the writes while the work lasted. */
async function underWrites<T>(
  server: MysqlServer,
  ids: number,
  work: () => Promise<T>,
): Promise<{ done: T; writes: WritesOfWindow }> {
  const writes: Write[] = [];
  let end = Number.POSITIVE_INFINITY;
  const write = async (writer: number) => {
    const connection = await server.connect({ database });
    const step = (1000 * WRITERS) / WRITES_PER_SECOND;
    // Those whose turn comes before the end are all written, however late.
    for (let due = performance.now() + (writer * step) / WRITERS; due < end; due += step) {
      const wait = due - performance.now();
      if (wait > 0) await delay(wait);
      const table = Math.floor(Math.random() * TABLES);
      const id = 1 + Math.floor(Math.random() * ids);
      await connection.query(`UPDATE sbtest${table} SET k = k + 1 WHERE id = ${id}`);
      writes.push({ due, answered: performance.now() });
    }
    await connection.end();
  };
  const writers = Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
  try {
    await Promise.race([delay(LEAD_MILLIS), writers]);
    const from = performance.now();
    const done = await Promise.race([work(), failed(writers)]);
    end = performance.now();
    await writers;
    return { done, writes: writesOf(writes, from, end) };
  } finally {
    end = 0;
    await writers.catch(() => {});
  }
}

/** Rejects when a writer does, and never ends otherwise: they are at it until the work is done. */
const failed = (writers: Promise<unknown>): Promise<never> =>
  writers.then(() => new Promise<never>(() => {}));
