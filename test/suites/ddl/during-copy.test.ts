import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DtsError } from '../../../engine/core/errors.ts';
import type { Target } from '../../../engine/core/target.ts';
import { type MysqlServer, startMysql } from '../../servers/mysql.ts';
import { TaskHarness } from '../pipeline/task-harness.ts';
import { expectEqual, runIn } from './ends.ts';
import { FirstChunkGate } from './first-chunk-gate.ts';

let source: MysqlServer;
let target: MysqlServer;
beforeAll(async () => {
  [source, target] = await Promise.all([
    startMysql('mysql-9.7', { serverId: 1 }),
    startMysql('mysql-9.7', { serverId: 2 }),
  ]);
});
afterAll(() => Promise.all([source?.stop(), target?.stop()]));

const rowCount = 8_000;
const fill = (table: string, rows: number) =>
  `INSERT INTO ${table} (v, w) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows}) SELECT i, REPEAT(i, 20) FROM n`;

/** Changes of `big`, which is being copied, and of `late`, whose copy comes after. */
const changes: Readonly<Record<string, readonly string[]>> = {
  'a column is added': [
    'ALTER TABLE big ADD x INT NOT NULL DEFAULT 5',
    'UPDATE big SET x = 6 WHERE id % 7 = 0',
    'ALTER TABLE late ADD x INT',
    'UPDATE late SET x = 1',
  ],
  'a column is dropped': [
    'ALTER TABLE big DROP COLUMN w',
    'UPDATE big SET v = v + 1 WHERE id % 7 = 0',
    'ALTER TABLE late DROP COLUMN w',
  ],
  'a type is changed': [
    'ALTER TABLE big MODIFY v VARCHAR(30)',
    "UPDATE big SET v = CONCAT('t', v) WHERE id % 7 = 0",
    'ALTER TABLE late MODIFY w MEDIUMTEXT FIRST',
  ],
  'a column is renamed': [
    'ALTER TABLE big RENAME COLUMN v TO vv',
    'UPDATE big SET vv = 0 WHERE id % 7 = 0',
    'ALTER TABLE late CHANGE w ww TEXT',
  ],
  'indexes are added': [
    'CREATE INDEX by_v ON big (v)',
    'ALTER TABLE late ADD UNIQUE KEY by_v (v), ADD KEY prefix (w(10))',
    'DROP INDEX by_v ON late',
    'DELETE FROM big WHERE id % 7 = 0',
  ],
  'a column is added and indexes are changed by one statement': [
    'CREATE INDEX by_v ON big (v)',
    'ALTER TABLE big ADD x INT, RENAME INDEX by_v TO by_value',
    'UPDATE big SET x = 1 WHERE id % 7 = 0',
    'CREATE INDEX by_v ON late (v)',
    "ALTER TABLE late COMMENT 'x', DROP INDEX by_v, ADD x INT",
    'UPDATE late SET x = 1',
  ],
  'the key is another': [
    'ALTER TABLE big MODIFY id INT NOT NULL, DROP PRIMARY KEY, ADD PRIMARY KEY (v, id)',
    'ALTER TABLE late MODIFY id INT NOT NULL, DROP PRIMARY KEY',
    'DELETE FROM late WHERE id % 2 = 0',
  ],
  'tables are renamed': [
    'RENAME TABLE big TO bigger, late TO later',
    'UPDATE bigger SET v = 0 WHERE id % 7 = 0',
    "INSERT INTO later (v, w) VALUES (-1, 'new')",
  ],
  'tables swap names': [
    'RENAME TABLE big TO tmp, late TO big, tmp TO late',
    'UPDATE big SET v = 0 WHERE id % 7 = 0',
    "INSERT INTO late (v, w) VALUES (-1, 'new')",
  ],
  'tables are emptied': [
    'TRUNCATE TABLE big',
    "INSERT INTO big (v, w) VALUES (-1, 'new')",
    'TRUNCATE TABLE late',
    "INSERT INTO late (v, w) VALUES (-2, 'new')",
  ],
  'tables are dropped': ['DROP TABLE big', 'DROP TABLE late'],
  'tables are made again': [
    'DROP TABLE big, late',
    'CREATE TABLE big (id INT PRIMARY KEY AUTO_INCREMENT, v INT, w TEXT)',
    'CREATE TABLE late (other VARCHAR(20) PRIMARY KEY)',
    fill('big', 500),
    "INSERT INTO late VALUES ('fresh')",
  ],
  'tables are made': [
    'CREATE TABLE more LIKE big',
    fill('more', 300),
    'CREATE TABLE chosen (PRIMARY KEY (id)) AS SELECT id, v FROM big WHERE id < 100',
    'DELETE FROM chosen WHERE id < 10',
  ],
  'tables are made like those whose indexes are yet to come': [
    'ALTER TABLE big ADD INDEX by_v (v), ADD UNIQUE KEY by_id (id, v)',
    'CREATE TABLE more LIKE big',
    fill('more', 300),
    'CREATE TABLE again LIKE more',
    'DROP INDEX by_v ON again',
    'CREATE TABLE _late_new LIKE late',
    'ALTER TABLE _late_new ADD INDEX by_v (v)',
    'INSERT INTO _late_new SELECT * FROM late',
    'CREATE TABLE last LIKE _late_new',
    'RENAME TABLE late TO _late_old, _late_new TO late',
  ],
  'character sets are converted': [
    'ALTER TABLE big CONVERT TO CHARACTER SET latin1',
    'ALTER TABLE late CONVERT TO CHARACTER SET utf16',
    "UPDATE late SET w = 'x' WHERE id < 5",
  ],
  'many changes follow each other': [
    'ALTER TABLE big ADD x INT',
    'ALTER TABLE big DROP COLUMN x',
    'RENAME TABLE big TO big2',
    'ALTER TABLE big2 ADD y INT DEFAULT 3',
    'RENAME TABLE big2 TO big',
    'UPDATE big SET y = id WHERE id % 7 = 0',
    'TRUNCATE TABLE late',
    'DROP TABLE late',
  ],
};

