import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStage, type Stage } from '../../product/stage.ts';
import type { TaskHandle } from '../../product/task.ts';
import { type Flavour, flavours } from '../../servers/mysql.ts';

// Schema changes while a task runs: each is replayed once, in its place, and what is written before and after it fits.

const db = { name: 'ddl' };

interface SchemaChange {
  readonly what: string;
  readonly statements: readonly string[];
  readonly flavours?: readonly Flavour[];
}

const newer: readonly Flavour[] = ['mysql-9.7', 'mariadb-10.11'];
const newest: readonly Flavour[] = ['mysql-9.7'];

/** Rows before and after a change of table t. */
const around = (...changes: readonly string[]): readonly string[] => [
  "INSERT INTO t (v) VALUES ('before')",
  ...changes,
  "INSERT INTO t (v) VALUES ('after')",
  "UPDATE t SET v = CONCAT(v, '+') WHERE id = 1",
];

const changes: readonly SchemaChange[] = [
  {
    what: 'ADD COLUMN at the end, first and in between',
    statements: around(
      'ALTER TABLE t ADD COLUMN a INT',
      "ALTER TABLE t ADD COLUMN b VARCHAR(10) NOT NULL DEFAULT 'it''s' FIRST",
      'ALTER TABLE t ADD c DATETIME(3) NULL AFTER id',
    ),
  },
  {
    what: 'several parts in one ALTER',
    statements: around(
      "ALTER TABLE t ADD COLUMN (d INT, e TEXT), DROP COLUMN a, MODIFY b VARCHAR(40) NULL, ADD INDEX by_d (d), COMMENT = 'changed'",
    ),
  },
  {
    what: 'MODIFY, CHANGE and ALTER … SET DEFAULT',
    statements: around(
      'ALTER TABLE t MODIFY d BIGINT UNSIGNED NOT NULL DEFAULT 3',
      'ALTER TABLE t CHANGE COLUMN d d2 DECIMAL(20,3) NULL',
      "ALTER TABLE t ALTER COLUMN b SET DEFAULT 'x', ALTER COLUMN d2 DROP DEFAULT",
    ),
  },
  {
    what: 'a column moves',
    statements: around(
      'ALTER TABLE t MODIFY COLUMN e TEXT AFTER id',
      'ALTER TABLE t MODIFY COLUMN v VARCHAR(50) FIRST',
    ),
  },
  {
    what: 'RENAME COLUMN',
    statements: around('ALTER TABLE t RENAME COLUMN e TO `odd name`', "UPDATE t SET `odd name` = 'x'"),
    flavours: newer,
  },
  {
    what: 'two columns exchange their names',
    statements: around('ALTER TABLE t RENAME COLUMN b TO d2, RENAME COLUMN d2 TO b'),
    flavours: newest,
  },
  {
    what: 'DROP COLUMN that is in an index',
    statements: around(
      'ALTER TABLE t ADD COLUMN f INT, ADD INDEX two (f, id)',
      'ALTER TABLE t DROP COLUMN f',
    ),
  },
  {
    what: 'indexes',
    statements: around(
      'CREATE INDEX by_v ON t (v(10))',
      'CREATE UNIQUE INDEX by_id_v ON t (id, v)',
      'ALTER TABLE t ADD FULLTEXT KEY words (v)',
      'DROP INDEX by_v ON t',
      'ALTER TABLE t DROP KEY words',
    ),
  },
  {
    what: 'RENAME INDEX',
    statements: around('ALTER TABLE t RENAME INDEX by_id_v TO renamed_key'),
    flavours: newer,
  },
  {
    what: 'another primary key',
    statements: around(
      'CREATE TABLE p (a INT NOT NULL, b INT NOT NULL, PRIMARY KEY (a))',
      'INSERT INTO p VALUES (1, 2)',
      'ALTER TABLE p DROP PRIMARY KEY, ADD PRIMARY KEY (a, b)',
      'INSERT INTO p VALUES (1, 3)',
      'UPDATE p SET b = 4 WHERE b = 3',
    ),
  },
  {
    what: 'a primary key goes and comes',
    statements: around(
      'ALTER TABLE p DROP PRIMARY KEY',
      'INSERT INTO p VALUES (1, 2)',
      'DELETE FROM p WHERE b = 2 LIMIT 1',
      'ALTER TABLE p ADD COLUMN c INT NOT NULL DEFAULT 1, ADD PRIMARY KEY (a, b, c)',
      'INSERT INTO p (a, b) VALUES (5, 5)',
    ),
  },
  {
    what: 'CREATE TABLE in every form',
    statements: around(
      'CREATE TABLE IF NOT EXISTS new_table (id INT PRIMARY KEY, v VARCHAR(10) CHARACTER SET latin1)',
      "INSERT INTO new_table VALUES (1, 'é')",
      'CREATE TABLE IF NOT EXISTS new_table (other INT)',
      'CREATE TABLE like_it LIKE new_table',
      'INSERT INTO like_it SELECT * FROM new_table',
      'CREATE TABLE ddl.qualified (id INT PRIMARY KEY)',
      'INSERT INTO qualified VALUES (1)',
    ),
  },
  {
    what: 'CREATE TABLE … SELECT',
    statements: around(
      'CREATE TABLE selected (extra INT DEFAULT 5) SELECT id, v FROM t',
      "INSERT INTO selected (id, v) VALUES (1000, 'x')",
    ),
    flavours: newer,
  },
  {
    what: 'TRUNCATE',
    statements: around(
      'TRUNCATE TABLE new_table',
      "INSERT INTO new_table VALUES (1, 'again')",
      'TRUNCATE like_it',
    ),
  },
  {
    what: 'RENAME chains',
    statements: around(
      'RENAME TABLE new_table TO tmp, like_it TO new_table, tmp TO like_it',
      "INSERT INTO new_table VALUES (77, 'new')",
      "INSERT INTO like_it VALUES (78, 'old')",
      'ALTER TABLE like_it RENAME TO liked',
      "INSERT INTO liked VALUES (79, 'x')",
    ),
  },
  {
    what: 'DROP of several tables',
    statements: around(
      'DROP TABLE IF EXISTS liked, never_there, qualified',
      'CREATE TABLE liked (id INT PRIMARY KEY, other INT)',
      'INSERT INTO liked VALUES (1, 1)',
    ),
  },
  {
    what: 'what gh-ost does',
    statements: around(
      'CREATE TABLE _t_gho LIKE t',
      'ALTER TABLE _t_gho ADD COLUMN g INT',
      'INSERT IGNORE INTO _t_gho (id, v) SELECT id, v FROM t',
      'RENAME TABLE t TO _t_del, _t_gho TO t',
      'DROP TABLE _t_del',
    ),
  },
  {
    what: 'views',
    statements: around(
      'CREATE VIEW seen AS SELECT id, v FROM t WHERE id < 5',
      'CREATE OR REPLACE VIEW seen AS SELECT id, UPPER(v) AS V FROM t',
      'CREATE ALGORITHM = MERGE SQL SECURITY INVOKER VIEW second AS SELECT * FROM seen WHERE id > 0',
      'ALTER VIEW seen AS SELECT id, v, 1 AS one FROM t',
      'CREATE OR REPLACE VIEW second AS SELECT id FROM seen',
      'CREATE VIEW gone AS SELECT 1 AS x',
      'DROP VIEW IF EXISTS gone',
    ),
  },
  {
    what: 'functions and procedures',
    statements: around(
      "CREATE FUNCTION doubled(x INT) RETURNS INT DETERMINISTIC COMMENT 'it''s' RETURN x * 2",
      'CREATE PROCEDURE fill(IN n INT, OUT done INT) BEGIN INSERT INTO t (v) VALUES (n); SET done = 1; END',
      'CALL fill(3, @x)',
      'CREATE PROCEDURE gone() SELECT 1',
      'DROP PROCEDURE gone',
      "ALTER FUNCTION doubled COMMENT 'changed'",
      'DROP FUNCTION doubled',
      'CREATE FUNCTION doubled(x BIGINT) RETURNS BIGINT NO SQL RETURN x + x',
    ),
  },
  {
    what: 'character sets and collations',
    statements: around(
      'ALTER TABLE t ADD COLUMN w VARCHAR(20) CHARACTER SET latin1',
      "UPDATE t SET w = 'é'",
      'ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin',
      "UPDATE t SET w = '😀' WHERE id = 1",
      'ALTER TABLE t DEFAULT CHARACTER SET latin1',
      'ALTER TABLE t ADD COLUMN x VARCHAR(5)',
      'ALTER DATABASE ddl CHARACTER SET latin1',
      'CREATE TABLE latin (v VARCHAR(10))',
      "INSERT INTO latin VALUES ('é')",
      'ALTER DATABASE ddl CHARACTER SET utf8mb4',
    ),
  },
  {
    what: 'enum and set members',
    statements: around(
      "ALTER TABLE t ADD COLUMN k ENUM('a', 'b')",
      "UPDATE t SET k = 'b'",
      "ALTER TABLE t MODIFY k ENUM('a', 'new', 'b', 'it''s, (odd)')",
      "UPDATE t SET k = 'new' WHERE id = 1",
      "ALTER TABLE t MODIFY k SET('a', 'new', 'b', 'it''s (odd)')",
      "UPDATE t SET k = 'a,b' WHERE id = 2",
    ),
  },
  {
    what: 'foreign keys',
    statements: around(
      'CREATE TABLE mother (id INT PRIMARY KEY)',
      'CREATE TABLE kid (id INT PRIMARY KEY, mother INT, FOREIGN KEY (mother) REFERENCES mother (id) ON DELETE CASCADE)',
      'INSERT INTO mother VALUES (1), (2)',
      'INSERT INTO kid VALUES (1, 1), (2, 2)',
      'DELETE FROM mother WHERE id = 1',
      'ALTER TABLE kid ADD COLUMN second INT, ADD CONSTRAINT named FOREIGN KEY (second) REFERENCES mother (id)',
      'ALTER TABLE kid DROP FOREIGN KEY named',
      'SET SESSION foreign_key_checks = 0',
      'DROP TABLE mother',
      'CREATE TABLE mother (id INT PRIMARY KEY, more INT)',
      'SET SESSION foreign_key_checks = 1',
      'INSERT INTO mother VALUES (2, 2)',
    ),
  },
  {
    what: 'partitions',
    statements: around(
      'CREATE TABLE parts (id INT PRIMARY KEY, v INT) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN (20))',
      'INSERT INTO parts VALUES (1, 1), (11, 2)',
      'ALTER TABLE parts ADD PARTITION (PARTITION p2 VALUES LESS THAN MAXVALUE)',
      'INSERT INTO parts VALUES (21, 3)',
      'ALTER TABLE parts TRUNCATE PARTITION p0',
      'ALTER TABLE parts DROP PARTITION p1',
      'ALTER TABLE parts REMOVE PARTITIONING',
      'INSERT INTO parts VALUES (5, 5)',
      'ALTER TABLE parts PARTITION BY HASH (id) PARTITIONS 3',
    ),
  },
  {
    what: 'generated columns',
    statements: around(
      'CREATE TABLE computed (id INT PRIMARY KEY, a INT, twice INT GENERATED ALWAYS AS (a * 2) STORED)',
      'INSERT INTO computed (id, a) VALUES (1, 1)',
      'ALTER TABLE computed ADD COLUMN half INT AS (a / 2) VIRTUAL FIRST, ADD COLUMN z INT',
      'INSERT INTO computed (id, a, z) VALUES (2, 4, 6)',
      'UPDATE computed SET z = 7, a = 9 WHERE id = 1',
    ),
    flavours: newer,
  },
  {
    what: 'invisible columns',
    statements: around(
      'CREATE TABLE hidden (id INT PRIMARY KEY, secret INT INVISIBLE)',
      'INSERT INTO hidden (id, secret) VALUES (1, 1)',
      'ALTER TABLE hidden ADD COLUMN v INT',
      'INSERT INTO hidden VALUES (2, 2)',
      'UPDATE hidden SET secret = 3',
    ),
    flavours: newer,
  },
  {
    what: 'checks, functional and invisible indexes, default expressions',
    statements: around(
      'CREATE TABLE modern (id INT PRIMARY KEY, a INT DEFAULT (1 + 1), word VARCHAR(20), u CHAR(36) DEFAULT (UUID()), CONSTRAINT small CHECK (a < 100))',
      'INSERT INTO modern (id) VALUES (1)',
      'ALTER TABLE modern ADD INDEX lowered ((LOWER(word))), ADD CHECK (id > 0)',
      "INSERT INTO modern (id, word) VALUES (2, 'X')",
      'ALTER TABLE modern ALTER INDEX lowered INVISIBLE',
      'ALTER TABLE modern DROP CHECK small',
      'INSERT INTO modern (id, a) VALUES (3, 1000)',
    ),
    flavours: newest,
  },
  {
    what: 'INSTANT columns',
    statements: around(
      'ALTER TABLE t ADD COLUMN quick INT DEFAULT 9, ALGORITHM = INSTANT',
      'UPDATE t SET quick = 10 WHERE id = 1',
      'ALTER TABLE t DROP COLUMN quick, ALGORITHM = INSTANT',
      'ALTER TABLE t ADD COLUMN quick2 INT FIRST, ALGORITHM = INSTANT',
    ),
    flavours: newest,
  },
  {
    what: 'comments of every kind',
    statements: around(
      '/* leading */ ALTER TABLE t -- to the end\n ADD COLUMN commented INT # more\n',
      '/*!50000 ALTER TABLE t ADD COLUMN versioned INT */',
      'ALTER TABLE t /* ; */ DROP COLUMN versioned',
    ),
  },
  {
    what: 'upper and lower case, blanks and quotes',
    statements: around(
      'aLtEr\ttable\n`ddl` . `t`  Add`case`Int',
      'ALTER TABLE ddl.t DROP `case`',
      'CREATE TABLE `a.b``c d` (`id` INT, `e``f` INT, PRIMARY KEY(`id`))',
      'INSERT INTO `a.b``c d` VALUES (1, 2)',
      'ALTER TABLE `a.b``c d` CHANGE `e``f` `select` INT',
    ),
  },
  {
    what: 'another sql_mode: quotes, no backslash escapes',
    statements: around(
      "SET SESSION sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT'",
      `CREATE TABLE "ansi" ("id" INT PRIMARY KEY, "v" VARCHAR(10) DEFAULT 'a\\')`,
      `INSERT INTO "ansi" ("id") VALUES (1)`,
      `CREATE VIEW "ansi_view" AS SELECT "v" || 'x' AS "w" FROM "ansi"`,
      "SET SESSION sql_mode = ''",
    ),
  },
  {
    what: 'a client of another character set',
    statements: around(
      'SET NAMES latin1',
      Buffer.from(
        "CREATE TABLE latin_client (id INT PRIMARY KEY, v VARCHAR(10) CHARACTER SET utf8mb4 DEFAULT 'caf\u00e9' COMMENT '\u00fcber')",
        'latin1',
      ).toString('latin1'),
      'SET NAMES utf8mb4',
      'INSERT INTO latin_client (id) VALUES (1)',
    ),
  },
  {
    what: 'a time zone that a default depends on',
    statements: around(
      "SET SESSION time_zone = '+05:30'",
      "CREATE TABLE zoned (id INT PRIMARY KEY, at TIMESTAMP NOT NULL DEFAULT '2026-01-01 12:00:00')",
      'INSERT INTO zoned (id) VALUES (1)',
      "SET SESSION time_zone = '+00:00'",
      'INSERT INTO zoned (id) VALUES (2)',
    ),
  },
  {
    what: 'timestamps without explicit defaults',
    statements: around(
      'SET SESSION explicit_defaults_for_timestamp = OFF',
      'CREATE TABLE stamped (id INT PRIMARY KEY, at TIMESTAMP, second TIMESTAMP)',
      'SET SESSION explicit_defaults_for_timestamp = ON',
      'INSERT INTO stamped (id) VALUES (1)',
    ),
    flavours: newest,
  },
  {
    what: 'hidden primary keys',
    statements: around(
      'SET SESSION sql_generate_invisible_primary_key = ON',
      'CREATE TABLE keyed_by_server (v INT)',
      'SET SESSION sql_generate_invisible_primary_key = OFF',
      'INSERT INTO keyed_by_server VALUES (1), (1)',
      'DELETE FROM keyed_by_server LIMIT 1',
    ),
    flavours: newest,
  },
  {
    what: 'triggers and events, kept for the cutover',
    statements: around(
      'CREATE TABLE counted (n INT)',
      'CREATE TRIGGER count_it AFTER INSERT ON t FOR EACH ROW INSERT INTO counted VALUES (NEW.id)',
      "INSERT INTO t (v) VALUES ('counted')",
      "CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY STARTS '2099-01-01 00:00:00' DO DELETE FROM counted",
    ),
  },
  {
    what: 'statements that are no business of the target',
    statements: around(
      'ANALYZE TABLE t',
      'FLUSH TABLES',
      'CREATE TEMPORARY TABLE private (id INT)',
      'INSERT INTO private VALUES (1)',
      'ALTER TABLE private ADD COLUMN x INT',
      'DROP TEMPORARY TABLE private',
      "CREATE USER 'somebody'@'localhost'",
      "DROP USER 'somebody'@'localhost'",
      'OPTIMIZE TABLE t',
      'ALTER TABLE t FORCE',
      'ALTER TABLE t ENGINE = InnoDB',
    ),
  },
  {
    what: 'a schema change in the middle of writes of other sessions',
    statements: around(
      ...Array.from({ length: 20 }, (_, index) => [
        `ALTER TABLE t ADD COLUMN many_${index} INT DEFAULT ${index}`,
        `INSERT INTO t (v, many_${index}) VALUES ('x', 7)`,
      ]).flat(),
      ...Array.from({ length: 20 }, (_, index) => `ALTER TABLE t DROP COLUMN many_${index}`),
    ),
  },
];

