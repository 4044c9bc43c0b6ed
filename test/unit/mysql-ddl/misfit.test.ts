import { describe, expect, test } from 'vitest';
import { misfitOf, tellsApart } from '../../../engine/connectors/mysql/ddl/misfit.ts';
import { shopOf } from './known.ts';

const table = (body: string, options = 'ENGINE=InnoDB') =>
  shopOf({ tables: [`CREATE TABLE t (${body}) ${options}`] }).table('t');
const misfit = (wanted: string, existing: string) => misfitOf(table(wanted), table(existing));
const columns = (wanted: string, existing: string) => misfit(`c ${wanted}`, `c ${existing}`);

describe('a column of the target', () => {
  test.each([
    ['int', 'bigint'],
    ['int unsigned', 'bigint'],
    ['int(5) zerofill', 'int unsigned'],
    ['tinyint(1)', 'tinyint'],
    ['decimal(10,2)', 'decimal(12,4)'],
    ['decimal(10,2) unsigned', 'decimal(10,2)'],
    ['float(7,2)', 'float'],
    ['double(7,2)', 'double(9,3)'],
    ['datetime', 'datetime(6)'],
    ['time(3)', 'time(3)'],
    ['varchar(20)', 'varchar(30)'],
    ['char(2)', 'char(3)'],
    ['text', 'longtext'],
    ['varbinary(20)', 'varbinary(21)'],
    ['blob', 'mediumblob'],
    ['bit(3)', 'bit(8)'],
    ['varchar(20) CHARACTER SET utf8mb3', 'varchar(20) CHARACTER SET utf8mb4'],
    ['char(36) CHARACTER SET ascii', 'char(36) CHARACTER SET latin1'],
    ['varchar(20) COLLATE utf8mb4_bin', 'varchar(20) COLLATE utf8mb4_0900_ai_ci'],
    ["enum('a','b')", "enum('a','b','c')"],
    ['point SRID 4326', 'point'],
    ['int NOT NULL', 'int'],
    ['int AS (1) VIRTUAL', 'int AS (1) STORED NOT NULL'],
    ['json', 'json'],
  ])('holds all of %s as %s', (wanted, existing) => {
    expect(columns(wanted, existing)).toBeUndefined();
  });

  test.each([
    ['bigint', 'int'],
    ['int', 'int unsigned'],
    ['int unsigned', 'int'],
    ['int', 'varchar(20)'],
    ['decimal(10,2)', 'decimal(10,1)'],
    ['decimal(10,2)', 'decimal(10,3)'],
    ['float', 'float(7,2)'],
    ['float', 'float unsigned'],
    ['double', 'float'],
    ['datetime(6)', 'datetime'],
    ['timestamp', 'datetime'],
    ['varchar(20)', 'varchar(19)'],
    ['varchar(20)', 'char(20)'],
    ['longtext', 'text'],
    ['blob', 'text'],
    ['binary(2)', 'binary(3)'],
    ['bit(9)', 'bit(8)'],
    ['varchar(20) CHARACTER SET utf8mb4', 'varchar(20) CHARACTER SET utf8mb3'],
    ['varchar(20) CHARACTER SET latin1', 'varchar(20) CHARACTER SET utf8mb4'],
    ["enum('a','b')", "enum('b','a')"],
    ["set('a','b')", "set('a')"],
    ['point', 'point SRID 4326'],
    ['int', 'int NOT NULL'],
    ['int AS (1)', 'int'],
    ['int', 'int AS (1)'],
  ])('loses values of %s as %s', (wanted, existing) => {
    expect(columns(wanted, existing)).toMatchObject({ column: 'c' });
  });
});

