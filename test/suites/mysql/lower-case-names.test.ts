import { expect, test } from 'vitest';
import { compareEnds } from '../../compare/compare.ts';
import { startMysql } from '../../servers/mysql.ts';
import { TaskHarness } from '../pipeline/task-harness.ts';

test.each(['mysql-9.7', 'mysql-5.6', 'mariadb-10.11'] as const)(
  'given %s with lower_case_table_names = 1, when statements use capitals, then the names in lower case are followed',
  async (flavour) => {
    const args = ['--lower-case-table-names=1'];
    await using source = await startMysql(flavour, { serverId: 1, args });
    await using target = await startMysql('mysql-9.7', { serverId: 2 });
    for (const statement of [
      'CREATE DATABASE Shop',
      'CREATE TABLE Shop.Orders (Id INT PRIMARY KEY, Note VARCHAR(20))',
      'CREATE TABLE Shop.Parts (Id INT PRIMARY KEY, FOREIGN KEY (Id) REFERENCES Shop.Orders (Id))',
      "INSERT INTO Shop.Orders VALUES (1, 'a'), (2, 'b')",
    ])
      await source.query(statement);
    const selection = { databases: [{ name: 'shop' }] };
    await using task = await TaskHarness.create({ source, target, selection });
    task.start();
    await task.caughtUp();
    for (const statement of [
      'USE SHOP',
      "UPDATE ORDERS SET Note = 'c' WHERE id = 1",
      'INSERT INTO PARTS VALUES (2)',
      'ALTER TABLE Orders ADD COLUMN More INT DEFAULT 3',
      'CREATE TABLE Shop.Extra LIKE SHOP.Orders',
      "INSERT INTO EXTRA VALUES (9, 'x', 1)",
      'RENAME TABLE Extra TO Shop.RENAMED',
      "INSERT INTO Renamed VALUES (10, 'y', 2)",
      'DROP TABLE PARTS',
    ])
      await source.query(statement);
    await task.complete();
    const { report } = await compareEnds({ source, target, databases: selection.databases });
    expect(report).toBe('');
    expect(
      await target.query(
        "SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'shop' ORDER BY 1",
      ),
    ).toEqual([{ name: 'orders' }, { name: 'renamed' }]);
  },
);
