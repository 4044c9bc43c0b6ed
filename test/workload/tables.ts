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
