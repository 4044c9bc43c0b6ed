import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { compareEnds } from '../../compare/compare.ts';
import { startMysql } from '../../servers/mysql.ts';
import { FirstChunkGate } from '../ddl/first-chunk-gate.ts';
import { TaskHarness } from '../pipeline/task-harness.ts';

// With lossless semi-synchronous replication a commit is in the log, and reaches us, before any read at the source can see it.

test('rows that no read sees yet while their table is copied again are not lost', async () => {
  const semiSync = ['--plugin-load-add=semisync_source.so', '--rpl-semi-sync-source-timeout=9000'];
  await using source = await startMysql('mysql-9.7', { serverId: 1, args: semiSync });
  await using target = await startMysql('mysql-9.7', { serverId: 2 });
  await source.query(`CREATE DATABASE shop; CREATE TABLE shop.big (id INT PRIMARY KEY, w TEXT);
    INSERT INTO shop.big WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900) SELECT i, 'w' FROM n`);
  const gate = new FirstChunkGate();
  const databases = [{ name: 'shop' }];
  await using task = await TaskHarness.create({
    source,
    target,
    selection: { databases },
    wrapTarget: gate.wrap,
  });
  task.start();
  await task.until(() => gate.isHeld);
  await source.query('ALTER TABLE shop.big DROP COLUMN w');
  // No replica answers: what is committed now waits for it between the log and the engine.
  await source.query('SET GLOBAL rpl_semi_sync_source_enabled = ON');
  const writers = [1000, 1001, 1002].map(async (id) => {
    const writer = await source.connect();
    await writer.query(`INSERT INTO shop.big VALUES (${id})`);
    await writer.end();
  });
  await delay(300);
  gate.open();
  await Promise.all(writers);
  await task.caughtUp();
  await task.complete();
  expect(task.events.some(({ message }) => message === 'Copying it again.')).toBe(true);
  expect((await compareEnds({ source, target, databases })).report).toBe('');
}, 60_000);
