import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStage, type Stage } from '../../product/stage.ts';
import type { TaskHandle } from '../../product/task.ts';

// Keys that move and unique values that change owner: right at the end of every group, whatever was reduced in it.

const keys = { name: 'keys_move' };
let stage: Stage;
let task: TaskHandle;

beforeAll(async () => {
  stage = await openStage();
  await stage.createDatabase(keys.name);
  await stage.run(keys.name, [
    'CREATE TABLE numbered (id INT PRIMARY KEY, v VARCHAR(20))',
    "INSERT INTO numbered VALUES (1, 'one'), (2, 'two'), (3, 'three'), (4, 'four')",
    'CREATE TABLE owned (id INT PRIMARY KEY, owner VARCHAR(20) NOT NULL, n INT NULL, UNIQUE KEY (owner), UNIQUE KEY (n))',
    "INSERT INTO owned VALUES (1, 'ann', 1), (2, 'bob', 2), (3, 'cid', NULL), (4, 'dan', NULL), (5, 'eve', 5)",
    'CREATE TABLE pair (a INT, b VARCHAR(10), v INT, PRIMARY KEY (a, b), UNIQUE KEY (v, a))',
    "INSERT INTO pair VALUES (1, 'x', 1), (1, 'y', 2), (2, 'x', 1)",
    'CREATE TABLE word (w VARCHAR(20) COLLATE utf8mb4_general_ci PRIMARY KEY, v INT)',
    "INSERT INTO word VALUES ('apple', 1), ('Pear', 2)",
    'CREATE TABLE folded (id INT PRIMARY KEY, w VARCHAR(20) COLLATE utf8mb4_general_ci NOT NULL, UNIQUE KEY (w))',
    "INSERT INTO folded VALUES (1, 'a'), (2, 'b')",
    'CREATE TABLE started (id INT PRIMARY KEY, w VARCHAR(50) NOT NULL, UNIQUE KEY (w(3)))',
    "INSERT INTO started VALUES (1, 'abc first'), (2, 'xyz second')",
  ]);
  task = await stage.startTask([keys]);
  await task.waitForApply();
});
afterAll(() => stage?.[Symbol.asyncDispose]());

const inOneTransaction = (statements: readonly string[]) => ['START TRANSACTION', ...statements, 'COMMIT'];

