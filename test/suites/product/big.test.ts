import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
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
  // The copy itself.
  expect(stage.service.peakResidentBytes).toBeLessThan(mostBytes);
}, 600_000);
afterAll(() => stage?.[Symbol.asyncDispose]());
beforeEach(() => stage.service.resetPeakResidentBytes());
afterEach(() => expect(stage.service.peakResidentBytes).toBeLessThan(mostBytes));

const arrives = async () => {
  await stage.settle(task, db, 400);
  expect((await stage.compare(db)).report).toBe('');
};

test('a row of 64 MB is copied', { timeout: 120_000 }, async () => {
  expect((await stage.compare(db)).report).toBe('');
});

/** A fresh process: its peak is that of this test alone. */
async function restartService(): Promise<void> {
  await stage.service.shutDown();
  await stage.service.start();
}

test.each([
  ['inserted', "INSERT INTO blobs VALUES (2, REPEAT(x'0a0d4100', 16 * 1024 * 1024))"],
  ['changed', "UPDATE blobs SET data = CONCAT(data, 'end') WHERE id = 2"],
  ['deleted', 'DELETE FROM blobs WHERE id = 2'],
])('a row of 64 MB is %s', { timeout: 300_000 }, async (_, change) => {
  await restartService();
  await stage.run(db.name, [change]);
  await arrives();
});

test('six rows of 64 MB are inserted and then changed back to back', { timeout: 600_000 }, async () => {
  // Written while the service is down: capture and apply meet all of them at once.
  await stage.service.shutDown();
  const ids = [11, 12, 13, 14, 15, 16];
  await stage.run(db.name, [
    ...ids.map((id) => `INSERT INTO blobs VALUES (${id}, REPEAT(x'27005c${id}', 16 * 1024 * 1024))`),
    ...ids.map((id) => `UPDATE blobs SET data = CONCAT('${id}', data) WHERE id = ${id}`),
  ]);
  await stage.service.start();
  await arrives();
});

test('a transaction of 1 GB', { timeout: 900_000 }, async () => {
  await restartService();
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
