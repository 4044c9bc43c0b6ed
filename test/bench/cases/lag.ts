import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from 'mysql2/promise';
import { unsyncedCommits } from '../../servers/installation.ts';
import { type BenchCase, memoryGoal, opened, requireEqual } from '../bench-case.ts';
import { applied, applying, OurService } from '../our-service.ts';
import { percentile } from '../result.ts';
import { startBenchServer, versionOf } from '../servers.ts';
import { requireRate } from '../steady-writes.ts';

const database = 'bench';
const PER_SECOND = 2000;
const WRITERS = 4;
/** Share of the load that the source has to have taken: a lighter one is another case. */
const LEAST_OF_RATE = 0.98;

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
  open: (transactions = 30_000) =>
    opened(async (stack) => {
      // The source alone without: a disk may take fewer commits than the load has.
      const source = await startBenchServer(stack, unsyncedCommits);
      const target = await startBenchServer(stack);
      await source.query(`CREATE DATABASE ${database};
      CREATE TABLE bench.ticks (writer INT NOT NULL, seq INT NOT NULL, pad CHAR(64) NOT NULL DEFAULT 'x', PRIMARY KEY (writer, seq))`);
      const ours = stack.use(await OurService.start());
      const task = await ours.prepare({ source, target, databases: [{ name: database }] });
      await task.operate('startTask');
      await applying(task);
      const each = Math.ceil(transactions / WRITERS);
      return {
        versions: await versionOf(source),
        async round() {
          await source.query('DELETE FROM bench.ticks');
          await applied(source, target);
          const committed = Array.from({ length: WRITERS }, () => new Float64Array(each));
          const seen = Array.from({ length: WRITERS }, () => new Float64Array(each));
          const connections = await Promise.all(committed.map(() => source.connect({ database })));
          let startedAt = 0;
          const write = async (connection: Connection, writer: number) => {
            const step = (1000 * WRITERS) / PER_SECOND;
            for (let seq = 0; seq < each; seq += 1) {
              const wait = startedAt + seq * step - performance.now();
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
          const readings = await ours.measure(async () => {
            startedAt = performance.now();
            await Promise.all([watch(), ...connections.map(write)]);
          });
          const lastCommit = Math.max(...committed.map((times) => times[each - 1]!));
          const rate = (1000 * WRITERS * each) / (lastCommit - startedAt);
          requireRate('from first to last', rate, PER_SECOND, LEAST_OF_RATE);
          const lags = committed.flatMap((times, writer) =>
            [...times].map((time, seq) => Math.max(0, seen[writer]![seq]! - time)),
          );
          await applied(source, target);
          await requireEqual(source, target, database);
          return {
            ...readings,
            p50: percentile(lags, 0.5),
            p99: percentile(lags, 0.99),
            max: percentile(lags, 1),
            rate,
          };
        },
      };
    }),
};
