import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Flavour } from '../../servers/mysql.ts';
import { CopyGate } from './copy-gate.ts';
import { type Ends, makeDatabase, run, startEnds } from './ends.ts';

// Tables of engines without transactions are InnoDB at the target, as only what can be rolled back is written exactly once.

const tablesOf = (engine: string) => [
  `CREATE TABLE keyed (id INT AUTO_INCREMENT PRIMARY KEY, v VARCHAR(20), KEY (v), FULLTEXT KEY (v)) ENGINE=${engine}`,
  "INSERT INTO keyed (v) VALUES ('a'), ('b'), ('c'), ('d'), (NULL)",
  `CREATE TABLE loose (v INT, w CHAR(9)) ENGINE=${engine} ROW_FORMAT=FIXED PACK_KEYS=1 DELAY_KEY_WRITE=1`,
  "INSERT INTO loose VALUES (1, 'x'), (1, 'x'), (2, 'y'), (NULL, NULL)",
  'CREATE TABLE ordinary (v INT) ENGINE=InnoDB',
  'INSERT INTO ordinary VALUES (1), (1)',
];

const changes = [
  "INSERT INTO keyed (v) VALUES ('e'), ('f')",
  "UPDATE keyed SET v = CONCAT(v, '+') WHERE id IN (1, 3)",
  'DELETE FROM keyed WHERE id = 2',
  "INSERT INTO loose VALUES (1, 'x'), (3, 'z'), (3, 'z')",
  "UPDATE loose SET w = 'u' WHERE v = 2",
  'DELETE FROM loose WHERE v = 1 LIMIT 1',
  'INSERT INTO ordinary VALUES (2)',
];

const statementsOf = (engine: string) => [
  `CREATE TABLE made (id INT PRIMARY KEY, v INT) ENGINE=${engine}`,
  'INSERT INTO made VALUES (1, 1), (2, 2)',
  'CREATE TABLE held (id INT PRIMARY KEY) ENGINE = MEMORY',
  'INSERT INTO held VALUES (1), (2)',
  'CREATE TABLE alike LIKE made',
  'INSERT INTO alike SELECT * FROM made',
  `SET SESSION default_storage_engine = ${engine}`,
  'CREATE TABLE unsaid (v INT)',
  'INSERT INTO unsaid VALUES (1), (1)',
  `ALTER TABLE ordinary ENGINE = ${engine}`,
  'INSERT INTO ordinary VALUES (3)',
  'ALTER TABLE keyed ENGINE = InnoDB',
  `ALTER TABLE made ENGINE ${engine}, ADD COLUMN w INT`,
  'UPDATE made SET w = id',
];

describe.each([
  ['mysql-9.7', 'MyISAM'],
  ['mysql-5.6', 'MyISAM'],
  ['mariadb-10.11', 'Aria'],
] as const)('tables without transactions of %s, in %s', (flavour: Flavour, engine) => {
  let ends: Ends;
  beforeAll(async () => {
    ends = await startEnds({ source: flavour });
  });
  afterAll(() => ends?.[Symbol.asyncDispose]());

  const enginesAtTarget = async (database: string) => {
    const connection = await ends.target.connect({});
    try {
      const [rows] = await connection.query(
        `SELECT DISTINCT ENGINE AS engine FROM information_schema.TABLES WHERE TABLE_SCHEMA = '${database}'`,
      );
      return rows;
    } finally {
      await connection.end();
    }
  };

  it('are exact through a copy that is changed and killed, and schema changes', async () => {
    const databases = [{ name: 'shop' }];
    await makeDatabase(ends.source, 'shop', tablesOf(engine));
    const first = new CopyGate('read');
    let gate = first;
    await using task = await ends.task({
      selection: { databases },
      options: { fullLoadParallelism: 2 },
      wrapTarget: (target) => gate.wrap(target),
    });
    task.start();
    await task.until(() => first.held === 2);
    await task.kill();
    await run(ends.source, 'shop', changes);
    const second = new CopyGate('read');
    gate = second;
    task.start();
    await task.until(() => second.held === 2);
    // The others are locked until they are read.
    const free = changes.filter((sql) => / keyed /.test(sql));
    await run(ends.source, 'shop', free);
    second.open();
    await task.caughtUp();
    await run(ends.source, 'shop', [...changes, ...statementsOf(engine)]);
    await task.caughtUp();
    await task.kill();
    await run(ends.source, 'shop', changes);
    task.start();
    await task.complete();
    await ends.expectEqual(databases);
    expect(await enginesAtTarget('shop')).toEqual([{ engine: 'InnoDB' }]);
  });

  it('are exact while writers never rest', async () => {
    const databases = [{ name: 'busy' }];
    await makeDatabase(ends.source, 'busy', tablesOf(engine));
    let over = false;
    const writers = ['keyed (v)', 'loose (w)'].map(async (place) => {
      for (let n = 0; !over && n < 400; n += 1) {
        await run(ends.source, 'busy', [
          `INSERT INTO ${place} VALUES ('${n}'), ('x')`,
          `UPDATE ${place.split(' ')[0]} SET ${place.includes('v') ? 'v' : 'w'} = '-' WHERE ${place.includes('v') ? 'v' : 'w'} = 'x' LIMIT 1`,
        ]);
      }
    });
    await using task = await ends.task({ selection: { databases } });
    task.start();
    await task.until(
      () => task.tables.length === 3 && task.tables.every(({ state }) => state === 'REPLICATING'),
    );
    over = true;
    await Promise.all(writers);
    await task.complete();
    await ends.expectEqual(databases);
  });
});
