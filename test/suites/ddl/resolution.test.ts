import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Target } from '../../../engine/core/target.ts';
import { type MysqlServer, startMysql } from '../../servers/mysql.ts';
import { TaskHarness } from '../pipeline/task-harness.ts';
import { expectEqual, runIn, wholeDatabase } from './ends.ts';
import { Killed, MoveDeath } from './mortal-target.ts';

let source: MysqlServer;
let target: MysqlServer;
beforeAll(async () => {
  [source, target] = await Promise.all([
    startMysql('mysql-9.7', { serverId: 1 }),
    startMysql('mysql-9.7', { serverId: 2 }),
  ]);
});
afterAll(() => Promise.all([source?.stop(), target?.stop()]));

/** A task that follows a database with a table `t`. */
async function following(
  name: string,
  { table, rows } = {
    table: 'CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, a INT)',
    rows: ['INSERT INTO t (a) VALUES (1), (2), (3)'],
  },
  wrapTarget?: (target: Target) => Target,
): Promise<TaskHarness> {
  await source.query(`CREATE DATABASE ${name}`);
  await runIn(source, name, [
    table,
    'CREATE TABLE other (id INT PRIMARY KEY AUTO_INCREMENT, a INT)',
    ...rows,
  ]);
  const task = await TaskHarness.create({ source, target, selection: wholeDatabase(name), wrapTarget });
  task.start();
  await task.caughtUp();
  return task;
}

describe('a schema change that the target refused', () => {
  // The index takes a name that somebody gave to one of the target's own.
  const refused = async (name: string) => {
    const task = await following(name);
    await target.query(`ALTER TABLE ${name}.t ADD KEY taken (id)`);
    await runIn(source, name, [
      'ALTER TABLE t ADD KEY taken (a)',
      'INSERT INTO t (a) VALUES (4)',
      'ALTER TABLE t ADD b INT',
      'UPDATE t SET b = a',
    ]);
    const failure = await task.failed();
    expect(failure).toMatchObject({
      code: 'DDL_FAILED',
      details: { object: `${name}.t`, driverCode: 'ER_DUP_KEYNAME' },
    });
    return task;
  };

  it('is run after all once its cause is repaired, though the table looks otherwise by then', async () => {
    await using task = await refused('repaired');
    await target.query('ALTER TABLE repaired.t DROP KEY taken');
    task.start();
    await task.complete();
    await expectEqual({ source, target }, [{ name: 'repaired' }]);
  });

  it('is skipped once it was made by hand', async () => {
    await using task = await refused('skipped');
    await target.query('ALTER TABLE skipped.t DROP KEY taken, ADD KEY taken (a)');
    task.resolve({ action: 'SKIP' });
    task.start();
    await task.complete();
    await expectEqual({ source, target }, [{ name: 'skipped' }]);
  });

  it('is replaced by SQL for the target', async () => {
    await using task = await refused('replaced');
    task.resolve({ action: 'REPLACE', sql: 'ALTER TABLE replaced.t DROP KEY taken, ADD KEY taken (a)' });
    task.start();
    await task.complete();
    await expectEqual({ source, target }, [{ name: 'replaced' }]);
  });

  it('is settled by a new copy of the table', async () => {
    await using task = await refused('reloaded');
    task.resolve({ action: 'RELOAD' });
    task.start();
    await task.caughtUp();
    await runIn(source, 'reloaded', [
      'INSERT INTO t (a) VALUES (5)',
      'ALTER TABLE t ADD c INT',
      'UPDATE t SET c = 1',
    ]);
    await task.complete();
    await expectEqual({ source, target }, [{ name: 'reloaded' }]);
  });
});

