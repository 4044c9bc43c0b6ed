import { expect, test } from 'vitest';
import { compareEnds } from '../../compare/compare.ts';
import { startMysql } from '../../servers/mysql.ts';
import { TaskHarness } from '../pipeline/task-harness.ts';

// 9.7 logs what cascades change: the target must not do it twice.
test.each(['mysql-9.7', 'mysql-5.6', 'mariadb-10.11'] as const)(
  'given cascades at %s all the time while the tables are copied and after, then both ends are equal',
  async (flavour) => {
    await using source = await startMysql(flavour, { serverId: 1 });
    await using target = await startMysql('mysql-9.7', { serverId: 2 });
    for (const statement of [
      'CREATE DATABASE d',
      'CREATE TABLE d.child_of_late (id INT PRIMARY KEY, parent INT, filler VARCHAR(200))',
      'CREATE TABLE d.parent (id INT PRIMARY KEY, filler VARCHAR(200))',
      'CREATE TABLE d.child (id INT PRIMARY KEY, parent INT, FOREIGN KEY (parent) REFERENCES d.parent (id) ON DELETE CASCADE ON UPDATE CASCADE)',
      'CREATE TABLE d.grandchild (id INT PRIMARY KEY, child INT, FOREIGN KEY (child) REFERENCES d.child (id) ON DELETE SET NULL)',
      'CREATE TABLE d.tree (id INT PRIMARY KEY, up INT, filler VARCHAR(200), FOREIGN KEY (up) REFERENCES d.tree (id) ON DELETE CASCADE)',
      'CREATE TABLE d.late (id INT PRIMARY KEY)',
      // Refers to a table that comes after it by name: the child is read before its parent.
      'ALTER TABLE d.child_of_late ADD FOREIGN KEY (parent) REFERENCES d.late (id) ON DELETE CASCADE ON UPDATE SET NULL',
      'CREATE TABLE d.alone (id INT PRIMARY KEY, filler VARCHAR(200))',
    ])
      await source.query(statement);
    const numbers = Array.from({ length: 6000 }, (_, i) => i + 1);
    const insert = async (table: string, row: (i: number) => string) =>
      await source.query(`INSERT INTO d.${table} VALUES ${numbers.map(row).join(', ')}`);
    await insert('parent', (i) => `(${i}, REPEAT('x', 200))`);
    await insert('child', (i) => `(${i}, ${i})`);
    await insert('grandchild', (i) => `(${i}, ${i})`);
    await insert('tree', (i) => `(${i}, ${i % 5 === 1 ? 'NULL' : i - 1}, REPEAT('y', 200))`);
    await insert('late', (i) => `(${i})`);
    await insert('child_of_late', (i) => `(${i}, ${i}, REPEAT('z', 200))`);
    await insert('alone', (i) => `(${i}, REPEAT('z', 200))`);

    await using task = await TaskHarness.create({
      source,
      target,
      selection: { databases: [{ name: 'd' }] },
      options: { chunkBytes: 16 * 1024, fullLoadParallelism: 2 },
    });
    let rounds = 0;
    const change = async () => {
      rounds += 1;
      // Rows of all parts of the tables, a few per round.
      const few = (column: string) => `${column} % 997 = ${rounds}`;
      await source.query(`DELETE FROM d.parent WHERE ${few('id')}`);
      await source.query(`UPDATE d.parent SET id = id + 10000 WHERE ${few('id + 400')} AND id < 10000`);
      await source.query(`DELETE FROM d.child WHERE ${few('id + 600')}`);
      await source.query(`DELETE FROM d.tree WHERE ${few('id + 200')}`);
      await source.query(`DELETE FROM d.late WHERE ${few('id')}`);
      await source.query(`UPDATE d.late SET id = id + 10000 WHERE ${few('id + 300')} AND id < 10000`);
      await source.query(`UPDATE d.alone SET filler = 'changed' WHERE ${few('id')}`);
      // A row that was taken away by a cascade comes back.
      await source.query(`REPLACE INTO d.late VALUES (${rounds})`);
      await source.query(`REPLACE INTO d.child_of_late VALUES (${rounds}, ${rounds}, 'back')`);
    };
    let copying = true;
    const changing = (async () => {
      while (copying) await change();
    })();
    task.start();
    await task.caughtUp();
    copying = false;
    await changing;
    const whileCopied = rounds;
    while (rounds < whileCopied + 5) await change();
    await task.complete();
    const { report } = await compareEnds({ source, target, databases: [{ name: 'd' }] });
    expect(report).toBe('');
    expect(whileCopied).toBeGreaterThan(5);
  },
);
