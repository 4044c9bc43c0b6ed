import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openStage, type Stage } from '../../product/stage.ts';
import { createMysqlTask, type TaskHandle } from '../../product/task.ts';

// Two tasks that carry tables to the same place at the target, as a user meets it.

interface Item {
  readonly name: string;
  readonly grade: string;
  readonly message: string;
  readonly remedy: string;
  readonly objects: readonly string[];
}
type Databases = Parameters<Stage['startTask']>[0];

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
    'CREATE TABLE orders (id INT PRIMARY KEY)',
    'CREATE TABLE items (id INT PRIMARY KEY)',
  ]);
});

let begun: TaskHandle[] = [];
afterEach(async () => {
  for (const task of begun) await task.operate('stopTask').catch(() => {});
  begun = [];
});

async function start(
  databases: Databases,
  ends: Parameters<Stage['startTask']>[1] = {},
): Promise<TaskHandle> {
  const task = await stage.startTask(databases, { kind: 'SYNCHRONIZATION', ...ends });
  begun.push(task);
  return task;
}

const made = (databases: Databases, ends: Parameters<Stage['startTask']>[1] = {}) =>
  createMysqlTask(stage.client, {
    ...{ source: stage.source, target: stage.target, kind: 'SYNCHRONIZATION', databases },
    ...ends,
  });

/** The state after a precheck, and what that says of other tasks. */
async function check(task: TaskHandle): Promise<{ state: string; item: Item | undefined }> {
  await task.operate('runPrecheck');
  const { state } = await task.waitFor(['CHECK_PASSED', 'CHECK_FAILED'], 60);
  const { precheckReport } = await stage.client.query<{ precheckReport: { items: Item[] } }>(
    'query ($id: ID!) { precheckReport(taskId: $id) { items { name grade message remedy objects } } }',
    { id: task.id },
  );
  return { state, item: precheckReport.items.find(({ name }) => name === 'target.other_tasks') };
}

const ignoring = { options: { conflictMode: 'IGNORE' } };

describe('of the same source', () => {
  test('a synchronization beside a migration does not begin, and does when that is over', async () => {
    const migration = await start([{ name: shop }], { kind: 'MIGRATION' });
    const sync = await made([{ name: shop, excludeTables: ['tide'] }], ignoring);
    expect(await check(sync)).toMatchObject({
      state: 'CHECK_FAILED',
      item: {
        grade: 'FAIL',
        message: expect.stringContaining(migration.id),
        remedy: expect.stringContaining('stop or destroy'),
        objects: [`${shop}.items: ${migration.id}`, `${shop}.orders: ${migration.id}`],
      },
    });
    await migration.waitFor(['READY_TO_COMPLETE']);
    await migration.operate('completeTask');
    await migration.waitFor(['COMPLETED']);
    expect(await check(sync)).toMatchObject({ state: 'CHECK_PASSED', item: { grade: 'PASS' } });
  });

  test('of two that could begin only the first passes', async () => {
    const [one, two] = [await made([{ name: shop }]), await made([{ name: shop }])];
    expect((await check(one)).state).toBe('CHECK_PASSED');
    expect(await check(two)).toMatchObject({ state: 'CHECK_FAILED', item: { grade: 'FAIL' } });
    await one.destroy();
    expect((await check(two)).state).toBe('CHECK_PASSED');
  });

  test('tasks over tables of their own, or to names of their own, are well', async () => {
    await start([{ name: shop, excludeTables: ['items'] }]);
    const items = await made([{ name: shop, tables: [{ name: 'items' }] }]);
    expect(await check(items)).toMatchObject({ state: 'CHECK_PASSED', item: { grade: 'PASS' } });
    const copy = await made([{ name: shop, as: `${shop}_copy` }]);
    expect(await check(copy)).toMatchObject({ state: 'CHECK_PASSED', item: { grade: 'PASS' } });
  });

  test('a running task takes in what no other carries, and does not see itself', async () => {
    const task = await start([{ name: shop, tables: [{ name: 'tide' }] }]);
    const other = await start([{ name: shop, tables: [{ name: 'items' }] }]);
    const modify = (tables: string[]) => {
      const objects = { databases: [{ name: shop, tables: tables.map((name) => ({ name })) }] };
      return stage.client.mutate('modifyObjects', { id: task.id, objects }, 'id');
    };
    await expect(modify(['tide', 'orders', 'items'])).rejects.toMatchObject({
      code: 'PRECHECK_FAILED',
      message: expect.stringMatching(`target.other_tasks: .*${other.id}`),
    });
    await modify(['tide', 'orders']);
  });

  test('a precheck ahead sees them too, but for the task in whose place or beside which it stands', async () => {
    const task = await start([{ name: shop, tables: [{ name: 'orders' }] }]);
    const { task: view } = await stage.client.query<{
      task: { source: { id: string }; target: { id: string } };
    }>('query ($id: ID!) { task(id: $id) { source { id } target { id } } }', { id: task.id });
    const preview = async (more: object) => {
      const { precheckPreview } = await stage.client.query<{ precheckPreview: { items: Item[] } }>(
        `query ($input: PrecheckPreviewInput!) {
           precheckPreview(input: $input) { items { name grade objects } } }`,
        {
          input: {
            ...{ kind: 'SYNCHRONIZATION', sourceId: view.source.id, targetId: view.target.id },
            ...{ objects: { databases: [{ name: shop }] }, ...more },
          },
        },
      );
      return precheckPreview.items.find(({ name }) => name === 'target.other_tasks');
    };
    expect(await preview({})).toMatchObject({ grade: 'FAIL', objects: [`${shop}.orders: ${task.id}`] });
    expect(await preview({ insteadOf: task.id })).toMatchObject({ grade: 'PASS' });
    expect(await preview({ addedTo: task.id })).toMatchObject({ grade: 'PASS' });
  });
});

test('of another source tables may come to the same place, which is warned of', async () => {
  const first = await start([{ name: shop }]);
  await first.waitForApply();
  // The target serves as a second source here.
  await stage.target.query(`CREATE DATABASE shard; CREATE TABLE shard.orders (id INT PRIMARY KEY)`);
  const second = await made([{ name: 'shard', as: shop }], { source: stage.target });
  expect((await check(second)).item).toMatchObject({
    grade: 'WARNING',
    message: expect.stringContaining(first.id),
    objects: [`${shop}.orders: ${first.id}`],
  });
});
