import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStage, type Stage } from '../../product/stage.ts';
import type { TaskHandle } from '../../product/task.ts';

// Tables without a key: equal rows are counted, never merged, and a change reaches as many of them as at the source.

const db = { name: 'no_keys' };
let stage: Stage;
let task: TaskHandle;

beforeAll(async () => {
  stage = await openStage();
  await stage.createDatabase(db.name);
  await stage.run(db.name, [
    'CREATE TABLE alike (v INT)',
    'INSERT INTO alike VALUES (1), (1), (1), (2), (2), (NULL), (NULL)',
    'CREATE TABLE mixed (t TEXT, d DOUBLE, f FLOAT, j JSON, b BLOB, at DATETIME(6), g GEOMETRY)',
    `INSERT INTO mixed VALUES ('a', 0.1, 0.1, '{"a": 1.0}', x'00ff', '2026-01-01 00:00:00.000001', ST_GeomFromText('POINT(1 2)')),
       ('a', 0.1, 0.1, '{"a": 1.0}', x'00ff', '2026-01-01 00:00:00.000001', ST_GeomFromText('POINT(1 2)')),
       ('A', -0e0, -0e0, '{"a": 1}', '', NULL, NULL), ('a ', 0, 0, NULL, NULL, NULL, NULL), (NULL, NULL, NULL, NULL, NULL, NULL, NULL)`,
    'CREATE TABLE nullable_unique (u INT NULL, v INT, UNIQUE KEY (u))',
    'INSERT INTO nullable_unique VALUES (1, 1), (NULL, 1), (NULL, 1)',
    'CREATE TABLE large (a INT, b VARCHAR(100))',
    "INSERT INTO large SELECT 1, REPEAT('x', 50) FROM information_schema.COLUMNS LIMIT 2000",
    ...Array.from({ length: 6 }, () => 'INSERT INTO large SELECT a + 1, b FROM large'),
  ]);
  task = await stage.startTask([db]);
  await task.waitForApply();
});
afterAll(() => stage?.[Symbol.asyncDispose]());

test('full load, with a hundred thousand rows of which many are equal', async () => {
  expect((await stage.compare(db)).report).toBe('');
});

test.each([
  ['one of several equal rows is deleted', ['DELETE FROM alike WHERE v = 1 LIMIT 1']],
  ['two of several equal rows are changed', ['UPDATE alike SET v = 3 WHERE v = 1 LIMIT 2']],
  ['rows become equal to others', ['UPDATE alike SET v = 2 WHERE v = 3 LIMIT 1']],
  [
    'rows of NULL alone',
    [
      'DELETE FROM alike WHERE v IS NULL LIMIT 1',
      'INSERT INTO alike VALUES (NULL), (NULL), (NULL)',
      'UPDATE alike SET v = 9 WHERE v IS NULL LIMIT 1',
    ],
  ],
  [
    'a row is made, changed and deleted in one transaction',
    [
      'INSERT INTO alike VALUES (7), (7)',
      'UPDATE alike SET v = 8 WHERE v = 7 LIMIT 1',
      'DELETE FROM alike WHERE v = 7',
    ],
  ],
  ['an update there and back', ['UPDATE alike SET v = v + 100', 'UPDATE alike SET v = v - 100']],
  [
    'texts that differ by case or blanks',
    ["UPDATE mixed SET t = 'b' WHERE t = BINARY 'A'", "DELETE FROM mixed WHERE t = BINARY 'a '"],
  ],
  [
    'one of two equal rows of every type',
    ["UPDATE mixed SET d = 0.2 WHERE t = 'a' LIMIT 1", 'DELETE FROM mixed WHERE d > 0.15 LIMIT 1'],
  ],
  [
    'rows told apart only by the sign of zero or a JSON double',
    [
      "UPDATE mixed SET t = 'zero' WHERE t = 'b'",
      "INSERT INTO mixed (d, j) VALUES (0, '1'), (-0e0, '1.0')",
      "UPDATE mixed SET t = 'one' WHERE j = CAST('1.0' AS JSON) AND JSON_TYPE(j) = 'DOUBLE'",
    ],
  ],
  [
    'a unique key that is sometimes NULL',
    [
      'UPDATE nullable_unique SET u = 2 WHERE u IS NULL LIMIT 1',
      'UPDATE nullable_unique SET u = NULL WHERE u = 1',
      'DELETE FROM nullable_unique WHERE u IS NULL LIMIT 1',
    ],
  ],
  [
    'many rows in one statement',
    ['UPDATE large SET a = a + 1 WHERE a < 4', 'DELETE FROM large WHERE a = 5 LIMIT 100'],
  ],
])('%s', async (_what, statements) => {
  await stage.run(db.name, ['START TRANSACTION', ...statements, 'COMMIT']);
  await stage.settle(task, db);
  expect((await stage.compare(db)).report).toBe('');
});
