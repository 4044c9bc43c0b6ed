import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openStage, type Stage } from '../../product/stage.ts';
import type { TaskHandle } from '../../product/task.ts';
import { until } from '../../product/wait.ts';

let stage: Stage;
let shop: string;
let shops = 0;

beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.[Symbol.asyncDispose]());
beforeEach(async () => {
  shop = `shop_${++shops}`;
  await stage.createDatabase(shop);
  await stage.run(shop, [
    'CREATE TABLE orders (id INT PRIMARY KEY, total INT NOT NULL, KEY (total))',
    'CREATE TABLE items (id INT PRIMARY KEY, order_id INT NOT NULL, KEY (order_id))',
    'CREATE TABLE notes (text VARCHAR(20))',
    'INSERT INTO orders VALUES (1, 10), (2, 20)',
    'INSERT INTO items VALUES (1, 1), (2, 1), (3, 2)',
    "INSERT INTO notes VALUES ('one'), ('one')",
  ]);
});

type Databases = Parameters<Stage['startTask']>[0];
const tide = { name: 'tide' };
const start = (databases: Databases) => stage.startTask(databases, { kind: 'SYNCHRONIZATION' });
const modify = (task: TaskHandle, databases: Databases) =>
  stage.client.mutate('modifyObjects', { id: task.id, objects: { databases } }, 'id state');
const same = async (task: TaskHandle, database: Parameters<Stage['compare']>[0]) => {
  await stage.settle(task, database);
  await untilReplicating(task);
  expect((await stage.compare(database)).report).toBe('');
};

/** By their names at the target. */
async function tableStates(task: TaskHandle): Promise<Record<string, string>> {
  const { task: view } = await stage.client.query<{
    task: { tables: { edges: { node: { target: string; state: string } }[] } };
  }>('query ($id: ID!) { task(id: $id) { tables(first: 100) { edges { node { target state } } } } }', {
    id: task.id,
  });
  return Object.fromEntries(view.tables.edges.map(({ node }) => [node.target, node.state]));
}

async function untilReplicating(task: TaskHandle, ...tables: string[]): Promise<void> {
  await until(
    async () => {
      await task.waitUntil(() => true, 'task is there', 60);
      const states = await tableStates(task);
      const whole = tables.every((table) => states[table] !== undefined);
      return whole && Object.values(states).every((state) => state === 'REPLICATING');
    },
    {
      seconds: 60,
      what: 'all tables are replicating',
      describe: async () => JSON.stringify(await tableStates(task)),
    },
  );
}

const rowsAt = async (table: string) =>
  (await stage.target.query<{ id: number }>(`SELECT id FROM ${table} ORDER BY id`)).map(({ id }) => id);
const tablesAt = async (database: string) =>
  (await stage.target.query(`SHOW TABLES FROM \`${database}\``)).map((row) => Object.values(row)[0]);

