import { afterAll, beforeAll, expect, it } from 'vitest';
import { compareEnds } from '../../compare/compare.ts';
import { type MysqlServer, startMysql } from '../../servers/mysql.ts';
import { TaskHarness } from './task-harness.ts';

let source: MysqlServer;
let target: MysqlServer;

beforeAll(async () => {
  [source, target] = await Promise.all([
    startMysql('mysql-9.7', { serverId: 1 }),
    startMysql('mysql-9.7', { serverId: 2 }),
  ]);
});
afterAll(async () => {
  await Promise.all([source?.stop(), target?.stop()]);
});

/** About 1 MB of log each time. */
const rounds = 60;
const round = `
  UPDATE hot.whole SET v = v + 1, filler = SHA2(CONCAT(HEX(id), v), 512) WHERE n % 3 < 2;
  UPDATE hot.whole SET id = UNHEX(SHA2(CONCAT(HEX(id), v), 256)) WHERE n % 50 = 7;
  DELETE FROM hot.whole WHERE n % 100 = 9;
  INSERT INTO hot.whole (id, n, v, filler) SELECT UNHEX(SHA2(CONCAT('again', n), 256)), n, 0, 'again' FROM hot.numbers WHERE n % 100 = 9 AND n <= 3000;
  SET SESSION binlog_row_image = MINIMAL;
  UPDATE hot.part SET v = v + 1 WHERE n % 7 = 0;
  UPDATE hot.part SET filler = UNHEX(SHA2(v, 512)) WHERE n % 11 = 0;
  DELETE FROM hot.part WHERE n = 13;
  INSERT INTO hot.part (id, n, v, filler) VALUES (UNHEX(SHA2('part13', 256)), 13, 0, 'again');
  SET SESSION binlog_row_image = FULL;`;

it('rows that change again and again while the target is busy end as at the source', async () => {
  const columns =
    'id VARBINARY(32) PRIMARY KEY, n INT NOT NULL, v INT NOT NULL, filler VARBINARY(200) NOT NULL, KEY (n)';
  await source.query(`
    CREATE DATABASE hot;
    CREATE TABLE hot.numbers (n INT PRIMARY KEY);
    CREATE TABLE hot.whole (${columns});
    CREATE TABLE hot.part (${columns});
    SET SESSION cte_max_recursion_depth = 10000;
    CREATE TABLE hot.many (${columns});
    INSERT INTO hot.numbers WITH RECURSIVE i (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < 10000) SELECT n FROM i;
    INSERT INTO hot.whole SELECT UNHEX(SHA2(CONCAT('whole', n), 256)), n, n, REPEAT('w', 128) FROM hot.numbers WHERE n <= 3000;
    INSERT INTO hot.part SELECT UNHEX(SHA2(CONCAT('part', n), 256)), n, n, REPEAT('p', 128) FROM hot.numbers WHERE n <= 3000;
    INSERT INTO hot.many SELECT UNHEX(SHA2(CONCAT('many', n), 256)), n, n, REPEAT('m', 200) FROM hot.numbers;
  `);
  await using task = await TaskHarness.create({
    source,
    target,
    selection: { databases: [{ name: 'hot' }] },
  });
  task.start();
  await task.caughtUp();

  await task.stop();
  // More than fits into the first group, which then waits for the lock with rows still in the blocks that they came in.
  for (let i = 0; i < 4; i++) await source.query('UPDATE hot.many SET v = v + 1');
  for (let i = 0; i < rounds; i++) await source.query(round);
  const other = await target.connect();
  await other.query('BEGIN; SELECT COUNT(*) FROM hot.many FOR UPDATE');
  task.start();
  await task.until(() => (task.progress?.changesCaptured ?? 0) > rounds * 2000);
  await other.query('COMMIT');
  await other.end();
  await task.complete();
  const { report, equal } = await compareEnds({ source, target, databases: [{ name: 'hot' }] });
  expect(report).toBe('');
  expect(equal).toBe(true);
});
