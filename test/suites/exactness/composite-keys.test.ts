import { afterAll, beforeAll, describe, it } from 'vitest';
import { CopyGate } from './copy-gate.ts';
import { type Ends, makeDatabase, run, startEnds } from './ends.ts';

// Rows are found by keys of several columns, of each type that a key may have, many rows at a time.

const ROWS = 8;
const numbers = Array.from({ length: ROWS }, (_, i) => i + 1);
const letters = numbers.map((i) => `'m${i}'`).join(', ');

/** A type, and as many literals of it as there are rows. */
const types: Record<string, { type: string; literal: (i: number) => string }> = {
  enum: { type: `ENUM(${letters})`, literal: (i) => `'m${i}'` },
  set: { type: `SET(${letters})`, literal: (i) => `${i}` },
  year: { type: 'YEAR', literal: (i) => `${2000 + i}` },
  bit: { type: 'BIT(12)', literal: (i) => `${i * 300}` },
  decimal: { type: 'DECIMAL(30, 3)', literal: (i) => `123456789012345678901.12${i}` },
  float: { type: 'FLOAT', literal: (i) => `${i}.1` },
  double: { type: 'DOUBLE', literal: (i) => `${i}.1e-7` },
  bigint: { type: 'BIGINT UNSIGNED', literal: (i) => `1844674407370955161${i % 6}` },
  time: { type: 'TIME(3)', literal: (i) => `'-0${i}:00:00.12${i}'` },
  date: { type: 'DATE', literal: (i) => `'2020-01-0${i}'` },
  datetime: { type: 'DATETIME(6)', literal: (i) => `'2020-01-0${i} 00:00:00.00000${i}'` },
  timestamp: {
    type: "TIMESTAMP(2) DEFAULT '2020-01-01 00:00:00'",
    literal: (i) => `'2020-01-0${i} 00:00:00.5'`,
  },
  binary: { type: 'BINARY(6)', literal: (i) => `'b${i}'` },
  varbinary: { type: 'VARBINARY(6)', literal: (i) => `x'00ff0${i}'` },
  char: { type: 'CHAR(6) CHARACTER SET latin1', literal: (i) => `'\u00e4${i}'` },
  varchar: { type: 'VARCHAR(6) CHARACTER SET utf8', literal: (i) => `'\u20ac${i}'` },
};

const tables = Object.entries(types).flatMap(([name, { type, literal }]) =>
  ['first', 'last'].flatMap((place) => [
    `CREATE TABLE ${name}_${place} (k ${type} NOT NULL, id INT NOT NULL, v INT, PRIMARY KEY (${place === 'first' ? 'k, id' : 'id, k'}))`,
    `INSERT INTO ${name}_${place} VALUES ${numbers.map((i) => `(${literal(i)}, ${i}, ${i})`).join(', ')}`,
  ]),
);
const names = Object.keys(types).flatMap((name) => [`${name}_first`, `${name}_last`]);
const changes = names.flatMap((name) => {
  const { literal } = types[name.replace(/_.*/, '')]!;
  return [
    `DELETE FROM ${name} WHERE v IN (1, 2, 3)`,
    `UPDATE ${name} SET id = id + 100 WHERE v IN (4, 5)`,
    `UPDATE ${name} SET k = ${literal(1)} WHERE v IN (6, 7)`,
    `INSERT INTO ${name} VALUES (${literal(2)}, 2, 20), (${literal(3)}, 30, 30)`,
    `UPDATE ${name} SET v = v + 1000 WHERE v IN (20, 8)`,
  ];
});

describe.each(['mysql-9.7', 'mysql-5.6', 'mariadb-10.11'] as const)(
  'keys of several columns from %s',
  (flavour) => {
    let ends: Ends;
    beforeAll(async () => {
      ends = await startEnds({ source: flavour });
    });
    afterAll(() => ends?.[Symbol.asyncDispose]());

    it.each(['after the copy', 'read'] as const)('rows go and change keys: %s', async (when) => {
      const databases = ['full', 'minimal'].map((image) => ({ name: `composite_${image}` }));
      for (const { name } of databases) {
        await makeDatabase(ends.source, name, tables);
        await ends.target.query(`DROP DATABASE IF EXISTS ${name}`);
      }
      const gate = new CopyGate('read');
      await using task = await ends.task({
        selection: { databases },
        options: { fullLoadParallelism: 128 },
        wrapTarget: gate.wrap,
      });
      task.start();
      if (when === 'after the copy') {
        gate.open();
        await task.caughtUp();
      } else await task.until(() => gate.held >= databases.length * names.length);
      await run(ends.source, 'composite_full', ['START TRANSACTION', ...changes, 'COMMIT']);
      await run(ends.source, 'composite_minimal', ['SET SESSION binlog_row_image = MINIMAL', ...changes]);
      gate.open();
      await task.complete();
      await ends.expectEqual(databases);
    });
  },
);
