import { expect, it } from 'vitest';
import { startMysql } from '../../servers/mysql.ts';
import { TaskHarness } from '../pipeline/task-harness.ts';
import { makeDatabase, run } from './ends.ts';

// Without GTIDs a position is a place in the files of one server.
const withoutGtid = { args: ['--gtid-mode=OFF', '--enforce-gtid-consistency=OFF'] };

it('a task that reads by file and offset refuses another server, and goes on at its own', async () => {
  await using source = await startMysql('mysql-9.7', withoutGtid);
  await using other = await startMysql('mysql-9.7', withoutGtid);
  await using target = await startMysql('mysql-9.7');
  const rows = ['CREATE TABLE t (id INT PRIMARY KEY, v INT)', 'INSERT INTO t VALUES (1, 1), (2, 2)'];
  await makeDatabase(source, 'moved', rows);
  await makeDatabase(other, 'moved', rows);
  const reached = {
    flavour: source.flavour,
    host: source.host,
    port: source.port,
    username: 'root',
    password: '',
  };
  await using task = await TaskHarness.create({
    source: reached,
    target,
    selection: { databases: [{ name: 'moved' }] },
  });
  task.start();
  await task.caughtUp();
  await task.stop();
  await run(source, 'moved', ['UPDATE t SET v = 3 WHERE id = 1']);
  Object.assign(reached, { port: other.port });
  task.start();
  expect(await task.failed()).toMatchObject({ code: 'SOURCE_CHANGED' });
  Object.assign(reached, { port: source.port });
  task.start();
  await task.complete();
  expect(await target.query('SELECT * FROM moved.t')).toEqual(await source.query('SELECT * FROM moved.t'));
});
