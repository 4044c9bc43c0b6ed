import { readFile, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { type MysqlServer, startMysql } from '../../servers/mysql.ts';
import { TaskHarness } from '../pipeline/task-harness.ts';
import { createFilledTable, expectEqual } from './faulty-task.ts';

/** Puts other bytes of the same length into the file that the source writes its log to. */
async function replaceInLog(source: MysqlServer, bytes: string, by: string): Promise<void> {
  const [base] = await source.query<{ path: string }>('SELECT @@log_bin_basename AS path');
  const [log] = (await source.query<{ Log_name: string }>('SHOW BINARY LOGS')).slice(-1);
  const path = base!.path.replace(/[^/]*$/, log!.Log_name);
  const content = await readFile(path);
  const at = content.lastIndexOf(bytes);
  expect(at).toBeGreaterThan(0);
  content.write(by, at);
  await writeFile(path, content);
}

it('an event that fails its checksum is read again until the window is over; the task goes on once it can be read', async () => {
  await using source = await startMysql('mysql-9.7', { serverId: 1 });
  await using target = await startMysql('mysql-9.7', { serverId: 2 });
  await createFilledTable(source, 'damaged', 10);
  await using task = await TaskHarness.create({
    source,
    target,
    selection: { databases: [{ name: 'damaged' }] },
    options: { retryOtherMinutes: 3 / 60 },
  });
  task.start();
  await task.caughtUp();
  await task.stop();
  await source.query("INSERT INTO damaged.filled (filler) VALUES ('a value that is hit'), ('another')");
  await replaceInLog(source, 'a value that is hit', 'a value that was ..');
  task.start();
  expect(await task.failed()).toMatchObject({ code: 'SOURCE_LOG_CORRUPT' });
  expect(task.retries.length).toBeGreaterThan(1);
  expect(task.retries.every(({ code }) => code === 'SOURCE_LOG_CORRUPT')).toBe(true);

  await replaceInLog(source, 'a value that was ..', 'a value that is hit');
  task.start();
  await task.complete();
  await expectEqual({ source, target }, 'damaged');
});
