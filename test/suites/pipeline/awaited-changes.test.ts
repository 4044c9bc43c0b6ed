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

it('changes are waited for when the copy is done and little of them is left to be applied', async () => {
  await source.query(`
    CREATE DATABASE shop;
    CREATE TABLE shop.rows_of (id INT PRIMARY KEY AUTO_INCREMENT, filler VARCHAR(2000) NOT NULL);
    INSERT INTO shop.rows_of (filler) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) SELECT REPEAT(i, 200) FROM n;
  `);
  let isAwaited = () => true;
  const whileCopied: boolean[] = [];
  await using task = await TaskHarness.create({
    source,
    target,
    selection: { databases: [{ name: 'shop' }] },
    wrapSource: (opened) => ({
      ...opened,
      capture(options) {
        isAwaited = options.isAwaited ?? isAwaited;
        return opened.capture(options);
      },
    }),
    wrapTarget: (opened) => ({
      ...opened,
      bulk: {
        load(load) {
          whileCopied.push(isAwaited());
          return opened.bulk.load(load);
        },
      },
    }),
  });
  task.start();
  await task.caughtUp();
  expect(whileCopied).toEqual([false]);
  expect(isAwaited()).toBe(true);

  const other = await target.connect();
  await other.query('LOCK TABLES shop.rows_of READ');
  for (let i = 0; i < 5; i += 1) await source.query('UPDATE shop.rows_of SET filler = CONCAT(filler, 1)');
  await task.until(() => (task.progress?.lagBytes ?? 0) > 2 * 1024 * 1024);
  expect(isAwaited()).toBe(false);
  await other.query('UNLOCK TABLES');
  await other.end();
  await task.until(isAwaited);

  await task.complete();
  expect((await compareEnds({ source, target, databases: [{ name: 'shop' }] })).report).toBe('');
});
