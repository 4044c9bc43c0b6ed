/** A story of schema changes with rows before, between and after. Unqualified names mean the scenario's own database. */
export interface Scenario {
  readonly name: string;
  readonly setup: readonly string[];
  /** Run as one burst, while the task follows. */
  readonly changes: readonly string[];
  /** Table-level selection; absent: the whole database. */
  readonly tables?: readonly { readonly name: string; readonly as?: string }[];
}

const keyed = 'CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, a INT, b VARCHAR(40))';
const rows = "INSERT INTO t (a, b) VALUES (1, 'one'), (2, 'two'), (3, 'three'), (4, NULL)";

/** What every server of the family understands. */
export const commonScenarios: readonly Scenario[] = [
  {
    name: 'columns come, go, move and get other names and types',
    setup: [keyed, rows],
    changes: [
      "INSERT INTO t (a, b) VALUES (5, 'five')",
      'ALTER TABLE t ADD COLUMN c DECIMAL(10,2) NOT NULL DEFAULT 7.25 AFTER id, ADD d DATETIME NULL FIRST',
      "INSERT INTO t (a, b, c, d) VALUES (6, 'six', 1.5, '2026-01-02 03:04:05')",
      'ALTER TABLE t DROP COLUMN b',
      'UPDATE t SET c = c + 1 WHERE id % 2 = 0',
      'ALTER TABLE t CHANGE a renamed BIGINT UNSIGNED NULL, MODIFY c VARCHAR(30) NOT NULL',
      "INSERT INTO t (renamed, c) VALUES (18446744073709551615, 'text now')",
      'ALTER TABLE t MODIFY renamed BIGINT UNSIGNED FIRST',
      "UPDATE t SET c = 'both' WHERE renamed > 3",
      "ALTER TABLE t ADD b VARCHAR(10) DEFAULT 'x', ADD KEY by_b (b), ALTER c SET DEFAULT 'y', COMMENT 'all at once'",
      'INSERT INTO t (renamed, c) VALUES (7, 8)',
      'DELETE FROM t WHERE id = 1',
    ],
  },
  {
    name: 'indexes and keys come and go',
    setup: [keyed, rows],
    changes: [
      'CREATE INDEX by_a ON t (a)',
      "INSERT INTO t (a, b) VALUES (5, 'five')",
      'CREATE UNIQUE INDEX once ON t (b(20), a)',
      'UPDATE t SET a = a * 10',
      'ALTER TABLE t ADD FULLTEXT KEY words (b)',
      'DROP INDEX by_a ON t',
      "INSERT INTO t (a, b) VALUES (9, 'nine')",
      'ALTER TABLE t MODIFY id INT NOT NULL, DROP PRIMARY KEY',
      'ALTER TABLE t MODIFY a INT NOT NULL',
      "INSERT INTO t (id, a, b) VALUES (100, 9, 'no key'), (101, 9, 'no key too')",
      'DELETE FROM t WHERE id = 100',
      'ALTER TABLE t ADD PRIMARY KEY (id, a)',
      'UPDATE t SET a = 11 WHERE id = 101',
      'ALTER TABLE t DROP KEY once, ADD KEY again (a, b)',
    ],
  },
  {
    name: 'tables are made, copied, renamed and dropped',
    setup: [keyed, rows, 'CREATE TABLE u (id INT PRIMARY KEY, v TEXT)', "INSERT INTO u VALUES (1, 'u')"],
    changes: [
      'CREATE TABLE likeness LIKE t',
      'INSERT INTO likeness SELECT * FROM t',
      'CREATE TABLE IF NOT EXISTS likeness (other INT)',
      'RENAME TABLE t TO t_old, likeness TO t, u TO u_new',
      "INSERT INTO t (a, b) VALUES (50, 'in the copy')",
      "INSERT INTO t_old (a, b) VALUES (51, 'in the original')",
      "INSERT INTO u_new VALUES (2, 'renamed')",
      'ALTER TABLE u_new RENAME TO u, ADD w INT',
      'INSERT INTO u VALUES (3, NULL, 3)',
      'CREATE TABLE one (id INT PRIMARY KEY)',
      'CREATE TABLE two (id INT PRIMARY KEY)',
      'INSERT INTO one VALUES (1)',
      'DROP TABLE one, two',
      'CREATE TABLE one (other VARCHAR(10) PRIMARY KEY)',
      "INSERT INTO one VALUES ('again')",
      'DROP TABLE IF EXISTS not_there, t_old',
    ],
  },
  {
    name: 'two tables swap their names, alike in structure',
    setup: [
      'CREATE TABLE a (id INT PRIMARY KEY, v INT)',
      'CREATE TABLE b LIKE a',
      'INSERT INTO a VALUES (1, 1)',
      'INSERT INTO b VALUES (1, 2)',
    ],
    changes: [
      'RENAME TABLE a TO tmp, b TO a, tmp TO b',
      'INSERT INTO a VALUES (2, 22)',
      'INSERT INTO b VALUES (2, 11)',
      'UPDATE a SET v = v + 100',
      'RENAME TABLE a TO tmp, b TO a, tmp TO b',
      'UPDATE a SET v = v + 1000',
    ],
  },
  {
    name: 'tables are emptied',
    setup: [keyed, rows],
    changes: [
      "INSERT INTO t (a, b) VALUES (5, 'five')",
      'TRUNCATE TABLE t',
      "INSERT INTO t (a, b) VALUES (6, 'six')",
      'TRUNCATE t',
      "INSERT INTO t (a, b) VALUES (7, 'seven'), (8, 'eight')",
      'UPDATE t SET a = 0 WHERE id = 1',
    ],
  },
  {
    name: 'foreign keys are added and dropped',
    setup: [
      'CREATE TABLE parent (id INT PRIMARY KEY, v INT)',
      'CREATE TABLE child (id INT PRIMARY KEY, parent INT)',
      'INSERT INTO parent VALUES (1, 1), (2, 2), (3, 3)',
      'INSERT INTO child VALUES (1, 1), (2, 2), (3, 3)',
    ],
    changes: [
      'ALTER TABLE child ADD CONSTRAINT of_parent FOREIGN KEY (parent) REFERENCES parent (id) ON DELETE CASCADE ON UPDATE CASCADE',
      'DELETE FROM parent WHERE id = 2',
      'UPDATE parent SET id = 30 WHERE id = 3',
      'ALTER TABLE child DROP FOREIGN KEY of_parent',
      'DELETE FROM parent WHERE id = 1',
      'INSERT INTO child VALUES (4, 99)',
      'ALTER TABLE child MODIFY parent INT NULL',
      'UPDATE child SET parent = NULL WHERE id IN (1, 4)',
      'ALTER TABLE child ADD CONSTRAINT of_parent2 FOREIGN KEY (parent) REFERENCES parent (id) ON DELETE SET NULL',
      'DELETE FROM parent WHERE id = 30',
      'RENAME TABLE parent TO parents',
      'INSERT INTO parents VALUES (5, 5)',
      'INSERT INTO child VALUES (5, 5)',
    ],
  },
  {
    name: 'partitions are made, split, merged, emptied and dropped',
    setup: [
      `CREATE TABLE p (id INT NOT NULL, v INT, PRIMARY KEY (id)) PARTITION BY RANGE (id)
        (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN (20), PARTITION rest VALUES LESS THAN MAXVALUE)`,
      'INSERT INTO p VALUES (1, 1), (11, 11), (21, 21), (31, 31)',
      'CREATE TABLE plain (id INT NOT NULL, v INT, PRIMARY KEY (id))',
      'INSERT INTO plain VALUES (2, 2), (3, 3)',
    ],
    changes: [
      'ALTER TABLE p REORGANIZE PARTITION rest INTO (PARTITION p2 VALUES LESS THAN (30), PARTITION rest VALUES LESS THAN MAXVALUE)',
      'INSERT INTO p VALUES (12, 12), (32, 32)',
      'ALTER TABLE p TRUNCATE PARTITION p1',
      'INSERT INTO p VALUES (13, 13)',
      'ALTER TABLE p EXCHANGE PARTITION p0 WITH TABLE plain',
      'INSERT INTO plain VALUES (100, 100)',
      'UPDATE p SET v = v + 1',
      'ALTER TABLE p DROP PARTITION p2',
      'INSERT INTO p VALUES (22, 22)',
      'ALTER TABLE p REORGANIZE PARTITION p0, p1 INTO (PARTITION low VALUES LESS THAN (20))',
      'DELETE FROM p WHERE id = 2',
      'ALTER TABLE p REMOVE PARTITIONING',
      'INSERT INTO p VALUES (40, 40)',
      'ALTER TABLE p PARTITION BY HASH (id) PARTITIONS 3',
      'INSERT INTO p VALUES (41, 41)',
      'ALTER TABLE p COALESCE PARTITION 1',
      'ALTER TABLE p ADD PARTITION PARTITIONS 2',
      'INSERT INTO p VALUES (42, 42)',
    ],
  },
  {
    name: 'character sets are converted',
    setup: [
      "CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(50), e ENUM('ä','b') CHARACTER SET utf8mb4) DEFAULT CHARSET latin1",
      "INSERT INTO t VALUES (1, 'Grüße', 'ä'), (2, 'plain', 'b')",
    ],
    changes: [
      "INSERT INTO t VALUES (3, 'é', 'ä')",
      'ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4',
      "INSERT INTO t VALUES (4, '漢字', 'ä')",
      'ALTER TABLE t DEFAULT CHARSET latin2, ADD w VARCHAR(20)',
      "UPDATE t SET w = 'ž'",
      'ALTER TABLE t MODIFY v VARBINARY(200)',
      "INSERT INTO t (id, v) VALUES (5, x'FF00FE')",
      'ALTER TABLE t MODIFY w VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin',
      "INSERT INTO t (id, w) VALUES (6, '😀')",
    ],
  },
  {
    name: 'views, functions and procedures',
    setup: [keyed, rows, 'CREATE VIEW first_view AS SELECT id, a FROM t'],
    changes: [
      'CREATE VIEW second_view AS SELECT * FROM first_view WHERE a > 1',
      "INSERT INTO t (a, b) VALUES (5, 'five')",
      'ALTER VIEW first_view AS SELECT id, a, b FROM t',
      'CREATE OR REPLACE VIEW second_view AS SELECT COUNT(*) AS n FROM t',
      'CREATE FUNCTION twice (x INT) RETURNS INT DETERMINISTIC RETURN x * 2',
      'CREATE PROCEDURE add_row (IN x INT) INSERT INTO t (a) VALUES (twice(x))',
      'CALL add_row(21)',
      "ALTER PROCEDURE add_row COMMENT 'adds a row'",
      'CREATE FUNCTION gone () RETURNS INT DETERMINISTIC RETURN 1',
      'DROP FUNCTION gone',
      'CREATE VIEW third_view AS SELECT 1 AS one',
      'DROP VIEW third_view',
      'ALTER TABLE t ADD c INT',
      'UPDATE t SET c = twice(a)',
    ],
  },
  {
    name: 'the steps of pt-online-schema-change',
    setup: [keyed, rows],
    changes: [
      'CREATE TABLE _t_new LIKE t',
      "ALTER TABLE _t_new ADD c INT NOT NULL DEFAULT '5', MODIFY b VARCHAR(80)",
      'CREATE TRIGGER pt_ins AFTER INSERT ON t FOR EACH ROW REPLACE INTO _t_new (id, a, b) VALUES (NEW.id, NEW.a, NEW.b)',
      'CREATE TRIGGER pt_upd AFTER UPDATE ON t FOR EACH ROW REPLACE INTO _t_new (id, a, b) VALUES (NEW.id, NEW.a, NEW.b)',
      'CREATE TRIGGER pt_del AFTER DELETE ON t FOR EACH ROW DELETE IGNORE FROM _t_new WHERE id = OLD.id',
      "INSERT INTO t (a, b) VALUES (10, 'while copying')",
      'INSERT IGNORE INTO _t_new (id, a, b) SELECT id, a, b FROM t',
      'UPDATE t SET a = a + 1 WHERE id = 2',
      'DELETE FROM t WHERE id = 3',
      'RENAME TABLE t TO _t_old, _t_new TO t',
      'DROP TRIGGER pt_ins',
      'DROP TRIGGER pt_upd',
      'DROP TRIGGER pt_del',
      'DROP TABLE IF EXISTS _t_old',
      "INSERT INTO t (a, b, c) VALUES (11, 'after', 6)",
    ],
  },
  {
    name: 'the steps of gh-ost',
    setup: [keyed, rows],
    changes: [
      'CREATE TABLE _t_ghc (id BIGINT AUTO_INCREMENT PRIMARY KEY, last_update TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP, hint VARCHAR(64) CHARSET ascii NOT NULL, value VARCHAR(4096) CHARSET ascii NOT NULL, UNIQUE KEY hint_uidx (hint))',
      "INSERT INTO _t_ghc (id, hint, value) VALUES (NULLIF(2, 0), 'state', 'GhostTableMigrated') ON DUPLICATE KEY UPDATE last_update = NOW(), value = VALUES(value)",
      'CREATE TABLE _t_gho LIKE t',
      'ALTER TABLE _t_gho ADD COLUMN c INT, ADD KEY by_a (a)',
      'INSERT IGNORE INTO _t_gho (id, a, b) SELECT id, a, b FROM t',
      "INSERT INTO t (a, b) VALUES (10, 'while copying')",
      'REPLACE INTO _t_gho (id, a, b) SELECT id, a, b FROM t WHERE a = 10',
      "CREATE TABLE _t_del (id INT AUTO_INCREMENT PRIMARY KEY) COMMENT = 'ghost-cut-over-sentry'",
      'DROP TABLE IF EXISTS _t_del',
      'RENAME TABLE t TO _t_del, _t_gho TO t',
      "INSERT INTO t (a, b, c) VALUES (11, 'after', 6)",
      'DROP TABLE IF EXISTS _t_ghc',
      'DROP TABLE IF EXISTS _t_del',
    ],
  },
  {
    name: 'the steps of gh-ost on a table that alone is selected, under another name',
    setup: [keyed, rows],
    tables: [{ name: 't', as: 'moved' }],
    changes: [
      'CREATE TABLE _t_gho LIKE t',
      'ALTER TABLE _t_gho ADD COLUMN c INT',
      'INSERT INTO _t_gho (id, a, b) SELECT id, a, b FROM t',
      "INSERT INTO t (a, b) VALUES (10, 'lost by the copy')",
      'RENAME TABLE t TO _t_del, _t_gho TO t',
      "INSERT INTO t (a, b, c) VALUES (11, 'after', 6)",
      'ALTER TABLE t ADD COLUMN d INT NOT NULL DEFAULT 4',
      'UPDATE t SET d = 5 WHERE a = 11',
      'DROP TABLE _t_del',
    ],
  },
  {
    name: 'tables leave and enter the selection',
    setup: [
      keyed,
      rows,
      'CREATE TABLE other (x INT PRIMARY KEY, y INT)',
      'INSERT INTO other VALUES (1, 1), (2, 2)',
    ],
    tables: [{ name: 't' }, { name: 'u' }],
    changes: [
      'INSERT INTO other VALUES (3, 3)',
      'RENAME TABLE other TO u',
      'INSERT INTO u VALUES (4, 4)',
      'ALTER TABLE u ADD z INT, ADD KEY by_y (y)',
      'UPDATE u SET z = 1 WHERE x > 2',
      'RENAME TABLE t TO away',
      'INSERT INTO away (a) VALUES (77)',
      'CREATE TABLE t (id INT PRIMARY KEY, fresh VARCHAR(10))',
      "INSERT INTO t VALUES (1, 'fresh')",
    ],
  },
];

