import { createTideTable } from '../product/tide.ts';
import type { Flavour } from '../servers/mysql.ts';

/** The fixed tables of the workload. What a rule of `invariants.ts` speaks of is never altered. */

export const accounts = 60;
export const firstBalance = 1000;

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

export function workloadTables(flavour: Flavour, writers: number): readonly string[] {
  const document = flavour === 'mysql-9.7' ? 'JSON' : 'TEXT';
  return [
    createTideTable,
    // Every transaction ticks the clock of its writer and writes one line into the journal.
    'CREATE TABLE clock (writer INT NOT NULL PRIMARY KEY, seq INT NOT NULL)',
    'CREATE TABLE journal (writer INT NOT NULL, seq INT NOT NULL, note VARCHAR(30), PRIMARY KEY (writer, seq))',
    `INSERT INTO clock VALUES ${numbers(writers)
      .map((writer) => `(${writer}, 0)`)
      .join(', ')}`,
    // Money moves between the accounts of both tables, each move in a log without a key.
    'CREATE TABLE account_a (id INT NOT NULL PRIMARY KEY, balance BIGINT NOT NULL)',
    'CREATE TABLE account_b (id INT NOT NULL PRIMARY KEY, balance BIGINT NOT NULL)',
    'CREATE TABLE transfer_log (side CHAR(1) NOT NULL, account INT NOT NULL, delta INT NOT NULL)',
    ...['account_a', 'account_b'].map(
      (table) =>
        `INSERT INTO ${table} VALUES ${numbers(accounts)
          .map((id) => `(${id}, ${firstBalance})`)
          .join(', ')}`,
    ),
    `CREATE TABLE item (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, name VARCHAR(60) CHARACTER SET utf8mb4, price DECIMAL(12,3), weight DOUBLE,
       doc ${document}, data BLOB, kind ENUM('a', 'b,c', 'd'), changed TIMESTAMP(6) NULL, KEY (name(20)), KEY (kind, price))`,
    `CREATE TABLE line (a INT NOT NULL, b VARCHAR(20) CHARACTER SET latin1 NOT NULL, c DATETIME(3) NOT NULL, amount INT, note TEXT CHARACTER SET utf8mb4,
       PRIMARY KEY (b, a, c), KEY (amount))`,
    'CREATE TABLE named (name VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NOT NULL PRIMARY KEY, n INT, f FLOAT)',
    'CREATE TABLE keyless (a INT, b VARCHAR(20) CHARACTER SET utf8mb4, c DOUBLE)',
    'CREATE TABLE swapped (id INT NOT NULL PRIMARY KEY, u INT NOT NULL, n INT NULL, UNIQUE KEY (u), UNIQUE KEY (n))',
    `INSERT INTO swapped VALUES ${numbers(40)
      .map((id) => `(${id}, ${id}, ${id % 3 === 0 ? 'NULL' : id})`)
      .join(', ')}`,
    'CREATE TABLE parent (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, name VARCHAR(20))',
    `CREATE TABLE child (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, parent INT NULL, n INT,
       CONSTRAINT child_of FOREIGN KEY (parent) REFERENCES parent (id) ON DELETE CASCADE ON UPDATE CASCADE)`,
    `CREATE TABLE grandchild (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, child INT NULL,
       CONSTRAINT grandchild_of FOREIGN KEY (child) REFERENCES child (id) ON DELETE SET NULL)`,
    `CREATE TABLE tree (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, up INT NULL, CONSTRAINT up_to FOREIGN KEY (up) REFERENCES tree (id) ON DELETE CASCADE)`,
    'CREATE TABLE bulk (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, data MEDIUMBLOB, text MEDIUMTEXT CHARACTER SET utf8mb4)',
  ];
}

/** What reads the tables, and what acts by itself on their rows: at the source alone, until a migration is over. */
export const workloadObjects: readonly string[] = [
  'CREATE FUNCTION cents (amount DECIMAL(12,3)) RETURNS BIGINT DETERMINISTIC RETURN ROUND(amount * 100)',
  'CREATE PROCEDURE rename_item (IN item_id INT, IN new_name VARCHAR(60)) BEGIN UPDATE item SET name = new_name WHERE id = item_id; SELECT ROW_COUNT() AS renamed; END',
  'CREATE VIEW cheap_items AS SELECT id, name, price FROM item WHERE price < 100 AND id < 5000',
  'CREATE VIEW cheapest_items AS SELECT id, price FROM cheap_items WHERE price < 1',
  'CREATE VIEW item_cents AS SELECT id, cents(price) AS cents FROM item WHERE id < 1000',
  'CREATE VIEW families AS SELECT p.id, p.name, c.id AS child, c.n FROM parent p JOIN child c ON c.parent = p.id',
  'CREATE VIEW amounts AS SELECT amount, COUNT(*) AS `lines`, MAX(a) AS most FROM line GROUP BY amount',
  // Each line that comes or goes leaves a trace; a trigger that fired at the target too would leave a second one.
  'CREATE TABLE line_log (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, delta INT NOT NULL, note VARCHAR(60) CHARACTER SET utf8mb4)',
  "CREATE TRIGGER line_comes AFTER INSERT ON line FOR EACH ROW INSERT INTO line_log (delta, note) VALUES (1, CONCAT(NEW.a, ' ', NEW.b))",
  "CREATE TRIGGER line_goes AFTER DELETE ON line FOR EACH ROW INSERT INTO line_log (delta, note) VALUES (-1, CONCAT(OLD.a, ' ', OLD.b))",
  'CREATE TRIGGER line_changes AFTER UPDATE ON line FOR EACH ROW BEGIN IF NEW.b <> OLD.b THEN INSERT INTO line_log (delta, note) VALUES (0, NEW.b); END IF; END',
  'CREATE TRIGGER named_comes BEFORE INSERT ON named FOR EACH ROW SET NEW.n = NEW.n + 1',
  'CREATE TRIGGER named_changes BEFORE UPDATE ON named FOR EACH ROW SET NEW.f = NEW.f + 1, NEW.n = NEW.n + 1',
  'CREATE TRIGGER keyless_comes BEFORE INSERT ON keyless FOR EACH ROW SET NEW.c = NEW.c + 0.5',
  // An event that acted at the target too would count twice.
  'CREATE TABLE beat (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, at DATETIME(6))',
  'CREATE TABLE beat_count (id INT NOT NULL PRIMARY KEY, beats INT NOT NULL)',
  'INSERT INTO beat_count VALUES (1, 0)',
  `CREATE EVENT every_second ON SCHEDULE EVERY 1 SECOND DO BEGIN
     START TRANSACTION; INSERT INTO beat (at) VALUES (NOW(6)); UPDATE beat_count SET beats = beats + 1; COMMIT; END`,
  'CREATE EVENT every_century ON SCHEDULE EVERY 100 YEAR DISABLE COMMENT "never" DO DELETE FROM item',
];
