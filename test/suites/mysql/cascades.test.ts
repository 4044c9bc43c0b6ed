import { expect, test } from 'vitest';
import { AbortedError, DtsError } from '../../../engine/core/errors.ts';
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

test('given tables that cascades join and one of them is altered, truncated, joined to another, or the task is stopped while it is copied, then both ends are equal', async () => {
  await using source = await startMysql('mysql-5.6', { serverId: 1 });
  await using target = await startMysql('mysql-9.7', { serverId: 2 });
  for (const statement of [
    'CREATE DATABASE d',
    'CREATE TABLE d.parent (id INT PRIMARY KEY, filler VARCHAR(200))',
    'CREATE TABLE d.child (id INT PRIMARY KEY, parent INT, filler VARCHAR(200), FOREIGN KEY (parent) REFERENCES d.parent (id) ON DELETE CASCADE)',
    'CREATE TABLE d.emptied (id INT PRIMARY KEY, parent INT, FOREIGN KEY (parent) REFERENCES d.parent (id) ON DELETE SET NULL)',
    'CREATE TABLE d.joined (id INT PRIMARY KEY, parent INT, filler VARCHAR(200))',
  ])
    await source.query(statement);
  const numbers = Array.from({ length: 6000 }, (_, i) => i + 1);
  const insert = async (table: string, row: (i: number) => string) =>
    await source.query(`INSERT INTO d.${table} VALUES ${numbers.map(row).join(', ')}`);
  await insert('parent', (i) => `(${i}, REPEAT('x', 200))`);
  await insert('child', (i) => `(${i}, ${i}, REPEAT('x', 200))`);
  await insert('emptied', (i) => `(${i}, ${i})`);
  await insert('joined', (i) => `(${i}, ${i}, REPEAT('x', 200))`);
  await using task = await TaskHarness.create({
    source,
    target,
    selection: { databases: [{ name: 'd' }] },
    options: { chunkBytes: 16 * 1024, fullLoadParallelism: 1 },
  });
  let rounds = 0;
  const change = async () => {
    rounds += 1;
    await source.query(`DELETE FROM d.parent WHERE id % 997 = ${rounds}`);
    await source.query(`REPLACE INTO d.parent VALUES (${rounds}, 'back')`);
    await source.query(`REPLACE INTO d.child (id, parent) VALUES (${rounds}, ${rounds})`);
    await source.query(`REPLACE INTO d.emptied VALUES (${rounds}, ${rounds})`);
  };
  const changing = async (times: number) => {
    for (let i = 0; i < times; i += 1) await change();
  };
  task.start();
  await task.until(() => task.tables.some(({ state }) => state === 'COPYING'));
  await changing(3);
  await source.query('ALTER TABLE d.child ADD extra INT NOT NULL DEFAULT 5');
  await changing(3);
  await source.query('TRUNCATE TABLE d.emptied');
  await changing(3);
  await source.query('DELETE FROM d.joined WHERE parent NOT IN (SELECT id FROM d.parent)');
  await source.query(
    'ALTER TABLE d.joined ADD FOREIGN KEY (parent) REFERENCES d.parent (id) ON DELETE CASCADE',
  );
  await changing(3);
  await task.stop();
  await changing(3);
  task.start();
  await changing(3);
  await task.caughtUp();
  await source.query('ALTER TABLE d.child MODIFY extra BIGINT');
  await changing(3);
  await task.complete();
  const { report } = await compareEnds({ source, target, databases: [{ name: 'd' }] });
  expect(report).toBe('');
});

