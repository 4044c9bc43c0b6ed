import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Flavour } from '../../servers/mysql.ts';
import { Killed } from '../ddl/mortal-target.ts';
import { CopyGate } from './copy-gate.ts';
import { type Ends, makeDatabase, run, startEnds } from './ends.ts';

// Tables without a key are multisets of rows: how many copies of a row there are must be right, at any moment of the copy.

const tables = [
  'CREATE TABLE copies (a INT, b VARCHAR(20), c DOUBLE, d DATETIME(3), e BLOB)',
  "INSERT INTO copies VALUES (1, 'x', 0.1, '2026-01-01', x'00'), (1, 'x', 0.1, '2026-01-01', x'00'), (1, 'X', 0.1, '2026-01-01', x'00')",
  'INSERT INTO copies VALUES (NULL, NULL, NULL, NULL, NULL), (NULL, NULL, NULL, NULL, NULL)',
  'INSERT INTO copies SELECT a, b, c, d, e FROM copies',
  'INSERT INTO copies SELECT a, b, c, d, e FROM copies',
  'CREATE TABLE maybe (n INT NULL, v VARCHAR(10), UNIQUE KEY (n))',
  "INSERT INTO maybe VALUES (1, 'a'), (2, 'b'), (NULL, 'c'), (NULL, 'c'), (NULL, NULL)",
  'CREATE TABLE alike (v INT)',
  'INSERT INTO alike VALUES (1), (1), (1), (2)',
  'CREATE TABLE bulk (v INT, filler VARCHAR(200))',
  "INSERT INTO bulk VALUES (1, REPEAT('x', 200)), (2, REPEAT('y', 200))",
  ...Array.from({ length: 12 }, () => 'INSERT INTO bulk SELECT v, filler FROM bulk'),
];

const changes = [
  "UPDATE copies SET b = 'y' WHERE b = 'x' LIMIT 1",
  'DELETE FROM copies WHERE a IS NULL LIMIT 3',
  "INSERT INTO copies VALUES (1, 'x', 0.1, '2026-01-01', x'00'), (2, '', -1, NULL, NULL)",
  'INSERT INTO copies (a, c) VALUES (8, 0), (8, -0e0), (8, 0), (8, -0e0)',
  'DELETE FROM copies WHERE a = 8 LIMIT 2',
  'UPDATE copies SET c = -0e0 WHERE a = 8 LIMIT 1',
  'INSERT INTO copies (a) VALUES (7), (7)',
  'DELETE FROM copies WHERE a = 7 LIMIT 1',
  'START TRANSACTION',
  "UPDATE copies SET c = 5 WHERE BINARY b = 'X' LIMIT 1",
  'UPDATE copies SET c = 0.1 WHERE c = 5',
  "DELETE FROM copies WHERE b = 'y'",
  'COMMIT',
  'UPDATE maybe SET n = IFNULL(n, 0) + 2 WHERE n IS NOT NULL ORDER BY n DESC',
  "UPDATE maybe SET v = 'd' WHERE n IS NULL AND v = 'c' LIMIT 1",
  'DELETE FROM maybe WHERE v IS NULL',
  "INSERT INTO maybe VALUES (NULL, 'c'), (1, 'a')",
  'START TRANSACTION',
  'UPDATE maybe SET n = 99 WHERE n = 1',
  "INSERT INTO maybe VALUES (1, 'again')",
  'DELETE FROM maybe WHERE n = 99',
  'COMMIT',
  'DELETE FROM alike LIMIT 2',
  'INSERT INTO alike VALUES (1), (1), (3)',
  'UPDATE alike SET v = v + 1',
  'UPDATE bulk SET v = 3 WHERE v = 1 LIMIT 100',
  'DELETE FROM bulk WHERE v = 2 LIMIT 50',
];

it('a key that the source added and does not show is carried with the rest', async () => {
  await using ends = await startEnds({
    sourceServer: {
      args: [
        '--sql-generate-invisible-primary-key=ON',
        '--show-gipk-in-create-table-and-information-schema=OFF',
      ],
    },
    targetServer: { args: ['--show-gipk-in-create-table-and-information-schema=OFF'] },
  });
  await makeDatabase(ends.source, 'unshown', [
    'CREATE TABLE loose (v INT, w VARCHAR(9))',
    "INSERT INTO loose VALUES (1, 'a'), (1, 'a')",
  ]);
  await using task = await ends.task({ selection: { databases: [{ name: 'unshown' }] } });
  task.start();
  await task.caughtUp();
  await run(ends.source, 'unshown', [
    "UPDATE loose SET w = 'b' WHERE v = 1 LIMIT 1",
    "INSERT INTO loose VALUES (2, 'c')",
  ]);
  await task.complete();
  const rows = 'SELECT my_row_id, v, w FROM unshown.loose ORDER BY my_row_id';
  expect(await ends.target.query(rows)).toEqual(await ends.source.query(rows));
});