describe('schema changes while the tables are copied', () => {
  it.for(Object.entries(changes).map(([what, statements], at) => ({ what, statements, at })))(
    '$what',
    async ({ statements, at }) => {
      const name = `copied_${at}`;
      const selected = { name };
      await using task = await copying(name, selected);
      await runIn(source, name, statements);
      await task.complete();
      await expectEqual({ source, target }, [selected]);
    },
  );

  it('tables leave the selection and come into it', async () => {
    const name = 'copied_selected';
    const selected = { name, tables: [{ name: 'big', as: 'large' }, { name: 'late' }, { name: 'entered' }] };
    await using task = await copying(name, selected);
    await runIn(source, name, [
      'CREATE TABLE outside (id INT PRIMARY KEY, v INT)',
      'INSERT INTO outside VALUES (1, 1), (2, 2)',
      'RENAME TABLE outside TO entered',
      'ALTER TABLE entered ADD w INT',
      'UPDATE entered SET w = 3',
      'RENAME TABLE late TO gone',
      'CREATE TABLE late (id INT PRIMARY KEY)',
      'INSERT INTO late VALUES (1)',
    ]);
    await task.complete();
    await expectEqual({ source, target }, [selected]);
  });

  it('are carried when the task stops in its copy and goes on', async () => {
    const name = 'copied_stopped';
    await using task = await copying(name, { name });
    await task.stop();
    await runIn(source, name, [
      'ALTER TABLE big DROP COLUMN w',
      'ALTER TABLE late ADD x INT',
      'UPDATE big SET v = 0 WHERE id % 3 = 0',
      'UPDATE late SET x = 1',
    ]);
    task.start();
    await task.complete();
    await expectEqual({ source, target }, [{ name }]);
  });

  it('are carried though the target is out of reach for a moment when the copy is to be given up', async () => {
    const name = 'copied_out_of_reach';
    let failures = 2;
    const reached = async (work: () => Promise<void>) => {
      await work();
      // The line is cut before the answer.
      if (failures-- > 0) throw new DtsError('CONNECTION_FAILED', 'cut');
    };
    await using task = await copying(name, { name }, (opened) => ({
      ...opened,
      structure: {
        ...opened.structure,
        truncate: (table) => reached(() => opened.structure.truncate(table)),
        completeTable: (...work) => reached(() => opened.structure.completeTable(...work)),
      },
    }));
    await runIn(source, name, ['ALTER TABLE big DROP COLUMN w']);
    await task.complete();
    expect(failures).toBeLessThan(0);
    expect(task.retries.map(({ code }) => code)).toEqual(['CONNECTION_FAILED', 'CONNECTION_FAILED']);
    await expectEqual({ source, target }, [{ name }]);
  });

  it('undo what other chunks of the table have under way', async () => {
    const name = 'copied_under_way';
    await source.query(`CREATE DATABASE ${name}`);
    await runIn(source, name, [
      'CREATE TABLE big (id INT PRIMARY KEY AUTO_INCREMENT, v INT, w TEXT)',
      'SET SESSION cte_max_recursion_depth = 1000000',
      fill('big', rowCount),
      'ANALYZE TABLE big',
    ]);
    const gate = new FirstChunkGate();
    await using task = await TaskHarness.create({
      source,
      target,
      selection: { databases: [{ name }] },
      options: { chunkBytes: 16 * 1024, fullLoadParallelism: 2 },
      wrapTarget: gate.wrap,
    });
    task.start();
    await task.until(() => gate.isHeld);
    await runIn(source, name, ['ALTER TABLE big DROP COLUMN w']);
    const isGivenUp = () => task.tables.some(({ state }) => state === 'RELOADING');
    await task.until(() => gate.outcome !== undefined || isGivenUp());
    gate.open();
    await task.until(() => gate.outcome !== undefined);
    expect(gate.outcome).toBe('undone');
    await task.complete();
    await expectEqual({ source, target }, [{ name }]);
  });

  /** A task in the middle of its copy. */
  async function copying(
    name: string,
    selected: { name: string },
    wrapTarget?: (opened: Target) => Target,
  ): Promise<TaskHarness> {
    await source.query(`CREATE DATABASE ${name}`);
    await runIn(source, name, [
      'SET SESSION cte_max_recursion_depth = 1000000',
      'CREATE TABLE big (id INT PRIMARY KEY AUTO_INCREMENT, v INT, w TEXT)',
      'CREATE TABLE late (id INT PRIMARY KEY AUTO_INCREMENT, v INT, w TEXT)',
      fill('big', rowCount),
      fill('late', 200),
      'ANALYZE TABLE big, late',
    ]);
    const task = await TaskHarness.create({
      source,
      target,
      selection: { databases: [selected] },
      options: { chunkBytes: 16 * 1024, fullLoadParallelism: 1 },
      wrapTarget,
    });
    task.start();
    await task.until(() => task.tables.some((table) => table.name === 'big' && table.state === 'COPYING'));
    expect(task.tables.find((table) => table.name === 'late')?.state).toBe('PENDING');
    return task;
  }
});

