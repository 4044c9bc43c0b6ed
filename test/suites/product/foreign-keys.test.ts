import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStage, type Stage } from '../../product/stage.ts';
import type { TaskHandle } from '../../product/task.ts';
import { flavours } from '../../servers/mysql.ts';

// Cascades are in the log of the newest MySQL and not in that of the others: the target has to end the same either way.

const family = { name: 'family' };

describe.each(flavours)('foreign keys from %s', (flavour) => {
  let stage: Stage;
  let task: TaskHandle;

  beforeAll(async () => {
    stage = await openStage({ source: flavour });
    await stage.createDatabase(family.name);
    await stage.run(family.name, [
      // Children before their parents by name, so that the order of tables cannot be by luck.
      'CREATE TABLE z_parent (id INT PRIMARY KEY, code VARCHAR(10) NOT NULL, UNIQUE KEY (code))',
      'CREATE TABLE a_cascade (id INT PRIMARY KEY, parent INT, CONSTRAINT c1 FOREIGN KEY (parent) REFERENCES z_parent (id) ON DELETE CASCADE ON UPDATE CASCADE)',
      'CREATE TABLE b_set_null (id INT PRIMARY KEY, code VARCHAR(10), CONSTRAINT c2 FOREIGN KEY (code) REFERENCES z_parent (code) ON DELETE SET NULL ON UPDATE SET NULL)',
      'CREATE TABLE c_restrict (id INT PRIMARY KEY, parent INT NOT NULL, CONSTRAINT c3 FOREIGN KEY (parent) REFERENCES z_parent (id))',
      'CREATE TABLE d_grandchild (id INT PRIMARY KEY, child INT, CONSTRAINT c4 FOREIGN KEY (child) REFERENCES a_cascade (id) ON DELETE CASCADE ON UPDATE CASCADE)',
      'CREATE TABLE tree (id INT PRIMARY KEY, up INT, CONSTRAINT c5 FOREIGN KEY (up) REFERENCES tree (id) ON DELETE CASCADE)',
      'CREATE TABLE one (id INT PRIMARY KEY, other INT)',
      'CREATE TABLE two (id INT PRIMARY KEY, other INT, CONSTRAINT c6 FOREIGN KEY (other) REFERENCES one (id))',
      'ALTER TABLE one ADD CONSTRAINT c7 FOREIGN KEY (other) REFERENCES two (id)',
      "INSERT INTO z_parent VALUES (1, 'a'), (2, 'b'), (3, 'c'), (4, 'd')",
      'INSERT INTO a_cascade VALUES (10, 1), (11, 1), (12, 2), (13, NULL)',
      "INSERT INTO b_set_null VALUES (10, 'a'), (11, 'b'), (12, 'd')",
      'INSERT INTO c_restrict VALUES (10, 3)',
      'INSERT INTO d_grandchild VALUES (100, 10), (101, 11), (102, 12)',
      'INSERT INTO tree VALUES (1, NULL), (2, 1), (3, 2), (4, 4), (5, 3)',
      'INSERT INTO one VALUES (1, NULL)',
      'INSERT INTO two VALUES (1, 1)',
      'UPDATE one SET other = 1',
    ]);
    task = await stage.startTask([family]);
    await task.waitForApply();
  });
  afterAll(() => stage?.[Symbol.asyncDispose]());

  test('full load', async () => {
    expect((await stage.compare(family)).report).toBe('');
  });

  test.each([
    ['a parent goes and takes two generations along', ['DELETE FROM z_parent WHERE id = 1']],
    ['the key of a parent changes', ['UPDATE z_parent SET id = 20 WHERE id = 2']],
    ['the code of a parent changes', ["UPDATE z_parent SET code = 'dd' WHERE code = 'd'"]],
    ['the key of a child changes', ['UPDATE a_cascade SET id = 120 WHERE id = 12']],
    ['a branch of a tree goes', ['DELETE FROM tree WHERE id = 2']],
    [
      'a row that is its own parent',
      [
        'INSERT INTO tree VALUES (6, 6)',
        'DELETE FROM tree WHERE id = 4',
        'UPDATE tree SET up = NULL WHERE id = 6',
      ],
    ],
    [
      'children are written before their parent, unchecked',
      [
        'SET SESSION foreign_key_checks = 0',
        'INSERT INTO a_cascade VALUES (30, 30)',
        "INSERT INTO z_parent VALUES (30, 'x')",
        'SET SESSION foreign_key_checks = 1',
      ],
    ],
    [
      'an unchecked delete leaves its children',
      [
        'SET SESSION foreign_key_checks = 0',
        'DELETE FROM z_parent WHERE id = 30',
        'SET SESSION foreign_key_checks = 1',
        'DELETE FROM a_cascade WHERE id = 30',
      ],
    ],
    [
      'a parent goes and comes back',
      [
        "INSERT INTO z_parent VALUES (40, 'y')",
        'INSERT INTO a_cascade VALUES (40, 40)',
        'DELETE FROM z_parent WHERE id = 40',
        "INSERT INTO z_parent VALUES (40, 'y')",
      ],
    ],
    [
      'REPLACE of a parent takes its children along',
      ['INSERT INTO a_cascade VALUES (41, 40)', "REPLACE INTO z_parent VALUES (40, 'z')"],
    ],
    [
      'two tables that need each other',
      [
        'SET SESSION foreign_key_checks = 0',
        'INSERT INTO one VALUES (2, 2)',
        'INSERT INTO two VALUES (2, 2)',
        'SET SESSION foreign_key_checks = 1',
        'UPDATE one SET other = NULL WHERE id = 2',
        'DELETE FROM two WHERE id = 2',
      ],
    ],
    [
      'children change and their parent goes, in one transaction',
      [
        "INSERT INTO z_parent VALUES (50, 'p'), (51, 'q')",
        'INSERT INTO a_cascade VALUES (50, 50), (51, 50)',
        'UPDATE a_cascade SET parent = 51 WHERE id = 51',
        'DELETE FROM z_parent WHERE id = 50',
      ],
    ],
  ])('%s', async (_what, statements) => {
    await stage.run(family.name, ['START TRANSACTION', ...statements, 'COMMIT']);
    await stage.settle(task, family);
    expect((await stage.compare(family)).report).toBe('');
  });

  test('all of it while the task is paused, applied in as few groups as possible', async () => {
    await task.operate('pauseTask');
    await task.waitFor(['PAUSED']);
    const generation = (n: number) => [
      `INSERT INTO z_parent VALUES (${n}, 'n${n}'), (${n + 1}, 'm${n}')`,
      `INSERT INTO a_cascade VALUES (${n}, ${n}), (${n + 1}, ${n + 1})`,
      `INSERT INTO d_grandchild VALUES (${n}, ${n}), (${n + 1}, ${n + 1})`,
      `INSERT INTO b_set_null VALUES (${n}, 'n${n}')`,
      `UPDATE z_parent SET id = ${n + 500} WHERE id = ${n}`,
      `DELETE FROM z_parent WHERE id = ${n + 1}`,
      `UPDATE d_grandchild SET id = id + 5000 WHERE child = ${n}`,
      `DELETE FROM z_parent WHERE code = 'n${n}'`,
    ];
    await stage.run(
      family.name,
      Array.from({ length: 30 }, (_, index) => generation(1000 + index * 2)).flat(),
    );
    await task.operate('resumeTask');
    await stage.settle(task, family);
    expect((await stage.compare(family)).report).toBe('');
  });
});
