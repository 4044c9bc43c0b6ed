import type { MysqlServer } from '../../servers/mysql.ts';
import { type BenchCase, type Goal, memoryGoal, type OpenCase, opened, requireEqual } from '../bench-case.ts';
import { applied, applying, OurService } from '../our-service.ts';
import { configureReplica, replicaArgs, catchUp as replicaCatchUp } from '../peers/native-replica.ts';
import { wideColumns, wideValues } from '../rows.ts';
import { startBenchServer, versionOf } from '../servers.ts';

// Transactions wait at the source. From the order to go on, of a paused task or a stopped replica, until all of them are at the target.

const database = 'bench';
/** Without a ratio it is told alone. */
const replica = (ratio?: number): Goal => ({
  what: 'catch-up',
  unit: 's',
  peer: { name: 'native replica, 4 workers', reading: 'replica', ...(ratio !== undefined && { ratio }) },
});

const narrow = `id INT PRIMARY KEY, v INT NOT NULL, pad CHAR(64) NOT NULL DEFAULT '', KEY (v)`;
const seed = (rows: number) => `SET SESSION cte_max_recursion_depth = 4294967295;
  INSERT INTO bench.rows_of (id, v) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows}) SELECT i, i FROM n`;

/** A procedure that runs `body` for `i` from 0, each time in a transaction of its own. */
const loop = (body: string): string => `
  CREATE PROCEDURE bench.backlog (transactions INT)
  BEGIN
    DECLARE i INT DEFAULT 0;
    WHILE i < transactions DO
      ${body}
      SET i = i + 1;
    END WHILE;
  END`;

export const catchUp: BenchCase = {
  name: 'catch-up',
  goals: [replica(8), memoryGoal],
  open: (transactions = 300_000) =>
    openCatchUp({
      transactions,
      tables: `CREATE TABLE bench.rows_of (${narrow}); ${seed(100_000)}`,
      // 40 % insert, 40 % update, 20 % delete of what was inserted a while ago.
      backlog: loop(`
        CASE i % 5
          WHEN 0 THEN UPDATE bench.rows_of SET v = v + 1, pad = SHA2(i, 256) WHERE id = 1 + (i * 7919) % 100000;
          WHEN 1 THEN UPDATE bench.rows_of SET v = v + 1 WHERE id = 1 + (i * 104729) % 100000;
          WHEN 2 THEN DELETE FROM bench.rows_of WHERE id = 100000 + i - 997;
          ELSE INSERT INTO bench.rows_of (id, v, pad) VALUES (100002 + i, i, SHA2(i, 256));
        END CASE;`),
      between: 'DELETE FROM bench.rows_of WHERE id > 100000',
    }),
};

export const catchUpHot: BenchCase = {
  name: 'catch-up-hot',
  goals: [replica(20), memoryGoal],
  open: (transactions = 300_000) =>
    openCatchUp({
      transactions,
      tables: `CREATE TABLE bench.rows_of (${narrow}); ${seed(100_000)}`,
      backlog: loop(
        'UPDATE bench.rows_of SET v = v + 1, pad = SHA2(i, 256) WHERE id = 1 + (i * 7919) % 1000;',
      ),
    }),
};

/** Rows that a big transaction changes. */
const BIG = 10_000;

/** Big transactions over one table of `rows` rows, one stretch of it after the other. */
const openBig = (transactions: number, rows: number): Promise<OpenCase> =>
  openCatchUp({
    transactions,
    tables: `CREATE TABLE bench.rows_of (${narrow}); ${seed(rows)}`,
    backlog: loop(
      `UPDATE bench.rows_of SET v = v + 1, pad = SHA2(i + id, 256)
        WHERE id > (i * ${BIG}) % ${rows} AND id <= (i * ${BIG}) % ${rows} + ${BIG};`,
    ),
  });

export const catchUpBig: BenchCase = {
  name: 'catch-up-big',
  goals: [replica(1.5), memoryGoal],
  // The table of the cases before: each of its rows changes in every tenth transaction.
  open: (transactions = 100) => openBig(transactions, 100_000),
};

