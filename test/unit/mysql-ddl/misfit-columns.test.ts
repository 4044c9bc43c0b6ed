import { describe, expect, test } from 'vitest';
import { readDefinition } from '../../../engine/connectors/mysql/ddl/definition.ts';
import { computedOtherwise, defaultMisfit } from '../../../engine/connectors/mysql/ddl/misfit-columns.ts';

const id = { database: 'shop', name: 't' };
const table = (column: string, flavour: 'mysql' | 'mariadb' = 'mysql') =>
  readDefinition(`CREATE TABLE t (id int PRIMARY KEY, c ${column}) ENGINE=InnoDB`, id, {
    flavour,
    version: flavour === 'mysql' ? 90700 : 101118,
  });

describe('a default that the log leaves out', () => {
  test.each([
    ["int DEFAULT '7'", 'bigint DEFAULT 7'],
    ["decimal(5,2) DEFAULT '1.50'", "decimal(8,4) DEFAULT '1.5000'"],
    ["int NOT NULL DEFAULT '0'", 'int NOT NULL'],
    ["varchar(9) NOT NULL DEFAULT ''", 'varchar(9) NOT NULL'],
    ["enum('a','b') NOT NULL", "enum('a','b') NOT NULL DEFAULT 'a'"],
    ['int DEFAULT NULL', 'int'],
    ["datetime DEFAULT '2020-01-02 03:04:05'", "datetime(6) DEFAULT '2020-01-02 03:04:05.000000'"],
    ["varchar(9) DEFAULT '😀'", 'varchar(9) DEFAULT 0xF09F9880'],
    ["bit(3) DEFAULT b'101'", "bit(8) DEFAULT b'00000101'"],
    ['tinyint(1) DEFAULT TRUE', "tinyint(1) DEFAULT '1'"],
    ["int DEFAULT '-1'", 'int DEFAULT -1'],
  ])('is the same: %s and %s', (wanted, existing) => {
    expect(defaultMisfit(table(wanted), table(existing), 'ALL')).toBeUndefined();
  });

  test.each([
    ["int DEFAULT '7'", "int DEFAULT '5'"],
    ["int DEFAULT '7'", 'int'],
    ['int', "int DEFAULT '5'"],
    ["int NOT NULL DEFAULT '7'", 'int NOT NULL'],
    ["varchar(9) DEFAULT 'a'", "varchar(9) DEFAULT 'A'"],
    ["varchar(9) DEFAULT 'NULL'", 'varchar(9) DEFAULT NULL'],
    ["int DEFAULT '7'", 'int DEFAULT (3 + 4)'],
    ['text', "text DEFAULT ('a')"],
    ['datetime DEFAULT NULL', 'datetime DEFAULT CURRENT_TIMESTAMP'],
  ])('makes another value: %s and %s', (wanted, existing) => {
    expect(defaultMisfit(table(wanted), table(existing), 'ALL')).toMatchObject({ column: 'c' });
  });

  test.each([
    ['datetime DEFAULT CURRENT_TIMESTAMP', 'datetime'],
    ['varchar(36) DEFAULT (uuid())', "varchar(36) DEFAULT 'a'"],
    ["text DEFAULT ('a')", "text DEFAULT ('b')"],
    ['int AUTO_INCREMENT UNIQUE', 'int UNIQUE'],
    ['int AS (1)', 'int AS (2)'],
  ])('is none of %s: the log holds what the source made', (wanted, existing) => {
    expect(defaultMisfit(table(wanted), table(existing), 'ALL')).toBeUndefined();
  });

  test('is one of texts and blobs alone with some row images, and none with whole ones', () => {
    const [seven, five] = [table("int DEFAULT '7'"), table("int DEFAULT '5'")];
    const [none, text] = [table('text'), table("text DEFAULT ('a')")];
    expect(defaultMisfit(seven, five, 'LARGE')).toBeUndefined();
    expect(defaultMisfit(none, text, 'LARGE')).toMatchObject({ column: 'c' });
    expect(defaultMisfit(none, text, 'NONE')).toBeUndefined();
  });

  test('names the column and what both ends have', () => {
    expect(defaultMisfit(table("int DEFAULT '7'"), table('int'), 'ALL')?.why).toMatch(
      /^its column c has no default, at the source the default '7', and the log/,
    );
  });
});

describe('an expression of a computed column', () => {
  test.each([
    ['int AS (id + 1)', 'int GENERATED ALWAYS AS ((`id`+1)) VIRTUAL'],
    ["varchar(9) AS (concat(id,'x'))", "varchar(9) AS (CONCAT(`id`, _utf8mb4'x')) STORED"],
    ['int', 'int'],
  ])('reads alike: %s and %s', (wanted, existing) => {
    expect(computedOtherwise(table(wanted), table(existing, 'mariadb'))).toEqual([]);
  });

  test.each([
    ['int AS (id + 1)', 'int AS (id + 2)'],
    ['int AS ((id + 1) * 2)', 'int AS (id + (1 * 2))'],
    ["varchar(9) AS (concat(id,'x'))", "varchar(9) AS (concat(id,'X'))"],
  ])('reads otherwise: %s and %s', (wanted, existing) => {
    expect(computedOtherwise(table(wanted), table(existing))).toMatchObject([{ column: 'c' }]);
  });
});
