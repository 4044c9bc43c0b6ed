import { describe, expect, test } from 'vitest';
import { readDefinition } from '../../../engine/connectors/mysql/ddl/definition.ts';
import { computedOtherwise, defaultMisfits } from '../../../engine/connectors/mysql/ddl/misfit-columns.ts';

const id = { database: 'shop', name: 't' };
const table = (column: string, flavour: 'mysql' | 'mariadb' = 'mysql') =>
  readDefinition(`CREATE TABLE t (id int PRIMARY KEY, c ${column}) ENGINE=InnoDB`, id, {
    flavour,
    version: flavour === 'mysql' ? 90700 : 101118,
  });

const shown = { wanted: false, existing: false };
const misfits = (
  wanted: string,
  existing: string,
  leftOut: 'ALL' | 'LARGE' | 'NONE' = 'ALL',
  hiding = shown,
) => defaultMisfits(table(wanted), table(existing), leftOut, hiding);
/** By how sure they are. */
const grades = (...ends: Parameters<typeof misfits>) => misfits(...ends).map(({ certain }) => certain);

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
    ["binary(3) DEFAULT 'a'", 'binary(3) DEFAULT 0x610000'],
    ["varbinary(3) DEFAULT 'ä'", 'varbinary(3) DEFAULT 0xC3A4'],
    ['binary(3) DEFAULT 0xFF0001', "binary(3) DEFAULT x'ff0001'"],
    ['int NOT NULL', 'int NOT NULL DEFAULT 0'],
    ["varchar(9) CHARACTER SET utf16 DEFAULT '😀'", 'varchar(9) CHARACTER SET utf16 DEFAULT 0xD83DDE00'],
  ])('is the same: %s and %s', (wanted, existing) => {
    expect(misfits(wanted, existing)).toEqual([]);
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
    ['binary(3) DEFAULT 0xFF0001', 'binary(3) DEFAULT 0xFE0001'],
    ['varbinary(3) DEFAULT 0xFF', 'varbinary(3) DEFAULT 0xFE'],
    ['varbinary(3) DEFAULT 0x6100', "varbinary(3) DEFAULT 'a'"],
    ["varchar(9) DEFAULT '?'", "varchar(9) DEFAULT '😀'"],
  ])('makes another value: %s and %s', (wanted, existing) => {
    expect(misfits(wanted, existing)).toMatchObject([{ column: 'c', certain: true }]);
  });

  test.each([
    ['datetime DEFAULT CURRENT_TIMESTAMP', 'datetime'],
    ['varchar(36) DEFAULT (uuid())', "varchar(36) DEFAULT 'a'"],
    ["text DEFAULT ('a')", "text DEFAULT ('b')"],
    ['int AUTO_INCREMENT UNIQUE', 'int UNIQUE'],
    ['int AS (1)', 'int AS (2)'],
  ])('is none of %s: the log holds what the source made', (wanted, existing) => {
    expect(misfits(wanted, existing)).toEqual([]);
  });

  test('is one of texts and blobs alone with some row images, and none with whole ones', () => {
    expect(grades("int DEFAULT '7'", "int DEFAULT '5'", 'LARGE')).toEqual([]);
    expect(grades('text', "text DEFAULT ('a')", 'LARGE')).toEqual([true]);
    expect(grades('text', "text DEFAULT ('a')", 'NONE')).toEqual([]);
  });

  test.each([
    ["varchar(9) DEFAULT '?b'", "varchar(9) DEFAULT '😀b'", { wanted: true, existing: false }, [false]],
    ["varchar(9) DEFAULT '?b'", "varchar(9) DEFAULT '😀c'", { wanted: true, existing: false }, [true]],
    ["varchar(9) DEFAULT '?b'", "varchar(9) DEFAULT '?b'", { wanted: true, existing: false }, []],
    ["varchar(9) DEFAULT '😀b'", "varchar(9) DEFAULT '?b'", { wanted: false, existing: true }, [false]],
    ["varchar(9) DEFAULT '?'", "varchar(9) DEFAULT '?'", { wanted: false, existing: true }, [false]],
    [
      "varchar(9) CHARACTER SET latin1 DEFAULT '?'",
      "varchar(9) DEFAULT 'a'",
      { wanted: true, existing: false },
      [true],
    ],
    ["varbinary(9) DEFAULT '?'", "varbinary(9) DEFAULT 'a'", { wanted: true, existing: true }, [true]],
  ])(
    'is in doubt where a server may show another character as ?: %s and %s',
    (wanted, existing, hiding, expected) => {
      expect(grades(wanted, existing, 'ALL', hiding)).toEqual(expected);
    },
  );

  test.each([
    [
      'int NOT NULL',
      'int',
      /^its column c takes NULL, at the source it is NOT NULL without a default: .* '0' there/,
    ],
    ["enum('a','b') NOT NULL", "enum('a','b')", /takes NULL.* 'a' there/],
    [
      'int NOT NULL',
      "int NOT NULL DEFAULT '5'",
      /^its column c has the default '5', at the source it is NOT NULL/,
    ],
  ])('is in doubt where only a statement without strict mode leaves out %s', (wanted, existing, why) => {
    expect(misfits(wanted, existing)).toEqual([
      { column: 'c', certain: false, why: expect.stringMatching(why) },
    ]);
  });

  test('names the column and what both ends have', () => {
    expect(misfits("int DEFAULT '7'", 'int')[0]?.why).toMatch(
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