/** What MySQL 5.6 does not have. */
export const modernScenarios: readonly Scenario[] = [
  {
    name: 'generated columns, checks and renamed indexes',
    setup: [keyed, rows],
    changes: [
      'ALTER TABLE t ADD v INT GENERATED ALWAYS AS (a * 2) VIRTUAL, ADD s VARCHAR(60) AS (CONCAT(b, 1)) STORED',
      "INSERT INTO t (a, b) VALUES (5, 'five')",
      'ALTER TABLE t ADD KEY by_v (v)',
      'UPDATE t SET a = a + 1',
      'ALTER TABLE t RENAME KEY by_v TO of_v',
      'ALTER TABLE t ADD CONSTRAINT positive CHECK (a > 0)',
      "INSERT INTO t (a, b) VALUES (6, 'six')",
      'ALTER TABLE t DROP CONSTRAINT positive',
      'INSERT INTO t (a) VALUES (-1)',
      'ALTER TABLE t DROP COLUMN s',
      'ALTER TABLE t RENAME COLUMN b TO bee',
      "INSERT INTO t (a, bee) VALUES (8, 'eight')",
      'ALTER TABLE t DROP COLUMN v',
      "INSERT INTO t (a, bee) VALUES (9, 'nine')",
    ],
  },
];

/** What only MySQL from 8.0 on has. */
export const mysqlScenarios: readonly Scenario[] = [
  {
    name: 'functional indexes, invisible columns and indexes, instant changes',
    setup: [keyed, rows],
    changes: [
      'CREATE INDEX by_expression ON t ((a + 1), (LOWER(b)))',
      "INSERT INTO t (a, b) VALUES (5, 'FIVE')",
      'ALTER TABLE t ADD hidden INT INVISIBLE DEFAULT 3, ALGORITHM=INSTANT',
      "INSERT INTO t (a, b, hidden) VALUES (6, 'six', 66)",
      'ALTER TABLE t ALTER INDEX by_expression INVISIBLE',
      'ALTER TABLE t ADD early INT AFTER id, ALGORITHM=INSTANT',
      'UPDATE t SET early = id',
      'ALTER TABLE t DROP COLUMN a, DROP INDEX by_expression',
      "INSERT INTO t (b) VALUES ('no a')",
      'ALTER TABLE t ALTER COLUMN hidden SET VISIBLE',
      'ALTER TABLE t ADD j JSON DEFAULT (JSON_ARRAY(1, 2)), ADD KEY elements ((CAST(j AS UNSIGNED ARRAY)))',
      "INSERT INTO t (b) VALUES ('with json')",
      "UPDATE t SET j = JSON_ARRAY_APPEND(j, '$', 3)",
    ],
  },
  {
    name: 'invisible primary keys, default expressions, multi-valued keys and descending ones',
    setup: ['CREATE TABLE t (a INT, b VARCHAR(20))', "INSERT INTO t VALUES (1, 'a'), (1, 'a'), (2, 'b')"],
    changes: [
      "INSERT INTO t VALUES (1, 'a')",
      "ALTER TABLE t ADD made VARCHAR(40) DEFAULT (CONCAT('x', 'y')), ADD KEY down (a DESC, b)",
      'DELETE FROM t WHERE a = 1 LIMIT 1',
      "INSERT INTO t (a, b) VALUES (3, 'c')",
      'CREATE TABLE t_select (id INT PRIMARY KEY) AS SELECT a AS id, b FROM t WHERE a > 1',
      "INSERT INTO t_select VALUES (10, 'ten')",
      'CREATE TABLE plain_select SELECT * FROM t',
      'INSERT INTO plain_select (a) VALUES (99)',
    ],
  },
];