describe('a schema change that is not understood', () => {
  // It numbers rows in an order that only the source knows, so it is not replayed.
  const numbering = 'ALTER TABLE t ADD u INT NOT NULL AUTO_INCREMENT UNIQUE';
  const stopped = async (name: string, rows = 3, wrapTarget?: (target: Target) => Target) => {
    const task = await following(
      name,
      {
        table: 'CREATE TABLE t (id INT, a INT)',
        rows: Array.from({ length: rows }, (_, i) => `INSERT INTO t VALUES (${i + 1}, ${i})`),
      },
      wrapTarget,
    );
    await runIn(source, name, [
      'INSERT INTO other (a) VALUES (1)',
      numbering,
      'INSERT INTO t (id, a) VALUES (4, 4)',
      'ALTER TABLE t DROP COLUMN a, ADD KEY by_u (u)',
      'DELETE FROM t WHERE id = 1',
      'INSERT INTO other (a) VALUES (2)',
    ]);
    const failure = await task.failed();
    expect(failure.code).toBe('DDL_NOT_UNDERSTOOD');
    expect(failure.details.position).not.toBe(undefined);
    expect(task.refusal?.tables).toEqual([{ database: name, name: 't' }]);
    return task;
  };

  it('is settled by a new copy, with all that follows on the table', async () => {
    await using task = await stopped('unread');
    task.resolve({ action: 'RELOAD' });
    task.start();
    await task.caughtUp();
    await runIn(source, 'unread', [
      'UPDATE t SET u = 100 WHERE id = 2',
      'RENAME TABLE t TO tt',
      'INSERT INTO tt (id) VALUES (9)',
    ]);
    await task.complete();
    await expectEqual({ source, target }, [{ name: 'unread' }]);
  });

  it('is copied again whatever happens to the table before', async () => {
    await using task = await stopped('unread_moves');
    await runIn(source, 'unread_moves', [
      'RENAME TABLE t TO moved',
      'ALTER TABLE moved ADD more INT, RENAME TO moved_again',
      'INSERT INTO moved_again (more) VALUES (1)',
      'CREATE TABLE like_it LIKE moved_again',
      'INSERT INTO like_it (more) VALUES (2)',
      'ALTER TABLE like_it ADD yet_more INT',
      'RENAME TABLE moved_again TO spare, other TO moved_again, spare TO other',
      'INSERT INTO other (more) VALUES (3)',
      'INSERT INTO moved_again (a) VALUES (3)',
    ]);
    task.resolve({ action: 'RELOAD' });
    task.start();
    await task.complete();
    await expectEqual({ source, target }, [{ name: 'unread_moves' }]);
  });

  it('is copied again though the process dies when the table has just moved', async () => {
    const mortal = new MoveDeath('moved');
    await using task = await stopped('unread_moved', 3, mortal.wrap);
    await runIn(source, 'unread_moved', [
      'ALTER TABLE t ADD more INT, RENAME TO moved',
      'INSERT INTO moved (more) VALUES (1)',
    ]);
    task.resolve({ action: 'RELOAD' });
    task.start();
    await expect(task.complete()).rejects.toThrow(Killed);
    task.start();
    await task.complete();
    await expectEqual({ source, target }, [{ name: 'unread_moved' }]);
  });

  it('lets views on the table wait for its copy', async () => {
    await using task = await stopped('unread_seen');
    await runIn(source, 'unread_seen', [
      'CREATE VIEW seen AS SELECT id, u FROM t',
      'CREATE VIEW on_view AS SELECT u FROM seen',
      'CREATE VIEW gone AS SELECT u FROM seen',
      'CREATE VIEW apart AS SELECT a FROM other',
      'DROP VIEW gone',
      'CREATE OR REPLACE VIEW seen AS SELECT id, u, u + 1 AS more FROM t',
    ]);
    task.resolve({ action: 'RELOAD' });
    task.start();
    await task.caughtUp();
    await runIn(source, 'unread_seen', ['ALTER VIEW apart AS SELECT id, a FROM other']);
    await task.complete();
    await expectEqual({ source, target }, [{ name: 'unread_seen' }]);
  });

  it('is replaced by SQL that stands for it at the source', async () => {
    await using task = await stopped('unread_replaced', 1);
    task.resolve({ action: 'REPLACE', sql: 'ALTER TABLE t ADD u INT NOT NULL DEFAULT 1' });
    task.start();
    await task.complete();
    const rows = 'SELECT id, u FROM unread_replaced.t ORDER BY u';
    expect(await target.query(rows)).toEqual(await source.query(rows));
  });

  it('is skipped, and rows that do not fit then ask for a new copy', async () => {
    await using task = await stopped('unread_skipped');
    task.resolve({ action: 'SKIP' });
    task.start();
    const failure = await task.failed();
    expect(failure.code).toBe('SCHEMA_MISMATCH');
    expect(task.refusal?.tables).toEqual([{ database: 'unread_skipped', name: 't' }]);
    task.resolve({ action: 'RELOAD' });
    task.start();
    await task.complete();
    await expectEqual({ source, target }, [{ name: 'unread_skipped' }]);
  });

  it('is copied again once, however often the process dies', async () => {
    await using task = await stopped('unread_dies');
    task.resolve({ action: 'RELOAD' });
    task.start();
    await task.caughtUp();
    const again = () => task.events.filter(({ message }) => message === 'Copying it again.').length;
    expect(again()).toBe(1);
    await task.stop();
    task.start();
    await task.caughtUp();
    await task.complete();
    expect(again()).toBe(1);
    await expectEqual({ source, target }, [{ name: 'unread_dies' }]);
  });
});
