import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStage, type Stage } from '../../product/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.[Symbol.asyncDispose]());

const tables = [
  'CREATE TABLE parent (id INT PRIMARY KEY, v INT)',
  'CREATE TABLE child (id INT PRIMARY KEY, parent INT, CONSTRAINT of_parent FOREIGN KEY (parent) REFERENCES parent (id) ON DELETE CASCADE)',
  'CREATE TABLE secret (id INT PRIMARY KEY)',
  'INSERT INTO parent VALUES (1, 1), (2, 2)',
  'INSERT INTO child VALUES (1, 1), (2, 2)',
  'INSERT INTO secret VALUES (1)',
];

test('a database under another name, with views, keys and later tables', async () => {
  await stage.createDatabase('shop');
  await stage.run('shop', [
    ...tables,
    'CREATE VIEW joined AS SELECT c.id, p.v FROM child c JOIN parent p ON p.id = c.parent',
  ]);
  const mapping = { name: 'shop', as: 'store' };
  const task = await stage.startTask([mapping]);
  await task.waitForApply();
  await stage.run('shop', [
    'INSERT INTO shop.parent VALUES (3, 3)',
    'DELETE FROM parent WHERE id = 1',
    'CREATE TABLE shop.late (id INT PRIMARY KEY, FOREIGN KEY (id) REFERENCES parent (id))',
    'INSERT INTO late VALUES (3)',
    'ALTER TABLE shop.parent ADD COLUMN w INT DEFAULT 5',
    'RENAME TABLE shop.late TO shop.later',
    'CREATE OR REPLACE VIEW shop.later_view AS SELECT * FROM shop.later',
  ]);
  await stage.settle(task, mapping);
  expect((await stage.compare(mapping)).report).toBe('');
  expect(await stage.target.query("SHOW DATABASES LIKE 'shop'")).toEqual([]);
  await task.operate('stopTask');
  await task.waitFor(['STOPPED']);
});

test('two databases exchange their names', async () => {
  for (const name of ['left_side', 'right_side']) {
    await stage.createDatabase(name);
    await stage.run(name, [
      `CREATE TABLE t (id INT PRIMARY KEY, side VARCHAR(10))`,
      `INSERT INTO t VALUES (1, '${name}')`,
    ]);
  }
  const mappings = [
    { name: 'left_side', as: 'right_side' },
    { name: 'right_side', as: 'left_side' },
  ];
  const task = await stage.startTask(mappings);
  await task.waitForApply();
  await stage.run('left_side', [
    'INSERT INTO t SELECT 2, side FROM right_side.t',
    'ALTER TABLE t ADD COLUMN n INT',
    'UPDATE right_side.t SET id = 9',
  ]);
  for (const mapping of mappings) {
    await stage.settle(task, mapping);
    expect((await stage.compare(mapping)).report).toBe('');
  }
  await task.operate('stopTask');
  await task.waitFor(['STOPPED']);
});

test('chosen tables under other names, and nothing else', async () => {
  await stage.createDatabase('choice');
  await stage.run('choice', tables);
  const chosen = {
    name: 'choice',
    as: 'chosen',
    tables: [{ name: 'parent', as: 'renamed' }, { name: 'tide' }],
  };
  const task = await stage.startTask([chosen]);
  await task.waitForApply();
  await stage.run('choice', [
    'INSERT INTO parent VALUES (5, 5)',
    'UPDATE parent SET v = 6 WHERE id = 5',
    'ALTER TABLE parent ADD INDEX by_v (v), ADD COLUMN n INT AFTER id',
    'INSERT INTO secret VALUES (2)',
    'ALTER TABLE secret ADD COLUMN n INT',
    'CREATE TABLE unwanted (id INT PRIMARY KEY)',
    'DROP TABLE child',
  ]);
  await stage.settle(task, chosen);
  expect((await stage.compare(chosen)).report).toBe('');
  const found = await stage.target.query<{ TABLE_NAME: string }>(
    "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'chosen' ORDER BY 1",
  );
  expect(found.map((row) => row.TABLE_NAME)).toEqual(['renamed', 'tide']);
  await task.operate('stopTask');
  await task.waitFor(['STOPPED']);
});

test('a whole database without its excluded tables', async () => {
  await stage.createDatabase('most');
  await stage.run('most', tables);
  const most = { name: 'most', excludeTables: ['secret'] };
  const task = await stage.startTask([most]);
  await task.waitForApply();
  await stage.run('most', [
    'INSERT INTO secret VALUES (3)',
    'DROP TABLE secret',
    'CREATE TABLE more (id INT PRIMARY KEY)',
    'INSERT INTO more VALUES (1)',
  ]);
  await stage.settle(task, most);
  expect((await stage.compare(most)).report).toBe('');
  await task.operate('stopTask');
  await task.waitFor(['STOPPED']);
});