describe('schema changes while the task stands still', () => {
  it('are carried with the structure as of each row', async () => {
    const name = 'standing';
    await source.query(`CREATE DATABASE ${name}`);
    await runIn(source, name, [
      'CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, v INT, w TEXT)',
      fill('t', 500),
    ]);
    await using task = await TaskHarness.create({ source, target, selection: { databases: [{ name }] } });
    task.start();
    await task.caughtUp();
    await runIn(source, name, ["INSERT INTO t (v, w) VALUES (0, 'before')"]);
    await task.stop();
    await runIn(source, name, [
      "INSERT INTO t (v, w) VALUES (1, 'old form')",
      'ALTER TABLE t DROP COLUMN v',
      "INSERT INTO t (w) VALUES ('narrow')",
      'ALTER TABLE t ADD w2 BIGINT FIRST, MODIFY w VARCHAR(200)',
      "INSERT INTO t (w2, w) VALUES (2, 'wide')",
    ]);
    task.start();
    await task.caughtUp();
    await task.stop();
    await runIn(source, name, [
      'RENAME TABLE t TO u',
      'CREATE TABLE t (only INT PRIMARY KEY)',
      'INSERT INTO t VALUES (1)',
      'DELETE FROM u LIMIT 3',
      'DROP TABLE t',
    ]);
    task.start();
    await task.complete();
    await expectEqual({ source, target }, [{ name }]);
  });
});
