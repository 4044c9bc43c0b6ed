import { expect, test } from 'vitest';
import { systemClock } from '../../../engine/core/clock.ts';
import { silentLogger } from '../../../engine/core/logger.ts';
import { runPrecheck } from '../../../engine/precheck/run.ts';
import { compareEnds } from '../../compare/compare.ts';
import { type Flavour, type MysqlServer, startMysql } from '../../servers/mysql.ts';
import { endpointOf, TaskHarness } from '../pipeline/task-harness.ts';
import { accountOf, sourceGrants, targetGrants } from './account.ts';
import { objects, task } from './shop-task.ts';

const made = [
  'USE shop',
  'CREATE TABLE customers (id INT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(50), KEY (name))',
  'CREATE TABLE orders (id INT PRIMARY KEY, customer INT, FOREIGN KEY (customer) REFERENCES customers (id) ON DELETE CASCADE)',
  'CREATE TABLE log (what VARCHAR(50))',
  "INSERT INTO customers VALUES (1, 'a'), (2, 'b')",
  'INSERT INTO orders VALUES (1, 1), (2, 2)',
  "INSERT INTO log VALUES ('x'), ('x')",
  'CREATE SQL SECURITY INVOKER VIEW names AS SELECT name FROM customers',
  'CREATE PROCEDURE note(t VARCHAR(50)) SQL SECURITY INVOKER INSERT INTO log VALUES (t)',
  'CREATE FUNCTION twice(i INT) RETURNS INT DETERMINISTIC SQL SECURITY INVOKER RETURN i * 2',
  "CREATE TRIGGER told AFTER INSERT ON orders FOR EACH ROW INSERT INTO log VALUES ('order')",
  "CREATE EVENT never ON SCHEDULE EVERY 1 YEAR STARTS '2037-01-01 00:00:00' DO DELETE FROM log",
];
const changed = [
  'INSERT INTO orders VALUES (3, 2)',
  'DELETE FROM customers WHERE id = 1',
  "DELETE FROM log WHERE what = 'x' LIMIT 1",
  'ALTER TABLE customers ADD COLUMN since TIMESTAMP NULL, ADD INDEX by_since (since)',
  'CREATE TABLE refunds LIKE orders',
  'INSERT INTO refunds SELECT * FROM orders',
  'CREATE TABLE kept (v INT)',
  'INSERT INTO kept VALUES (1)',
  'RENAME TABLE kept TO held',
  'TRUNCATE TABLE log',
  'DROP VIEW names',
  'CREATE SQL SECURITY INVOKER VIEW names AS SELECT id, name FROM customers',
  'CREATE PROCEDURE note_twice(t VARCHAR(50)) SQL SECURITY INVOKER INSERT INTO log VALUES (t), (t)',
  'DROP FUNCTION twice',
];

async function failures(source: MysqlServer, target: MysqlServer): Promise<readonly unknown[]> {
  const items = await runPrecheck({
    task,
    source: endpointOf(source),
    target: endpointOf(target),
    logger: silentLogger,
    clock: systemClock,
  });
  return items
    .filter(({ grade }) => grade === 'FAIL')
    .map(({ name, message, objects }) => [name, message, ...objects]);
}

test.each(Object.keys(sourceGrants) as Flavour[])(
  'given users with the documented privileges alone, when %s moves to MySQL 9.7, then all of it arrives',
  async (flavour) => {
    await using source = await startMysql(flavour, { serverId: 1 });
    await using target = await startMysql('mysql-9.7', {
      serverId: 2,
      args: ['--log-bin-trust-function-creators=ON', '--sql-generate-invisible-primary-key=OFF'],
    });
    const trusting = flavour === 'mysql-9.7' ? 'SET GLOBAL log_bin_trust_function_creators = ON;' : '';
    await source.query(`${trusting} CREATE DATABASE shop`);
    for (const statement of made) await source.query(statement);

    const [nobody, nothing] = [
      await accountOf(source, 'nobody', ['USAGE ON *.*']),
      await accountOf(target, 'nothing', ['USAGE ON *.*']),
    ];
    const asked = (await failures(nobody, nothing)).flat();
    const reader = await accountOf(source, 'reader', sourceGrants[flavour]);
    const writer = await accountOf(target, 'writer', targetGrants);
    expect(asked).toEqual(expect.arrayContaining(['SELECT ON shop.*', 'REPLICATION SLAVE ON *.*']));
    expect(await failures(reader, writer)).toEqual([]);

    await using running = await TaskHarness.create({ source: reader, target: writer, selection: objects });
    running.start();
    await running.caughtUp();
    for (const statement of changed) await source.query(statement);
    await running.complete();
    const { report } = await compareEnds({
      source,
      target,
      databases: [{ name: 'shop' }],
      // MySQL 5.6 counts the order of triggers from 0.
      triggersAndEvents: flavour !== 'mysql-5.6',
    });
    expect(report).toBe('');
  },
);
