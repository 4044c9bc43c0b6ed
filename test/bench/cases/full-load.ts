import { startMysql } from '../../servers/mysql.ts';
import { TaskHarness } from '../../suites/pipeline/task-harness.ts';
import { type BenchCase, requireEqual } from '../case.ts';
import { mydumperAndMyloader } from '../peers/mydumper.ts';

const TABLES = 10;

/** Ten sysbench tables copied from server to server, binary log on at the target. */
export const fullLoad: BenchCase = {
  name: 'full-load',
  peer: 'mydumper + myloader',
  async open(rows = 1_000_000) {
    const [source, target] = await Promise.all([startMysql('mysql-9.7'), startMysql('mysql-9.7')]);
    await source.query(`CREATE DATABASE sbtest; SET SESSION cte_max_recursion_depth = 4294967295`);
    for (let table = 1; table <= TABLES; table += 1) {
      await source.query(`
        CREATE TABLE sbtest.sbtest${table} (id INT NOT NULL AUTO_INCREMENT, k INT NOT NULL DEFAULT 0,
          c CHAR(120) NOT NULL DEFAULT '', pad CHAR(60) NOT NULL DEFAULT '', PRIMARY KEY (id), KEY k_${table} (k));
        INSERT INTO sbtest.sbtest${table} (k, c, pad) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${Math.ceil(rows / TABLES)})
          SELECT RAND(i) * ${rows}, CONCAT(SHA2(i, 256), '-', LEFT(SHA2(i + 1, 256), 50)), LEFT(SHA2(i + 2, 256), 59) FROM n`);
    }
    await source.query('ANALYZE TABLE sbtest.sbtest1');
    const empty = () => target.query('DROP DATABASE IF EXISTS sbtest');
    return {
      async round() {
        await empty();
        await target.query('CREATE DATABASE sbtest');
        const peer = await mydumperAndMyloader(source, target, 'sbtest');
        await requireEqual(source, target, 'sbtest');
        await empty();
        await using task = await TaskHarness.create({
          source,
          target,
          selection: { databases: [{ name: 'sbtest' }] },
        });
        const startedAt = performance.now();
        task.start();
        await task.caughtUp();
        const ours = (performance.now() - startedAt) / 1000;
        await task.complete();
        await requireEqual(source, target, 'sbtest');
        return { ours, peer };
      },
      async [Symbol.asyncDispose]() {
        await Promise.all([source.stop(), target.stop()]);
      },
    };
  },
};
