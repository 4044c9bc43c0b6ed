import { afterAll, beforeAll, describe, it } from 'vitest';
import type { Flavour } from '../../servers/mysql.ts';
import { CopyGate } from './copy-gate.ts';
import { type Ends, makeDatabase, run, startEnds } from './ends.ts';

// What foreign keys do at the source is not in its log (before MySQL 9.6), or in it as changes (since): either way both ends are equal.

const tables = [
  'CREATE TABLE region (id INT PRIMARY KEY, name VARCHAR(20))',
  'CREATE TABLE shop (id INT PRIMARY KEY, region INT NULL, code INT NOT NULL UNIQUE, CONSTRAINT shop_region FOREIGN KEY (region) REFERENCES region (id) ON DELETE SET NULL ON UPDATE CASCADE)',
  'CREATE TABLE staff (id INT PRIMARY KEY, shop INT, boss INT NULL, CONSTRAINT staff_shop FOREIGN KEY (shop) REFERENCES shop (code) ON DELETE CASCADE ON UPDATE CASCADE, CONSTRAINT staff_boss FOREIGN KEY (boss) REFERENCES staff (id) ON DELETE CASCADE)',
  'CREATE TABLE badge (id INT PRIMARY KEY, staff INT, v VARCHAR(20), CONSTRAINT badge_staff FOREIGN KEY (staff) REFERENCES staff (id) ON DELETE SET NULL)',
  'CREATE TABLE strict_child (id INT PRIMARY KEY, region INT, CONSTRAINT strict_region FOREIGN KEY (region) REFERENCES region (id))',
  'CREATE TABLE tree (id INT PRIMARY KEY, parent INT NULL, CONSTRAINT tree_parent FOREIGN KEY (parent) REFERENCES tree (id) ON DELETE CASCADE)',
  "INSERT INTO region VALUES (1, 'north'), (2, 'south'), (3, 'east'), (4, 'west'), (5, 'none')",
  'INSERT INTO shop VALUES (1, 1, 11), (2, 1, 12), (3, 2, 13), (4, 3, 14), (5, NULL, 15)',
  'INSERT INTO staff VALUES (1, 11, NULL), (2, 11, 1), (3, 11, 2), (4, 12, 1), (5, 13, NULL), (6, 14, 5), (7, 14, NULL), (8, 15, 7)',
  "INSERT INTO badge VALUES (1, 1, 'a'), (2, 2, 'b'), (3, 3, 'c'), (4, 6, 'd'), (5, 8, 'e'), (6, NULL, 'f')",
  'INSERT INTO strict_child VALUES (1, 4), (2, 5)',
  'INSERT INTO tree VALUES (1, NULL), (2, 1), (3, 2), (4, 3), (5, 1), (6, NULL), (7, 6)',
];

const changes = [
  'UPDATE region SET id = 100 WHERE id = 1',
  'UPDATE shop SET code = 110 WHERE id = 1',
  'DELETE FROM region WHERE id = 2',
  'DELETE FROM staff WHERE id = 2',
  'DELETE FROM shop WHERE id = 4',
  'DELETE FROM tree WHERE id = 2',
  'START TRANSACTION',
  "INSERT INTO region VALUES (7, 'new')",
  'INSERT INTO shop VALUES (7, 7, 70)',
  'INSERT INTO staff VALUES (20, 70, NULL), (21, 70, 20)',
  "INSERT INTO badge VALUES (20, 20, 'x'), (21, 21, 'y')",
  'UPDATE shop SET code = 71 WHERE id = 7',
  'DELETE FROM staff WHERE id = 20',
  'UPDATE region SET id = 8 WHERE id = 7',
  'COMMIT',
  'START TRANSACTION',
  'DELETE FROM shop WHERE id = 7',
  'INSERT INTO shop VALUES (7, 8, 71)',
  'INSERT INTO staff VALUES (30, 71, NULL)',
  'COMMIT',
  'SET SESSION foreign_key_checks = 0',
  "INSERT INTO badge VALUES (40, 4000, 'orphan')",
  'DELETE FROM tree WHERE id = 6',
  'UPDATE region SET id = 9 WHERE id = 8',
  'INSERT INTO tree VALUES (6, NULL)',
  'SET SESSION foreign_key_checks = 1',
  'DELETE FROM tree WHERE id = 6',
  "REPLACE INTO region VALUES (3, 'replaced')",
  'DELETE FROM strict_child WHERE region = 4',
  'DELETE FROM region WHERE id = 4',
];

describe.each(['mysql-9.7', 'mysql-5.6', 'mariadb-10.11'] as const)(
  'foreign keys of %s act',
  (flavour: Flavour) => {
    let ends: Ends;
    beforeAll(async () => {
      ends = await startEnds({ source: flavour });
    });
    afterAll(() => ends?.[Symbol.asyncDispose]());

    it.each(['after the copy', 'read', 'unread'] as const)(
      '%s, with full and with minimal row images',
      async (when) => {
        const databases = ['full', 'minimal'].map((name) => ({ name: `fk_${name}` }));
        for (const { name } of databases) {
          await makeDatabase(ends.source, name, tables);
          await ends.target.query(`SET foreign_key_checks = 0; DROP DATABASE IF EXISTS ${name}`);
        }
        const gate = new CopyGate(when === 'after the copy' ? 'unread' : when);
        await using task = await ends.task({
          selection: { databases },
          options: { fullLoadParallelism: 16 },
          wrapTarget: gate.wrap,
        });
        task.start();
        if (when === 'after the copy') {
          gate.open();
          await task.caughtUp();
        } else {
          // Tables that act on each other may be copied one after another, so not all reach the gate.
          await task.until(() => gate.held >= 2);
        }
        await run(ends.source, 'fk_full', changes);
        await run(ends.source, 'fk_minimal', ['SET SESSION binlog_row_image = MINIMAL', ...changes]);
        gate.open();
        await task.complete();
        await ends.expectEqual(databases);
      },
    );
  },
);
