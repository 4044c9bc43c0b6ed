import { type BenchCase, opened, requireEqual } from '../bench-case.ts';
import { applied, applying, OurService, remove } from '../our-service.ts';
import { createSysbenchTable } from '../rows.ts';
import { startBenchServer, versionOf } from '../servers.ts';

const database = 'bench';
const TRANSACTION_BYTES = 1e9;
const ROW_BYTES = 4000;

/** What would grow if anything grew with the size of a table or of a transaction. */
export const memory: BenchCase = {
  name: 'memory',
  goals: [
    { what: 'peak memory, full load of a table of 10 M rows', unit: 'MB', ours: 'table', atMost: 300 },
    { what: 'peak memory, a transaction of 1 GB', unit: 'MB', ours: 'transaction', atMost: 300 },
  ],
  open: (rows = 10_000_000) =>
    opened(async (stack) => {
      const source = await startBenchServer(stack);
      const target = await startBenchServer(stack);
      await source.query(`CREATE DATABASE ${database}`);
      await createSysbenchTable(source, `${database}.one`, rows);
      return {
        versions: await versionOf(source),
        // Each round has a service of its own, and no time is measured.
        warmUp: async () => ({}),
        async round() {
          await source.query('DROP TABLE IF EXISTS bench.big; RESET BINARY LOGS AND GTIDS');
          await target.query('DROP DATABASE IF EXISTS bench; RESET BINARY LOGS AND GTIDS');
          await using ours = await OurService.start();
          const task = await ours.prepare({ source, target, databases: [{ name: database }] });
          const table = await ours.measure(async () => {
            await task.operate('startTask');
            await applying(task);
          });
          await source.query(`SET SESSION cte_max_recursion_depth = 4294967295;
            CREATE TABLE bench.big (id INT PRIMARY KEY, b VARBINARY(${ROW_BYTES}));
            INSERT INTO bench.big WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${TRANSACTION_BYTES / ROW_BYTES})
              SELECT i, REPEAT(UNHEX(SHA2(i, 256)), ${ROW_BYTES / 32}) FROM n`);
          const transaction = await ours.measure(() => applied(source, target));
          await requireEqual(source, target, database);
          await remove(task, target);
          return {
            table: table.rss!,
            tableSeconds: table.ours!,
            transaction: transaction.rss!,
            transactionSeconds: transaction.ours!,
            rss: Math.max(table.rss!, transaction.rss!),
            cpu: table.cpu! + transaction.cpu!,
          };
        },
      };
    }),
};
