import { afterAll, beforeAll, expect, it } from 'vitest';
import { openStage, type Stage } from '../../product/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.[Symbol.asyncDispose]());

it('a schema change that stopped a task is settled by retryTask', async () => {
  const { client, target } = stage;
  await stage.createDatabase('refused');
  await stage.run('refused', ['CREATE TABLE t (id INT PRIMARY KEY, a INT)', 'INSERT INTO t VALUES (1, 1)']);
  const task = await stage.startTask([{ name: 'refused' }]);
  const retry = (resolution: object) =>
    client.mutate<{ state: string }>('retryTask', { id: task.id, resolution }, 'state');
  await task.waitForApply();
  await expect(retry({ action: 'SKIP' })).rejects.toMatchObject({ code: 'INVALID_STATE' });

  await target.query('ALTER TABLE refused.t ADD b INT');
  await stage.run('refused', ['ALTER TABLE t ADD b BIGINT', 'INSERT INTO t VALUES (2, 2, 2)']);
  const failed = await task.waitFor(['ERROR']);
  expect(failed.errors[0]).toMatchObject({ code: 'DDL_FAILED', object: 'refused.t' });
  for (const [resolution, message] of [
    [{ action: 'REPLACE' }, /REPLACE needs the SQL/],
    [{ action: 'SKIP', sql: 'SELECT 1' }, /Only REPLACE takes SQL/],
    [{ action: 'RELOAD', tables: [{ database: 'mysql', name: 'user' }] }, /not among the objects/],
  ] as const) {
    await expect(retry(resolution)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringMatching(message),
    });
  }
  await retry({ action: 'REPLACE', sql: 'ALTER TABLE t MODIFY b BIGINT' });
  await stage.settle(task, { name: 'refused' });
  expect(await stage.compare({ name: 'refused' })).toMatchObject({ report: '', equal: true });

  await target.query('DROP TABLE refused.t');
  await stage.run('refused', ['ALTER TABLE t ADD c INT', 'INSERT INTO t VALUES (3, 3, 3, 3)']);
  await task.waitFor(['ERROR']);
  await retry({ action: 'RELOAD', tables: [{ database: 'refused', name: 't' }] });
  await stage.settle(task, { name: 'refused' });
  await task.waitFor(['READY_TO_COMPLETE']);
  expect(await stage.compare({ name: 'refused' })).toMatchObject({ report: '', equal: true });
});