test.each([
  [
    'two rows exchange their keys',
    [
      'UPDATE numbered SET id = 0 WHERE id = 1',
      'UPDATE numbered SET id = 1 WHERE id = 2',
      'UPDATE numbered SET id = 2 WHERE id = 0',
    ],
  ],
  ['all keys move up by one', ['UPDATE numbered SET id = id + 1 ORDER BY id DESC']],
  ['all keys move down by one', ['UPDATE numbered SET id = id - 1 ORDER BY id']],
  [
    'a key moves to one that was just deleted',
    [
      'DELETE FROM numbered WHERE id = 3',
      'UPDATE numbered SET id = 3 WHERE id = 4',
      "INSERT INTO numbered VALUES (4, 'new')",
    ],
  ],
  [
    'a row is made, moved, changed and deleted',
    [
      "INSERT INTO numbered VALUES (9, 'x')",
      'UPDATE numbered SET id = 10 WHERE id = 9',
      "UPDATE numbered SET v = 'y' WHERE id = 10",
      'DELETE FROM numbered WHERE id = 10',
    ],
  ],
  [
    'a row is deleted and made again',
    [
      'DELETE FROM numbered WHERE id = 1',
      "INSERT INTO numbered VALUES (1, 'again')",
      "UPDATE numbered SET v = 'once more' WHERE id = 1",
    ],
  ],
  [
    'a key changes together with values',
    [
      "UPDATE numbered SET id = 77, v = 'seven' WHERE id = 1",
      "UPDATE numbered SET id = 1, v = 'one' WHERE id = 77",
    ],
  ],
  [
    'unique values are exchanged',
    [
      "UPDATE owned SET owner = '' WHERE id = 1",
      "UPDATE owned SET owner = 'ann' WHERE id = 2",
      "UPDATE owned SET owner = 'bob' WHERE id = 1",
    ],
  ],
  [
    'unique values go round in a ring of three',
    [
      "UPDATE owned SET owner = 'hand' WHERE id = 1",
      "UPDATE owned SET owner = 'bob' WHERE owner = 'ann'",
      "UPDATE owned SET owner = 'ann' WHERE owner = 'cid'",
      "UPDATE owned SET owner = 'cid' WHERE owner = 'hand'",
    ],
  ],
  [
    'a nullable unique value is handed on',
    [
      'UPDATE owned SET n = NULL WHERE id = 1',
      'UPDATE owned SET n = 1 WHERE id = 3',
      'UPDATE owned SET n = NULL WHERE id = 2',
      'UPDATE owned SET n = 2 WHERE id = 1',
    ],
  ],
  [
    'the owner of a unique value is deleted and another takes it',
    ['DELETE FROM owned WHERE id = 5', "INSERT INTO owned VALUES (6, 'eve', 5)"],
  ],
  ['REPLACE throws out two rows at once', ["REPLACE INTO owned VALUES (4, 'eve', 1)"]],
  [
    'INSERT … ON DUPLICATE KEY UPDATE moves the key',
    [
      "INSERT INTO owned VALUES (4, 'x', NULL) ON DUPLICATE KEY UPDATE id = id + 100",
      'UPDATE owned SET id = 4 WHERE id = 104',
    ],
  ],
  [
    'half of a composite key changes',
    [
      "UPDATE pair SET b = 'z' WHERE a = 1 AND b = 'x'",
      "UPDATE pair SET b = 'x' WHERE a = 1 AND b = 'y'",
      "UPDATE pair SET a = 3 WHERE b = 'z'",
    ],
  ],
  [
    'a composite unique value is handed on',
    [
      'UPDATE pair SET v = 9 WHERE a = 2 AND v = 1',
      "UPDATE pair SET a = 2, b = 'q' WHERE a = 3",
      'UPDATE pair SET v = 10 WHERE v = 9',
    ],
  ],
  [
    'only the case of a text key changes',
    ["UPDATE word SET w = 'APPLE' WHERE w = 'apple'", "UPDATE word SET w = 'pear', v = 3 WHERE w = 'Pear'"],
  ],
  [
    'a text key is replaced by an equal one',
    [
      "DELETE FROM word WHERE w = 'apple'",
      "INSERT INTO word VALUES ('Apple ', 5)",
      "REPLACE INTO word VALUES ('aPPLE', 6)",
    ],
  ],
  [
    'unique texts that are equal to the collation are exchanged',
    [
      "UPDATE folded SET w = 'c' WHERE id = 1",
      "UPDATE folded SET w = 'A' WHERE id = 2",
      "UPDATE folded SET w = 'B' WHERE id = 1",
    ],
  ],
  [
    'a unique prefix is handed on',
    ["UPDATE started SET w = 'new' WHERE id = 1", "UPDATE started SET w = 'ABC other' WHERE id = 2"],
  ],
])('%s', async (_what, statements) => {
  await stage.run(keys.name, inOneTransaction(statements));
  await stage.settle(task, keys);
  expect((await stage.compare(keys)).report).toBe('');
});

test('all of it in many transactions that are applied as few groups', async () => {
  await task.operate('pauseTask');
  await task.waitFor(['PAUSED']);
  const connection = await stage.source.connect({ database: keys.name, multipleStatements: false });
  for (let round = 0; round < 200; round++) {
    const [from, to] = round % 2 === 0 ? [1, 2] : [2, 1];
    for (const sql of [
      'START TRANSACTION',
      `UPDATE owned SET owner = '' WHERE id = ${from}`,
      `SELECT @owner := owner FROM owned WHERE id = ${to}`,
      `UPDATE owned SET owner = CONCAT('round ', ${round}) WHERE id = ${to}`,
      `UPDATE owned SET owner = @owner WHERE id = ${from}`,
      'COMMIT',
      'UPDATE numbered SET id = id + 1 ORDER BY id DESC',
      round % 2 === 0 ? 'UPDATE word SET w = UPPER(w)' : 'UPDATE word SET w = LOWER(w)',
      `INSERT INTO numbered VALUES (0, 'row ${round}')`,
      `DELETE FROM numbered WHERE id > 50`,
    ]) {
      await connection.query(sql);
    }
  }
  await connection.end();
  await task.operate('resumeTask');
  await stage.settle(task, keys);
  expect((await stage.compare(keys)).report).toBe('');
});
