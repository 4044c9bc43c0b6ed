import { expect, test } from 'vitest';
import { compareEnds } from '../../compare/compare.ts';
import { startMysql } from '../../servers/mysql.ts';
import { TaskHarness } from '../pipeline/task-harness.ts';

// 9.7 logs what cascades change: the target must not do it twice.
test.each(['mysql-9.7', 'mysql-5.6'] as const)(
  'given cascades at %s while the tables are copied and after, then both ends are equal',
  async (flavour) => {
    await using source = await startMysql(flavour, { serverId: 1 });
    await using target = await startMysql('mysql-9.7', { serverId: 2 });
    for (const statement of [
      'CREATE DATABASE d',
      'USE d',
      'CREATE TABLE parent (id INT PRIMARY KEY, filler VARCHAR(200))',
      'CREATE TABLE child (id INT PRIMARY KEY, parent INT, FOREIGN KEY (parent) REFERENCES d.parent (id) ON DELETE CASCADE ON UPDATE CASCADE)',
      'CREATE TABLE grandchild (id INT PRIMARY KEY, child INT, FOREIGN KEY (child) REFERENCES d.child (id) ON DELETE SET NULL)',
      'CREATE TABLE tree (id INT PRIMARY KEY, up INT, FOREIGN KEY (up) REFERENCES d.tree (id) ON DELETE CASCADE)',
    ])
      await source.query(statement);
    const numbers = Array.from({ length: 3000 }, (_, i) => i + 1);
    const insert = async (table: string, row: (i: number) => string) =>
      await source.query(`INSERT INTO d.${table} VALUES ${numbers.map(row).join(', ')}`);
    await insert('parent', (i) => `(${i}, REPEAT('x', 200))`);
    await insert('child', (i) => `(${i}, ${i})`);
    await insert('grandchild', (i) => `(${i}, ${i})`);
    await insert('tree', (i) => `(${i}, ${i % 5 === 1 ? 'NULL' : i - 1})`);

    await using task = await TaskHarness.create({
      source,
      target,
      selection: { databases: [{ name: 'd' }] },
      options: { chunkBytes: 16 * 1024, fullLoadParallelism: 1 },
    });
    task.start();
    const change = async (round: number) => {
      await source.query(`DELETE FROM d.parent WHERE id % 97 = ${round}`);
      await source.query(`UPDATE d.parent SET id = id + 10000 WHERE id % 89 = ${round} AND id < 10000`);
      await source.query(`DELETE FROM d.child WHERE id % 83 = ${round}`);
      await source.query(`DELETE FROM d.tree WHERE id = ${5 * round + 2}`);
    };
    await task.until(() => (task.progress?.rowsCopied ?? 0) > 0);
    for (let round = 1; round <= 5; round += 1) await change(round);
    await task.caughtUp();
    for (let round = 6; round <= 10; round += 1) await change(round);
    await task.complete();
    const { report } = await compareEnds({ source, target, databases: [{ name: 'd' }] });
    expect(report).toBe('');
  },
);