describe.each(flavours)('schema changes from %s', (flavour) => {
  let stage: Stage;
  let task: TaskHandle;

  beforeAll(async () => {
    stage = await openStage({ source: flavour });
    await stage.createDatabase(db.name);
    await stage.run(db.name, [
      'CREATE TABLE t (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, v VARCHAR(50) CHARACTER SET utf8mb4)',
      "INSERT INTO t (v) VALUES ('one'), ('two'), ('three')",
    ]);
    task = await stage.startTask([db]);
    await task.waitForApply();
  });
  afterAll(() => stage?.[Symbol.asyncDispose]());

  test.each(changes.filter((change) => change.flavours?.includes(flavour) ?? true))(
    '$what',
    async ({ statements }) => {
      await stage.run(db.name, ["SET SESSION sql_mode = ''", ...statements]);
      await stage.settle(task, db, 60);
      expect((await stage.compare(db)).report).toBe('');
    },
  );

  test('cutover brings triggers and events', async () => {
    await task.operate('completeTask');
    await task.waitFor(['COMPLETED']);
    expect((await stage.compare(db, { triggersAndEvents: true })).report).toBe('');
  });
});

test('every schema change of a long stop is replayed in its place', async () => {
  await using stage = await openStage();
  await stage.createDatabase(db.name);
  await stage.run(db.name, [
    'CREATE TABLE t (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, v VARCHAR(50))',
    "INSERT INTO t (v) VALUES ('one'), ('two')",
  ]);
  const task = await stage.startTask([db]);
  await task.waitForApply();
  await task.operate('pauseTask');
  await task.waitFor(['PAUSED']);
  const here = changes.filter((change) => change.flavours?.includes('mysql-9.7') ?? true);
  await stage.run(db.name, ["SET SESSION sql_mode = ''", ...here.flatMap(({ statements }) => statements)]);
  await task.operate('resumeTask');
  await stage.settle(task, db);
  expect((await stage.compare(db)).report).toBe('');
});