/** Runs a statement that fails, and goes on. */
const failing = (sql: string) =>
  `BEGIN NOT ATOMIC DECLARE CONTINUE HANDLER FOR SQLEXCEPTION BEGIN END; ${sql}; END`;

/** What MariaDB alone has. */
export const mariadbScenarios: readonly Scenario[] = [
  {
    name: 'types, defaults and words of MariaDB',
    setup: [keyed, rows, "CREATE TABLE u (id UUID PRIMARY KEY, at INET6 NOT NULL DEFAULT '::1')"],
    changes: [
      "INSERT INTO u VALUES ('123e4567-e89b-12d3-a456-426655440000', '::ffff:192.0.2.1')",
      'ALTER TABLE t ADD node UUID NULL, ADD at INET4 NULL, ADD doc JSON NULL, ADD note TEXT DEFAULT concat(1, 2)',
      "UPDATE t SET node = '00000000-0000-0000-0000-0000000000ff', at = '10.0.0.1', doc = '{\"b\": 1,  \"a\": 2}' WHERE id < 3",
      "UPDATE u SET id = 'ffffffff-0000-4000-8000-000000000001', at = '2001:db8::1'",
      'CREATE TABLE w (id INT PRIMARY KEY, ip INET6 DEFAULT NULL, day DATE DEFAULT curdate(), v INT AS (id + 1) PERSISTENT, big VARCHAR(500) COMPRESSED, KEY by_ip (ip) IGNORED)',
      "INSERT INTO w (id, ip, big) VALUES (1, '::', repeat('x', 400)), (2, NULL, NULL)",
      "ALTER TABLE w MODIFY ip INET6 NULL DEFAULT '::' FIRST",
      "INSERT INTO u VALUES ('123e4567-e89b-12d3-a456-426655440000', '::')",
      "DELETE FROM u WHERE id = 'ffffffff-0000-4000-8000-000000000001'",
      'ALTER TABLE t DROP COLUMN doc',
      "INSERT INTO t (a, node) VALUES (9, '00000000-0000-0000-0000-0000000000fe')",
    ],
  },
  {
    name: 'replacements of tables, of which some fail',
    setup: [keyed, rows, 'CREATE TABLE u LIKE t', 'CREATE TABLE v LIKE t', 'INSERT INTO v SELECT * FROM t'],
    changes: [
      'INSERT INTO u SELECT * FROM t',
      failing('CREATE OR REPLACE TABLE t (id INT PRIMARY KEY, id INT)'),
      failing('CREATE OR REPLACE TABLE `u` (id INT PRIMARY KEY) SELECT 1 AS id UNION ALL SELECT 1'),
      'CREATE OR REPLACE TABLE v (id INT PRIMARY KEY, other INT)',
      'INSERT INTO v VALUES (1, 2)',
      failing('CREATE TABLE v (id INT)'),
      'CREATE TABLE t (fresh INT PRIMARY KEY)',
      'INSERT INTO t VALUES (1)',
    ],
  },
];