describe('a table of the target', () => {
  test('says what is short', () => {
    expect(columns('decimal(10,2) unsigned', 'decimal(9,2) unsigned')?.why).toBe(
      'its column c is decimal(9,2) unsigned, which does not hold all of decimal(10,2) unsigned',
    );
    expect(misfit('a int', 'a int, b int')).toEqual({ column: 'b', why: 'it has a column b more' });
    expect(misfit('a int, b int', 'a int')).toEqual({ column: 'b', why: 'it lacks the column b' });
    expect(misfit('a int, b int', 'b int, a int')).toEqual({
      column: 'a',
      why: 'its column b stands where a should',
    });
    expect(misfitOf(table('a int'), table('a int', 'ENGINE=MyISAM'))).toEqual({
      why: 'its engine is myisam, not InnoDB',
    });
  });

  const word = (collation: string, key: string) => `w varchar(9) COLLATE ${collation}, n int, ${key}`;

  test.each([
    ['PRIMARY KEY (w)', 'PRIMARY KEY (w)', 'w'],
    ['UNIQUE KEY u (n, w(3))', 'KEY u (n)', 'w'],
    ['KEY u (w)', 'KEY u (w)', undefined],
  ])('compares what %s tells apart', (key, existing, column) => {
    const found = misfit(word('utf8mb4_bin', key), word('utf8mb4_0900_ai_ci', existing));
    expect(found?.column).toBe(column);
    expect(misfit(word('utf8mb4_0900_ai_ci', key), word('utf8mb4_0900_as_cs', existing))).toBeUndefined();
  });

  test.each([
    ['PRIMARY KEY (a)', 'PRIMARY KEY (a), UNIQUE KEY (a, b)', true],
    ['UNIQUE KEY (a)', 'PRIMARY KEY (a)', true],
    ['PRIMARY KEY (a, b)', 'UNIQUE KEY (b, a)', true],
    ['PRIMARY KEY (a)', 'PRIMARY KEY (b, a)', false],
    ['PRIMARY KEY (a)', 'KEY (a)', false],
    ['PRIMARY KEY (a), UNIQUE KEY (v(3))', 'PRIMARY KEY (a), UNIQUE KEY (v)', true],
    ['PRIMARY KEY (a), UNIQUE KEY u ((a + b))', 'PRIMARY KEY (a), UNIQUE KEY u ((a+b))', true],
    ['PRIMARY KEY (a), UNIQUE KEY (v)', 'PRIMARY KEY (a), UNIQUE KEY (v(3))', false],
    ['PRIMARY KEY (a, b)', 'PRIMARY KEY (a)', false],
    ['KEY (a)', 'UNIQUE KEY (a)', false],
    ['PRIMARY KEY (a)', 'PRIMARY KEY (a), UNIQUE KEY u ((a + b))', false],
  ])('made with %s has room for its rows under %s: %s', (wanted, existing, fits) => {
    const body = 'a int NOT NULL, b int NOT NULL, v varchar(20)';
    expect(misfit(`${body}, ${wanted}`, `${body}, ${existing}`) === undefined).toBe(fits);
  });
});

describe('a key that the target added to a table without one', () => {
  const key = 'my_row_id bigint unsigned NOT NULL AUTO_INCREMENT INVISIBLE';

  test('takes nothing from the rows', () => {
    expect(misfit('a int, b int', `${key}, a int, b int, PRIMARY KEY (my_row_id)`)).toBeUndefined();
    const body = 'a int NOT NULL, b int, UNIQUE KEY (a)';
    expect(misfit(body, `${key}, ${body}, PRIMARY KEY (my_row_id)`)).toBeUndefined();
    expect(misfit('a int', `${key}, a tinyint, PRIMARY KEY (my_row_id)`)).toMatchObject({ column: 'a' });
  });

  test('is no place for the one that the source tells its rows apart by', () => {
    expect(misfit('a int, PRIMARY KEY (a)', `${key}, a int NOT NULL, PRIMARY KEY (my_row_id)`)?.why).toMatch(
      /no unique key over a/,
    );
    expect(misfit(`${key}, a int, PRIMARY KEY (my_row_id)`, 'a int')).toMatchObject({ column: 'my_row_id' });
  });
});

test.each([
  ['utf8mb4_bin', 'utf8mb4_general_ci', true],
  ['utf8mb4_unicode_ci', 'utf8mb3_unicode_ci', true],
  ['utf8mb4_0900_as_cs', 'utf8mb4_0900_as_ci', true],
  ['utf8mb4_uca1400_nopad_as_ci', 'utf8mb4_uca1400_nopad_ai_ci', true],
  ['utf8mb4_0900_bin', 'utf8mb4_bin', true],
  ['utf8mb4_bin', 'utf8mb4_0900_bin', false],
  ['utf8mb4_bin', 'utf8mb4_0900_ai_ci', false],
  ['utf8mb4_uca1400_ai_cs', 'utf8mb4_uca1400_as_ci', false],
  ['utf8mb4_general_ci', 'utf8mb4_unicode_ci', false],
  ['utf8mb4_general_ci', 'utf8mb4_bin', false],
])('%s tells apart what %s does: %s', (collation, fine, finer) => {
  expect(tellsApart(collation, fine)).toBe(finer);
});