test('given a task that dies between the givings up of two copies that cascades join, and a target out of reach when it goes on, then both ends are equal', async () => {
  await using source = await startMysql('mysql-5.6', { serverId: 1 });
  await using target = await startMysql('mysql-9.7', { serverId: 2 });
  const numbers = Array.from({ length: 6000 }, (_, i) => i + 1);
  for (const statement of [
    'CREATE DATABASE d',
    'CREATE TABLE d.parent (id INT PRIMARY KEY, filler VARCHAR(200))',
    'CREATE TABLE d.child (id INT PRIMARY KEY, parent INT, FOREIGN KEY (parent) REFERENCES d.parent (id) ON DELETE CASCADE)',
    `INSERT INTO d.parent VALUES ${numbers.map((i) => `(${i}, REPEAT('x', 200))`).join(', ')}`,
    `INSERT INTO d.child VALUES ${numbers.map((i) => `(${i}, ${i})`).join(', ')}`,
  ])
    await source.query(statement);
  const emptied: string[] = [];
  let isAltered = false;
  await using task = await TaskHarness.create({
    source,
    target,
    selection: { databases: [{ name: 'd' }] },
    wrapTarget: (opened) => ({
      ...opened,
      bulk: {
        async load(load) {
          if (!isAltered) await source.query('ALTER TABLE d.child ADD extra INT');
          isAltered = true;
          return await opened.bulk.load(load);
        },
      },
      structure: {
        ...opened.structure,
        async truncate(table) {
          emptied.push(table.name);
          if (emptied.length === 4) {
            void task.kill();
            throw new AbortedError();
          }
          await opened.structure.truncate(table);
          if (emptied.length === 5) throw new DtsError('CONNECTION_FAILED', 'cut');
        },
      },
    }),
  });
  task.start();
  await task.until(() => emptied.length === 4);
  await task.kill();
  expect(task.tables).toMatchObject([{ state: 'RELOADING' }, { state: 'COPYING' }]);
  await source.query('DELETE FROM d.parent WHERE id % 7 = 0');
  task.start();
  await task.complete();
  // As the copy begins, as it is given up until the task dies, and when the task goes on, cut off and again.
  expect(emptied.slice(0, 6)).toEqual(['child', 'parent', 'child', 'parent', 'parent', 'parent']);
  expect(task.retries.map(({ code }) => code)).toEqual(['CONNECTION_FAILED']);
  const { report } = await compareEnds({ source, target, databases: [{ name: 'd' }] });
  expect(report).toBe('');
});

// 9.7 refuses cascades over wide trees (error 6575), which other servers carry out.
test('given cascades that go further than the target follows, then both ends are equal', async () => {
  await using source = await startMysql('mysql-5.6', { serverId: 1 });
  await using target = await startMysql('mysql-9.7', { serverId: 2 });
  const name = 'VARCHAR(20) CHARACTER SET utf8';
  const kind = "ENUM('a', 'b')";
  const stamp = 'TIMESTAMP DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP';
  for (const statement of [
    'CREATE DATABASE d',
    `CREATE TABLE d.tree (name ${name}, day DATE, kind ${kind}, up ${name}, up_day DATE, up_kind ${kind}, PRIMARY KEY (name, day, kind),
      FOREIGN KEY (up, up_day, up_kind) REFERENCES d.tree (name, day, kind) ON DELETE CASCADE)`,
    `CREATE TABLE d.leaf (id INT PRIMARY KEY, tree ${name}, day DATE, kind ${kind}, changed ${stamp},
      FOREIGN KEY (tree, day, kind) REFERENCES d.tree (name, day, kind) ON DELETE SET NULL)`,
  ])
    await source.query(statement);
  const numbers = Array.from({ length: 1000 }, (_, i) => i + 1);
  for (const root of ['x', 'y']) {
    // Parents are named equal by the collation, not by bytes.
    const parent = (i: number) =>
      i === 1 ? 'NULL, NULL, NULL' : `'${root.toUpperCase()}Ä-${Math.floor((i + 1) / 3)}', '2026-01-02', 'b'`;
    const rows = numbers.map((i) => `('${root}ä-${i}', '2026-01-02', 'b', ${parent(i)})`);
    await source.query(`INSERT INTO d.tree VALUES ${rows.join(', ')}`);
  }
  const leaves = numbers.map(
    (i) => `(${i}, '${i % 2 === 0 ? 'x' : 'y'}ä-${i}', '2026-01-02', 'b', '2026-01-02 00:00:00')`,
  );
  await source.query(`INSERT INTO d.leaf VALUES ${leaves.join(', ')}`);
  await using task = await TaskHarness.create({
    source,
    target,
    selection: { databases: [{ name: 'd' }] },
  });
  task.start();
  await task.caughtUp();
  await source.query("DELETE FROM d.tree WHERE name = 'yä-2'");
  const connection = await source.connect();
  for (const statement of [
    'BEGIN',
    "INSERT INTO d.leaf VALUES (2000, 'xä-500', '2026-01-02', 'b', '2026-01-02 00:00:00')",
    "DELETE FROM d.tree WHERE name = 'xä-1'",
    "INSERT INTO d.tree VALUES ('xä-1', '2026-01-02', 'b', NULL, NULL, NULL)",
    "UPDATE d.leaf SET tree = 'xä-1', day = '2026-01-02', kind = 'b' WHERE id = 8",
    'COMMIT',
  ])
    await connection.query(statement);
  await connection.end();
  await task.complete();
  const { report } = await compareEnds({ source, target, databases: [{ name: 'd' }] });
  expect(report).toBe('');
  expect(await target.query('SELECT COUNT(*) AS n FROM d.tree')).not.toEqual([{ n: 2000 }]);
});
