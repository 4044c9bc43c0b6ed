import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStage, type Stage } from '../../product/stage.ts';

const MEBIBYTE = 1024 * 1024;
/** Of the whole service: gateway, store and the task's thread. */
const MOST_RESIDENT_BYTES = 400 * MEBIBYTE;

const large = ['--max-allowed-packet=1G', '--innodb-redo-log-capacity=512M'];
let stage: Stage;
beforeAll(async () => {
  stage = await openStage({
    sourceServer: { args: large },
    targetServer: { args: [...large, '--skip-log-bin'] },
  });
});
afterAll(() => stage?.[Symbol.asyncDispose]());

const expectEqual = async (name: string) => expect((await stage.compare({ name })).report).toBe('');

/** A fresh process: its peak is that of this test alone. */
async function restartService(): Promise<void> {
  await stage.service.shutDown();
  await stage.service.start();
}

describe('a row of 64 MB', () => {
  // Every byte value occurs, also those that have to be escaped or doubled on their way.
  const bytes = (seed: number) => {
    const block = Array.from({ length: 256 }, (_, i) =>
      ((i + seed) % 256).toString(16).padStart(2, '0'),
    ).join('');
    return `REPEAT(x'${block}', ${(64 * MEBIBYTE) / 256})`;
  };

  it('is copied, inserted, updated and deleted in less memory than six times its size', async () => {
    await stage.createDatabase('row');
    await stage.run('row', [
      'CREATE TABLE large (id INT PRIMARY KEY, n INT, bytes LONGBLOB)',
      `INSERT INTO large VALUES (1, 1, ${bytes(0)})`,
    ]);
    await restartService();
    const task = await stage.startTask([{ name: 'row' }]);
    await task.waitForApply();
    for (const change of [
      `INSERT INTO large VALUES (2, 2, ${bytes(1)})`,
      `UPDATE large SET n = 3, bytes = ${bytes(2)} WHERE id = 2`,
      'DELETE FROM large WHERE id = 1',
    ]) {
      await stage.run('row', [change]);
      await stage.settle(task, { name: 'row' });
    }
    expect(stage.service.peakResidentBytes).toBeLessThan(MOST_RESIDENT_BYTES);
    await expectEqual('row');
    await task.operate('stopTask');
    await task.waitFor(['STOPPED']);
    await stage.run('row', ['DROP TABLE large']);
  }, 300_000);
});

describe('a transaction of 1 GB', () => {
  it('is applied as one, twice over, in bounded memory', async () => {
    await stage.createDatabase('transaction');
    await stage.run('transaction', [
      'CREATE TABLE seed (id INT PRIMARY KEY AUTO_INCREMENT, filler VARBINARY(2048))',
      'SET SESSION cte_max_recursion_depth = 1000',
      `INSERT INTO seed (filler) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 512)
       SELECT REPEAT(UNHEX(SHA2(i, 512)), 32) FROM n`,
      'CREATE TABLE big (id INT PRIMARY KEY AUTO_INCREMENT, n INT NOT NULL DEFAULT 0, filler VARBINARY(2048))',
    ]);
    await restartService();
    const task = await stage.startTask([{ name: 'transaction' }]);
    await task.waitForApply();
    const settle = () => stage.settle(task, { name: 'transaction' }, 400);
    // 512 × 512 × 2 rows of 2 KB by insert; then as much by update: of half the rows, before and after.
    await stage.run('transaction', [
      'INSERT INTO big (filler) SELECT a.filler FROM seed a JOIN seed b ON b.id <= 1024 JOIN (SELECT 0 UNION SELECT 1) twice',
    ]);
    await settle();
    await stage.run('transaction', ['UPDATE big SET n = 1 WHERE id % 2 = 0']);
    await settle();
    expect(stage.service.peakResidentBytes).toBeLessThan(MOST_RESIDENT_BYTES);
    await expectEqual('transaction');
    await task.operate('stopTask');
    await task.waitFor(['STOPPED']);
  }, 600_000);
});