describe('while it runs, a synchronization', () => {
  test('takes tables in: their rows are copied, and their changes follow', async () => {
    const task = await start([{ name: shop, tables: [tide, { name: 'orders' }] }]);
    await task.waitForApply();
    await modify(task, [
      { name: shop, tables: [tide, { name: 'orders' }, { name: 'items' }, { name: 'notes' }] },
    ]);
    await stage.run(shop, [
      'UPDATE items SET order_id = 2 WHERE id = 1',
      'INSERT INTO items VALUES (4, 2)',
      "INSERT INTO notes VALUES ('two')",
      'INSERT INTO orders VALUES (3, 30)',
    ]);
    await untilReplicating(task, `${shop}.items`, `${shop}.notes`);
    await stage.run(shop, ['DELETE FROM items WHERE id = 2', "DELETE FROM notes WHERE text = 'two'"]);
    await same(task, { name: shop });
  });

  test('takes the rest of a database in, and what is created in it later', async () => {
    const task = await start([{ name: shop, tables: [tide] }]);
    await task.waitForApply();
    await modify(task, [{ name: shop }]);
    await untilReplicating(task, `${shop}.orders`, `${shop}.items`, `${shop}.notes`);
    await stage.run(shop, ['CREATE TABLE later (id INT PRIMARY KEY)', 'INSERT INTO later VALUES (1)']);
    await same(task, { name: shop });
    expect(await tablesAt(shop)).toContain('later');
  });

  test('takes another database in, under another name', async () => {
    const other = `${shop}_other`;
    await stage.source.query(`CREATE DATABASE ${other}`);
    await stage.run(other, [
      'CREATE TABLE people (id INT PRIMARY KEY)',
      'INSERT INTO people VALUES (1), (2)',
    ]);
    const task = await start([{ name: shop }]);
    await task.waitForApply();
    await modify(task, [{ name: shop }, { name: other, as: `${other}_copy` }]);
    await untilReplicating(task, `${other}_copy.people`);
    await stage.run(other, ['INSERT INTO people VALUES (3)']);
    await stage.settle(task, { name: shop });
    expect(await rowsAt(`${other}_copy.people`)).toEqual([1, 2, 3]);
  });

  test('lets tables go: they stay as they are, and their changes no longer arrive', async () => {
    const task = await start([{ name: shop }]);
    await stage.settle(task, { name: shop });
    await modify(task, [{ name: shop, excludeTables: ['items'] }]);
    await stage.run(shop, [
      'INSERT INTO items VALUES (9, 9)',
      'ALTER TABLE items ADD COLUMN more INT',
      'INSERT INTO items VALUES (10, 9, 9)',
      'INSERT INTO orders VALUES (9, 90)',
    ]);
    await stage.settle(task, { name: shop });
    expect(await rowsAt(`${shop}.items`)).toEqual([1, 2, 3]);
    expect(await rowsAt(`${shop}.orders`)).toEqual([1, 2, 9]);
    expect(Object.keys(await tableStates(task))).not.toContain(`${shop}.items`);
  });

  test('takes back what it had let go, with the structure that it has by then', async () => {
    const task = await start([{ name: shop }]);
    await stage.settle(task, { name: shop });
    await modify(task, [{ name: shop, excludeTables: ['items'] }]);
    await stage.run(shop, ['ALTER TABLE items ADD COLUMN more INT', 'UPDATE items SET more = id']);
    await stage.settle(task, { name: shop });
    // What is left of it at the target is in the way, and the check says so.
    await expect(modify(task, [{ name: shop }])).rejects.toMatchObject({ code: 'PRECHECK_FAILED' });
    await stage.target.query(`DROP TABLE ${shop}.items`);
    await modify(task, [{ name: shop }]);
    await untilReplicating(task, `${shop}.items`);
    await same(task, { name: shop });
  });

  test('carries a table on under another name: it is copied there, and the former stays', async () => {
    const task = await start([{ name: shop, tables: [tide, { name: 'orders' }] }]);
    await stage.settle(task, { name: shop });
    await modify(task, [{ name: shop, tables: [tide, { name: 'orders', as: 'sales' }] }]);
    await untilReplicating(task, `${shop}.sales`);
    await stage.run(shop, ['INSERT INTO orders VALUES (3, 30)']);
    await stage.settle(task, { name: shop });
    expect(await rowsAt(`${shop}.sales`)).toEqual([1, 2, 3]);
    expect(await rowsAt(`${shop}.orders`)).toEqual([1, 2]);
  });

  test('passes over what its log still has of tables that were let go', async () => {
    const task = await start([{ name: shop }]);
    await stage.settle(task, { name: shop });
    await untilReplicating(task);
    const before = Number((await task.view()).progress?.changesCaptured);
    // The target takes nothing for a while: changes of both tables wait in the log.
    const lock = await stage.target.connect({ database: shop });
    await lock.query('LOCK TABLES orders WRITE, items WRITE');
    await stage.run(shop, ['INSERT INTO orders VALUES (5, 50)', 'INSERT INTO items VALUES (5, 5)']);
    await task.waitUntil(
      ({ progress }) => Number(progress?.changesCaptured) >= before + 2,
      'changes captured',
      60,
    );
    await modify(task, [{ name: shop, excludeTables: ['items'] }]);
    await lock.query('UNLOCK TABLES');
    await lock.end();
    await stage.settle(task, { name: shop });
    expect(await rowsAt(`${shop}.orders`)).toEqual([1, 2, 5]);
  });
});

