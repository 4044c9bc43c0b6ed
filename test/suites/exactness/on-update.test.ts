import { afterAll, beforeAll, describe, it } from 'vitest';
import { type Ends, makeDatabase, run, startEnds } from './ends.ts';

// ON UPDATE CURRENT_TIMESTAMP acts at the source alone: its clock stands still here, far from that of the target.

const stamps =
  'ts TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP, dt DATETIME(3) NULL ON UPDATE CURRENT_TIMESTAMP(3)';
const then = "'2020-01-01 00:00:00', '2020-01-01 00:00:00.125'";

const tables = [
  `CREATE TABLE plain (id INT PRIMARY KEY, c INT, b TEXT, ${stamps})`,
  `INSERT INTO plain VALUES (1, 1, 'x', ${then}), (2, 2, 'y', ${then}), (3, 3, 'z', ${then})`,
  `CREATE TABLE keyless (id INT, c INT, b TEXT, ${stamps})`,
  `INSERT INTO keyless VALUES (1, 1, 'x', ${then}), (2, 2, 'y', ${then})`,
  `CREATE TABLE parent (id INT PRIMARY KEY, u INT UNIQUE, ${stamps})`,
  `INSERT INTO parent VALUES (1, 1, ${then}), (2, 2, ${then}), (3, 3, ${then})`,
  `CREATE TABLE child (id INT PRIMARY KEY, u INT, ${stamps}, FOREIGN KEY (u) REFERENCES parent (u) ON UPDATE CASCADE ON DELETE SET NULL)`,
  `INSERT INTO child VALUES (1, 1, ${then}), (2, 2, ${then}), (3, 3, ${then})`,
];

const changes = [
  'UPDATE plain SET c = c + 1, ts = ts, dt = dt WHERE id = 1',
  'SET SESSION timestamp = 1600000000',
  'UPDATE plain SET c = 7 WHERE id = 2',
  'UPDATE plain SET c = 8 WHERE id = 2',
  'UPDATE plain SET id = 30 WHERE id = 3',
  'UPDATE plain SET id = 31 WHERE id = 30',
  'UPDATE keyless SET c = c + 1, ts = ts, dt = dt WHERE id = 1',
  'UPDATE keyless SET c = 7 WHERE id = 2',
  'UPDATE keyless SET c = 8 WHERE id = 2',
  'UPDATE parent SET u = 10, ts = ts, dt = dt WHERE id = 1',
  'UPDATE parent SET u = 11 WHERE id = 1',
  'UPDATE parent SET u = 12 WHERE id = 1',
  'UPDATE parent SET id = 5, ts = ts WHERE id = 2',
  'DELETE FROM parent WHERE id = 3',
];

describe.each(['mysql-9.7', 'mysql-5.6', 'mariadb-10.11'] as const)(
  'columns that %s sets on update',
  (flavour) => {
    let ends: Ends;
    beforeAll(async () => {
      ends = await startEnds({ source: flavour });
    });
    afterAll(() => ends?.[Symbol.asyncDispose]());

    it('keep what the source gave them, with each kind of row image', async () => {
      const images = ['FULL', 'MINIMAL', 'NOBLOB'];
      const databases = images.map((image) => ({ name: `stamps_${image.toLowerCase()}` }));
      for (const { name } of databases) await makeDatabase(ends.source, name, tables);
      await using task = await ends.task({ selection: { databases } });
      task.start();
      await task.caughtUp();
      for (const [at, image] of images.entries())
        await run(ends.source, databases[at]!.name, [`SET SESSION binlog_row_image = ${image}`, ...changes]);
      await task.complete();
      await ends.expectEqual(databases);
    });
  },
);
