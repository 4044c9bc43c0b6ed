import { afterAll, beforeAll, expect, test } from 'vitest';
import { RefusedError } from '../../product/client.ts';
import { openStage, type Stage } from '../../product/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.[Symbol.asyncDispose]());

const someTables = [
  'CREATE TABLE a (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, v VARCHAR(20))',
  "INSERT INTO a (v) VALUES ('one'), ('two')",
  'CREATE TABLE b (v INT)',
  'INSERT INTO b VALUES (1), (1)',
  'CREATE VIEW both_ends AS SELECT a.id, b.v FROM a JOIN b',
  'CREATE PROCEDURE more(n INT) INSERT INTO b VALUES (n)',
  'CREATE TRIGGER counted AFTER INSERT ON a FOR EACH ROW INSERT INTO b VALUES (NEW.id)',
  "CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY STARTS '2099-01-01 00:00:00' DO INSERT INTO b VALUES (0)",
];

async function startedTask(database: string) {
  await stage.createDatabase(database);
  await stage.run(database, someTables);
  return stage.startTask([{ name: database }]);
}

test('a migration from the first check to the cutover, triggers and events last', async () => {
  const task = await startedTask('whole');
  await task.waitForApply();
  const triggers = () =>
    stage.target.query("SELECT 1 FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = 'whole'");
  expect(await triggers()).toEqual([]);
  await stage.run('whole', [
    "INSERT INTO a (v) VALUES ('three')",
    'CALL more(5)',
    "UPDATE a SET v = 'ONE' WHERE id = 1",
  ]);
  await stage.settle(task, { name: 'whole' });
  expect((await stage.compare({ name: 'whole' })).report).toBe('');
  await task.operate('completeTask');
  await task.waitFor(['COMPLETED']);
  expect(await triggers()).toHaveLength(1);
  expect((await stage.compare({ name: 'whole' }, { triggersAndEvents: true })).report).toBe('');
});

test('what happens during a pause arrives after it', async () => {
  const task = await startedTask('paused');
  await task.waitForApply();
  await task.operate('pauseTask');
  await task.waitFor(['PAUSED']);
  await stage.run('paused', [
    'DELETE FROM a WHERE id = 1',
    'ALTER TABLE a ADD COLUMN late INT DEFAULT 7',
    "INSERT INTO a (v) VALUES ('late')",
  ]);
  await task.operate('resumeTask');
  await stage.settle(task, { name: 'paused' });
  expect((await stage.compare({ name: 'paused' })).report).toBe('');
  await task.operate('stopTask');
  await task.waitFor(['STOPPED']);
});

test('what happens while the service is shut down arrives after its start', async () => {
  const task = await startedTask('night');
  await task.waitForApply();
  await stage.service.shutDown();
  await stage.run('night', [
    "INSERT INTO a (v) VALUES ('night')",
    'CREATE TABLE c LIKE a',
    'INSERT INTO c (v) SELECT v FROM a',
  ]);
  await stage.service.start();
  await stage.settle(task, { name: 'night' });
  expect((await stage.compare({ name: 'night' })).report).toBe('');
  await task.operate('stopTask');
  await task.waitFor(['STOPPED']);
});

test('a stopped task cannot be started and can be destroyed; the data stays, the checkpoint goes', async () => {
  const task = await startedTask('ended');
  await task.waitForApply();
  await task.operate('stopTask');
  await task.waitFor(['STOPPED']);
  await expect(task.operate('startTask')).rejects.toSatisfy(
    (error) => error instanceof RefusedError && error.code === 'INVALID_STATE',
  );
  await task.destroy();
  await expect(task.view()).rejects.toThrow('is gone');
  expect(await stage.target.query('SELECT COUNT(*) AS n FROM ended.a')).toEqual([{ n: 2 }]);
});

test('a task that fails its checks says why and does not start', async () => {
  await stage.createDatabase('refused');
  await stage.run('refused', ['CREATE TABLE a (id INT PRIMARY KEY)', 'INSERT INTO a VALUES (1)']);
  await stage.target.query(
    'CREATE DATABASE refused; CREATE TABLE refused.a (id INT PRIMARY KEY); INSERT INTO refused.a VALUES (2)',
  );
  await expect(stage.startTask([{ name: 'refused' }])).rejects.toThrow(/precheck failed/);
  expect(await stage.target.query('SELECT id FROM refused.a')).toEqual([{ id: 2 }]);
});