describe.each(['mysql-9.7', 'mysql-5.6', 'mariadb-10.11'] as const)(
  'tables without a key of %s',
  (flavour: Flavour) => {
    let ends: Ends;
    beforeAll(async () => {
      ends = await startEnds({ source: flavour });
    });
    afterAll(() => ends?.[Symbol.asyncDispose]());

    it.each(['read', 'unread'] as const)('change while they are copied, their rows %s', async (place) => {
      const databases = [{ name: `while_${place}` }];
      await makeDatabase(ends.source, databases[0]!.name, tables);
      const gate = new CopyGate(place);
      await using task = await ends.task({ selection: { databases }, wrapTarget: gate.wrap });
      task.start();
      await task.until(() => gate.held === 4);
      for (const image of ['FULL', 'MINIMAL']) {
        await run(ends.source, databases[0]!.name, [`SET SESSION binlog_row_image = ${image}`, ...changes]);
      }
      gate.open();
      await task.caughtUp();
      await run(ends.source, databases[0]!.name, changes);
      await task.complete();
      await ends.expectEqual(databases);
    });

    it('go into tables that have them already, with a key that the target added', async () => {
      const statements = [
        'CREATE TABLE loose (v INT, w VARCHAR(9))',
        "INSERT INTO loose VALUES (1, 'a'), (1, 'a'), (2, 'b'), (NULL, NULL)",
      ];
      await makeDatabase(ends.source, 'numbered', statements);
      await makeDatabase(ends.target, 'numbered', [
        'SET SESSION sql_generate_invisible_primary_key = ON',
        statements[0]!,
      ]);
      await using task = await ends.task({ selection: { databases: [{ name: 'numbered' }] } });
      task.start();
      await task.caughtUp();
      await run(ends.source, 'numbered', [
        'DELETE FROM loose WHERE v = 1 LIMIT 1',
        "UPDATE loose SET w = 'c' WHERE v = 2",
        "INSERT INTO loose VALUES (3, 'd'), (3, 'd')",
        'DELETE FROM loose WHERE v IS NULL',
      ]);
      await task.complete();
      const rows = 'SELECT v, w, COUNT(*) AS copies FROM numbered.loose GROUP BY v, w ORDER BY v';
      expect(await ends.target.query(rows)).toEqual(await ends.source.query(rows));
      expect(await ends.target.query('SELECT MAX(my_row_id) > 0 AS numbered FROM numbered.loose')).toEqual([
        { numbered: 1 },
      ]);
    });

    it('are copied anew when the task died just as a copy was committed, before it had noted it', async () => {
      const databases = [{ name: 'died' }];
      await makeDatabase(ends.source, 'died', tables);
      let dead = false;
      await using task = await ends.task({
        selection: { databases },
        wrapTarget: (target) => ({
          ...target,
          bulk: {
            async load(load) {
              const written = await target.bulk.load(load);
              if (!dead && written.rows > 0) {
                dead = true;
                throw new Killed();
              }
              return written;
            },
          },
        }),
      });
      task.start();
      expect(await task.complete().catch((error) => error)).toBeInstanceOf(Killed);
      await run(ends.source, 'died', changes);
      task.start();
      await task.complete();
      await ends.expectEqual(databases);
    });

    it('are copied anew when the task stopped within their copy', async () => {
      const databases = [{ name: 'stopped' }];
      await makeDatabase(ends.source, 'stopped', tables);
      const first = new CopyGate('read');
      let gate = first;
      await using task = await ends.task({
        selection: { databases },
        options: { fullLoadParallelism: 2 },
        wrapTarget: (target) => gate.wrap(target),
      });
      task.start();
      await task.until(() => first.held === 2);
      await task.stop();
      await run(ends.source, 'stopped', changes);
      const second = new CopyGate('read');
      gate = second;
      task.start();
      await task.until(() => second.held === 2);
      await run(ends.source, 'stopped', changes);
      second.open();
      await task.complete();
      await ends.expectEqual(databases);
      expect(task.tables.every(({ state }) => state === 'REPLICATING')).toBe(true);
    });
  },
);