export const catchUpBigOnce: BenchCase = {
  name: 'catch-up-big-once',
  goals: [replica(), memoryGoal],
  open: (transactions = 100) => openBig(transactions, transactions * BIG),
};

const WIDE_TABLES = 200;

export const catchUpWide: BenchCase = {
  name: 'catch-up-wide',
  goals: [replica(5), memoryGoal],
  open: (transactions = 200_000) =>
    openCatchUp({
      transactions,
      tables: Array.from(
        { length: WIDE_TABLES },
        (_, i) => `CREATE TABLE bench.wide${i} (${wideColumns}, KEY (i1))`,
      ).join(';'),
      backlog: loop(
        `CASE i % ${WIDE_TABLES} ${Array.from(
          { length: WIDE_TABLES },
          (_, i) => `WHEN ${i} THEN
            IF i DIV ${WIDE_TABLES} % 3 < 2 THEN INSERT INTO bench.wide${i} SELECT 1 + i, ${wideValues('i')};
            ELSE UPDATE bench.wide${i} SET i1 = i, v1 = LEFT(SHA2(i, 256), 40), t2 = NOW(6) WHERE id = 1 + i - ${WIDE_TABLES}; END IF;`,
        ).join('\n')} END CASE;`,
      ),
      between: Array.from({ length: WIDE_TABLES }, (_, i) => `DELETE FROM bench.wide${i}`).join(';'),
    }),
};

interface CatchUp {
  readonly transactions: number;
  /** Makes and fills the tables. */
  readonly tables: string;
  /** Makes the procedure bench.backlog. */
  readonly backlog: string;
  /** Brings the rows back to where the next round begins. */
  readonly between?: string;
}

/** What part of the transactions warms up both: the rest of the first round would take the replica minutes. */
const WARM_UP_PART = 10;

const openCatchUp = ({ transactions, tables, backlog, between }: CatchUp): Promise<OpenCase> =>
  opened(async (stack) => {
    const source = await startBenchServer(stack);
    const target = await startBenchServer(stack);
    const replicaServer = await startBenchServer(stack, replicaArgs);
    await configureReplica(source, replicaServer);
    await source.query(`CREATE DATABASE ${database}; ${tables}`);
    await source.query(backlog);
    const ours = stack.use(await OurService.start());
    await allowFunctions(target);
    const task = await ours.prepare({ source, target, databases: [{ name: database }] });
    await task.operate('startTask');
    await applying(task);
    const roundOf = async (transactions: number) => {
      if (between !== undefined) await source.query(between);
      await applied(source, target);
      await replicaCatchUp(source, replicaServer);
      await task.operate('pauseTask');
      await task.waitFor(['PAUSED'], 60);
      await makeBacklog(source, transactions);
      const replica = await replicaCatchUp(source, replicaServer);
      await requireEqual(source, replicaServer, database);
      const measured = await ours.measure(async () => {
        await task.operate('resumeTask');
        await applied(source, target);
      });
      await requireEqual(source, target, database);
      return { ...measured, replica };
    };
    return {
      versions: await versionOf(source),
      warmUp: () => roundOf(Math.ceil(transactions / WARM_UP_PART)),
      round: () => roundOf(transactions),
    };
  });

const allowFunctions = (target: MysqlServer) =>
  target.query('SET GLOBAL log_bin_trust_function_creators = ON');

/** Without waiting for the disk at each commit: how the backlog came to be is not measured. */
async function makeBacklog(source: MysqlServer, transactions: number): Promise<void> {
  await source.query('SET GLOBAL sync_binlog = 0, GLOBAL innodb_flush_log_at_trx_commit = 2');
  await source.query(`CALL bench.backlog(${transactions})`);
  await source.query('SET GLOBAL sync_binlog = 1, GLOBAL innodb_flush_log_at_trx_commit = 1; FLUSH LOGS');
}
