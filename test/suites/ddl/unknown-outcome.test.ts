import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MysqlServer, startMysql } from '../../servers/mysql.ts';
import { accountOf } from '../mysql/account.ts';
import { TaskHarness } from '../pipeline/task-harness.ts';
import { expectEqual, runIn } from './ends.ts';
import { type Death, Killed, Mortality } from './mortal-target.ts';

let source: MysqlServer;
let target: MysqlServer;
beforeAll(async () => {
  [source, target] = await Promise.all([
    startMysql('mysql-9.7', { serverId: 1 }),
    startMysql('mysql-9.7', { serverId: 2 }),
  ]);
});
afterAll(() => Promise.all([source?.stop(), target?.stop()]));

const swap = 'RENAME TABLE a TO spare, b TO a, spare TO b';

/** A task that died around an exchange of names, at a target where it may not see which table is which. */
async function died(name: string, death: Death): Promise<TaskHarness> {
  await source.query(`CREATE DATABASE ${name}`);
  await runIn(source, name, [
    'CREATE TABLE a (id INT PRIMARY KEY)',
    'CREATE TABLE b (id INT PRIMARY KEY)',
    'INSERT INTO a VALUES (1)',
  ]);
  const account = await accountOf(target, name, [`ALL ON ${name}.*`, 'ALL ON opendts.*']);
  const task = await TaskHarness.create({
    source,
    target: account,
    selection: { databases: [{ name }] },
    wrapTarget: new Mortality(death).wrap,
    taskId: name,
  });
  task.start();
  await task.caughtUp();
  await runIn(source, name, [swap, 'INSERT INTO b VALUES (2)']);
  await expect(task.complete()).rejects.toThrow(Killed);
  task.start();
  expect(await task.failed()).toMatchObject({ code: 'DDL_OUTCOME_UNKNOWN' });
  return task;
}

describe('a schema change of which nobody can tell whether it took effect', () => {
  it('is skipped when the user found it done', async () => {
    await using task = await died('found_done', 'after the statement');
    task.resolve({ action: 'SKIP' });
    task.start();
    await task.complete();
    await expectEqual({ source, target }, [{ name: 'found_done' }]);
  });

  it('is run again when the user found it not done', async () => {
    await using task = await died('found_undone', 'after the intent');
    task.resolve({ action: 'REPLACE', sql: swap });
    task.start();
    await task.complete();
    await expectEqual({ source, target }, [{ name: 'found_undone' }]);
  });
});
