import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openStage, type Stage } from '../../product/stage.ts';
import type { TaskHandle } from '../../product/task.ts';

// Law 4: memory is bounded by bytes. Nothing here may need much more of it than the largest row.

const mostBytes = 400 * 1024 * 1024;
const db = { name: 'big' };
let stage: Stage;
let task: TaskHandle;

beforeAll(async () => {
  const large = {
    args: ['--max-allowed-packet=256M', '--innodb-redo-log-capacity=1G', '--innodb-log-buffer-size=64M'],
  };
  stage = await openStage({ sourceServer: large, targetServer: large });
  await stage.createDatabase(db.name);
  await stage.run(db.name, [
    'CREATE TABLE blobs (id INT PRIMARY KEY, data LONGBLOB)',
    "INSERT INTO blobs VALUES (1, REPEAT(x'00ff5c27', 16 * 1024 * 1024))",
    'CREATE TABLE many (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, n INT, pad VARCHAR(1000))',
    "INSERT INTO many (n, pad) SELECT 1, REPEAT('x', 1000) FROM information_schema.COLUMNS a, information_schema.COLUMNS b LIMIT 125000",
  ]);
  task = await stage.startTask([db]);
  await task.waitForApply();
}, 600_000);
afterAll(() => stage?.[Symbol.asyncDispose]());
afterEach(() => expect(stage.service.peakResidentBytes).toBeLessThan(mostBytes));

const arrives = async () => {
  await stage.settle(task, db, 400);
  expect((await stage.compare(db)).report).toBe('');
};

test('a row of 64 MB is copied', { timeout: 120_000 }, async () => {
  expect((await stage.compare(db)).report).toBe('');
});

test('a row of 64 MB is inserted, changed and deleted', { timeout: 300_000 }, async () => {
  await stage.run(db.name, [
    "INSERT INTO blobs VALUES (2, REPEAT(x'0a0d2200', 16 * 1024 * 1024))",
    "UPDATE blobs SET data = CONCAT(data, 'end') WHERE id = 2",
    'UPDATE blobs SET id = 3 WHERE id = 1',
    'DELETE FROM blobs WHERE id = 2',
  ]);
  await arrives();
});

test('a transaction of 1 GB', { timeout: 900_000 }, async () => {
  const before = await stage.source.query<{ File_size: number }>('SHOW BINARY LOGS');
  // Before and after images of 125 000 rows of 1 KB, in four statements of one transaction.
  await stage.run(db.name, [
    'START TRANSACTION',
    ...[1, 2, 3, 4].map((n) => `UPDATE many SET n = ${n}, pad = REPEAT('${n}', 1000)`),
    'COMMIT',
  ]);
  const after = await stage.source.query<{ File_size: number }>('SHOW BINARY LOGS');
  const written = (logs: typeof before) => logs.reduce((sum, log) => sum + Number(log.File_size), 0);
  expect(written(after) - written(before)).toBeGreaterThan(950e6);
  await arrives();
});