describe('the change is taken up', () => {
  test('while the task is paused, once it goes on', async () => {
    const task = await start([{ name: shop, tables: [tide] }]);
    await task.waitForApply();
    await task.operate('pauseTask');
    await modify(task, [{ name: shop }]);
    await stage.run(shop, ['INSERT INTO orders VALUES (3, 30)']);
    await task.operate('resumeTask');
    await untilReplicating(task, `${shop}.orders`, `${shop}.items`, `${shop}.notes`);
    await same(task, { name: shop });
  });

  test('while the task still copies', async () => {
    await stage.run(shop, [
      'INSERT INTO orders SELECT 10 + a.id * 1000 + b.id * 100 + c.id * 10 + d.id, 1 FROM items a, items b, items c, items d',
    ]);
    const lock = await stage.source.connect({ database: shop });
    await lock.query('LOCK TABLES orders WRITE');
    const task = await start([{ name: shop, tables: [tide, { name: 'orders' }] }]);
    await task.waitUntil(({ phase }) => phase === 'FULL_LOAD', 'task copies', 60);
    await modify(task, [{ name: shop, excludeTables: ['notes'] }]);
    await lock.end();
    await untilReplicating(task, `${shop}.orders`, `${shop}.items`);
    await stage.settle(task, { name: shop });
    expect((await stage.compare({ name: shop, excludeTables: ['notes'] })).report).toBe('');
  });

  test('after the service was killed at once', async () => {
    const task = await start([{ name: shop, tables: [tide, { name: 'orders' }] }]);
    await task.waitForApply();
    await modify(task, [{ name: shop }]);
    await stage.service.kill9();
    await stage.run(shop, ['INSERT INTO items VALUES (8, 8)', 'DELETE FROM items WHERE id = 1']);
    await stage.service.start();
    await untilReplicating(task, `${shop}.items`, `${shop}.notes`);
    await same(task, { name: shop });
  });

  test('twice, one change upon the other', async () => {
    const task = await start([{ name: shop, tables: [tide, { name: 'orders' }] }]);
    await task.waitForApply();
    await modify(task, [{ name: shop, tables: [tide, { name: 'items' }] }]);
    await modify(task, [{ name: shop, tables: [tide, { name: 'items' }, { name: 'notes' }] }]);
    await untilReplicating(task, `${shop}.items`, `${shop}.notes`);
    await stage.run(shop, ['INSERT INTO items VALUES (7, 7)', 'INSERT INTO orders VALUES (7, 7)']);
    await stage.settle(task, { name: shop });
    expect(await rowsAt(`${shop}.items`)).toEqual([1, 2, 3, 7]);
    expect(await rowsAt(`${shop}.orders`)).toEqual([1, 2]);
  });
});

describe('a change is refused', () => {
  test('of a migration', async () => {
    const task = await stage.startTask([{ name: shop }]);
    await expect(modify(task, [{ name: shop, excludeTables: ['items'] }])).rejects.toMatchObject({
      code: 'INVALID_STATE',
    });
  });

  test('to what does not exist, and nothing is changed', async () => {
    const task = await start([{ name: shop }]);
    const nowhere = [{ name: shop }, { name: 'nowhere' }];
    await expect(modify(task, nowhere)).rejects.toMatchObject({ code: 'PRECHECK_FAILED' });
    await expect(modify(task, [{ name: 'mysql' }])).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await same(task, { name: shop });
  });
});
