import { setTimeout as delay } from 'node:timers/promises';
import { unsyncedCommits } from '../../servers/installation.ts';
import { type BenchCase, memoryGoal, requireEqual } from '../bench-case.ts';
import { applied, applying, OurService } from '../our-service.ts';
import { percentile } from '../result.ts';
import { startBenchServer } from '../servers.ts';

const database = 'bench';
const PER_SECOND = 2000;
const WRITERS = 4;

/**
 * Commit at the source to commit at the target, under a steady load. A writer notes when each of its commits was answered; a reader asks
 * the target without rest how far each writer has come, and notes when it first sees a row.
 */
export const lag: BenchCase = {
  name: 'lag',
  goals: [
    { what: 'lag at 2,000 transactions/s, p50', unit: 'ms', ours: 'p50', atMost: 20 },
    { what: 'lag at 2,000 transactions/s, p99', unit: 'ms', ours: 'p99', atMost: 100 },
    memoryGoal,
  ],
  async open(transactions = 30_000) {
    const stack = new AsyncDisposableStack();
    // The source alone without: a disk may take fewer commits than the load has.
    const [source, target] = await Promise.all([startBenchServer(unsyncedCommits), startBenchServer()]);
    stack.use(source);
    stack.use(target);
    await source.query(`CREATE DATABASE ${database};
      CREATE TABLE bench.ticks (writer INT NOT NULL, seq INT NOT NULL, pad CHAR(64) NOT NULL DEFAULT 'x', PRIMARY KEY (writer, seq))`);
    const ours = stack.use(await OurService.start());
    const task = await ours.prepare({ source, target, databases: [{ name: database }] });
    await task.operate('startTask');
    await applying(task);
    const each = Math.ceil(transactions / WRITERS);
    return {
      async round() {
        await source.query('DELETE FROM bench.ticks');
        await applied(source, target);
        const committed = Array.from({ length: WRITERS }, () => new Float64Array(each));
        const seen = Array.from({ length: WRITERS }, () => new Float64Array(each));
        const write = async (writer: number) => {
          const connection = await source.connect({ database });
          const step = (1000 * WRITERS) / PER_SECOND;
          const start = performance.now();
          for (let seq = 0; seq < each; seq += 1) {
            const wait = start + seq * step - performance.now();
            if (wait > 1) await delay(wait);
            await connection.query(`INSERT INTO ticks (writer, seq) VALUES (${writer}, ${seq})`);
            committed[writer]![seq] = performance.now();
          }
          await connection.end();
        };
        const watch = async () => {
          const connection = await target.connect({ database });
          const next = new Array<number>(WRITERS).fill(0);
          const ask = next
            .map((_, writer) => `(SELECT MAX(seq) FROM ticks WHERE writer = ${writer})`)
            .join(', ');
          while (next.some((seq) => seq < each)) {
            const [rows] = await connection.query({ sql: `SELECT ${ask}`, rowsAsArray: true });
            const now = performance.now();
            for (const [writer, last] of (rows as (number | null)[][])[0]!.entries()) {
              for (; next[writer]! <= (last ?? -1); next[writer]! += 1) seen[writer]![next[writer]!] = now;
            }
            await delay(1);
          }
          await connection.end();
        };
        let lags: number[] = [];
        const readings = await ours.measure(async () => {
          const startedAt = performance.now();
          await Promise.all([watch(), ...committed.map((_, writer) => write(writer))]);
          const rate = transactions / ((performance.now() - startedAt) / 1000);
          if (rate < PER_SECOND * 0.9)
            throw new Error(`the source took ${rate.toFixed(0)} transactions/s only: no figure`);
          lags = committed.flatMap((times, writer) =>
            [...times].map((time, seq) => Math.max(0, seen[writer]![seq]! - time)),
          );
        });
        await applied(source, target);
        await requireEqual(source, target, database);
        return {
          ...readings,
          p50: percentile(lags, 0.5),
          p99: percentile(lags, 0.99),
          max: Math.max(...lags.slice(0, 100_000)),
        };
      },
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  },
};
