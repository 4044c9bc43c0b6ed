import { type BenchCase, requireEqual } from '../bench-case.ts';
import { applied, applying, OurService } from '../our-service.ts';
import { createSysbenchTable } from '../rows.ts';
import { startBenchServer } from '../servers.ts';

const database = 'bench';
const TRANSACTION_BYTES = 1e9;
const ROW_BYTES = 4000;

/** What would grow if anything grew with the size of a table or of a transaction. */
export const memory: BenchCase = {
  name: 'memory',
  rounds: 1,
  goals: [
    { what: 'peak memory, full load of a table of 10 M rows', unit: 'MB', ours: 'table', atMost: 300 },
    { what: 'peak memory, a transaction of 1 GB', unit: 'MB', ours: 'transaction', atMost: 300 },
  ],
  async open(rows = 10_000_000) {
    const stack = new AsyncDisposableStack();
    const [source, target] = await Promise.all([startBenchServer(), startBenchServer()]);
    stack.use(source);
    stack.use(target);
    await source.query(`CREATE DATABASE ${database}`);
    await createSysbenchTable(source, `${database}.one`, rows);
    return {
      async round() {
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
        return {
          table: table.rss!,
          tableSeconds: table.ours!,
          transaction: transaction.rss!,
          transactionSeconds: transaction.ours!,
        };
      },
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  },
};
