import { setTimeout as delay } from 'node:timers/promises';
import { type MysqlServer, startMysql } from '../../servers/mysql.ts';
import { TaskHarness } from '../../suites/pipeline/task-harness.ts';
import { type BenchCase, requireEqual } from '../case.ts';
import { configureReplica, replicaArgs, catchUp as replicaCatchUp } from '../peers/native-replica.ts';

/** Single-row transactions that wait: 40 % insert, 40 % update, 20 % delete. */
const BACKLOG = `
  CREATE PROCEDURE IF NOT EXISTS bench.backlog (transactions INT)
  BEGIN
    DECLARE i INT DEFAULT 0;
    WHILE i < transactions DO
      CASE i % 5
        WHEN 0 THEN UPDATE bench.rows_of SET v = v + 1, pad = SHA2(i, 256) WHERE id = 1 + (i * 7919) % 20000;
        WHEN 1 THEN UPDATE bench.rows_of SET v = v + 1 WHERE id = 1 + (i * 104729) % 20000;
        WHEN 2 THEN DELETE FROM bench.rows_of WHERE id = 20000 + i;
        ELSE INSERT INTO bench.rows_of (id, v, pad) VALUES (20005 + i, i, SHA2(i, 256));
      END CASE;
      SET i = i + 1;
    END WHILE;
  END`;

/** Waits until the checkpoint at the target holds what the source holds. */
async function applied(source: MysqlServer, target: MysqlServer): Promise<void> {
  const [end] = await source.query<{ gtid: string }>('SELECT @@GLOBAL.gtid_executed AS gtid');
  for (let done = 0; done !== 1; ) {
    const [row] = await target.query<{ done: number }>(
      `SELECT GTID_SUBSET(?, JSON_UNQUOTE(JSON_EXTRACT(position, '$.gtid'))) AS done FROM opendts.checkpoints`,
      [end?.gtid],
    );
    done = Number(row?.done);
    if (done !== 1) await delay(20);
  }
}

export const catchUp: BenchCase = {
  name: 'catch-up',
  peer: 'native replica, 4 workers',
  async open(transactions = 100_000) {
    const [source, target, replica] = await Promise.all([
      startMysql('mysql-9.7'),
      startMysql('mysql-9.7'),
      startMysql('mysql-9.7', { args: replicaArgs }),
    ]);
    await configureReplica(source, replica);
    await source.query(`CREATE DATABASE bench;
      CREATE TABLE bench.rows_of (id INT PRIMARY KEY, v INT NOT NULL, pad CHAR(64) NOT NULL DEFAULT '', KEY (v));
      SET SESSION cte_max_recursion_depth = 100000;
      INSERT INTO bench.rows_of (id, v) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT i, i FROM n`);
    await source.query(BACKLOG);
    const task = await TaskHarness.create({ source, target, selection: { databases: [{ name: 'bench' }] } });
    task.start();
    await task.caughtUp();
    await replicaCatchUp(source, replica);
    return {
      async round() {
        await task.stop();
        await source.query(`DELETE FROM bench.rows_of WHERE id > 20000; CALL bench.backlog(${transactions})`);
        const peer = await replicaCatchUp(source, replica);
        await requireEqual(source, replica, 'bench');
        const startedAt = performance.now();
        task.start();
        await applied(source, target);
        const ours = (performance.now() - startedAt) / 1000;
        await requireEqual(source, target, 'bench');
        return { ours, peer };
      },
      async [Symbol.asyncDispose]() {
        await task[Symbol.asyncDispose]();
        await Promise.all([source.stop(), target.stop(), replica.stop()]);
      },
    };
  },
};
