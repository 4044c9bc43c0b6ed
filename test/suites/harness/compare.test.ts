import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type ComparedDatabase, type Comparison, compareEnds } from '../../compare/compare.ts';
import { type MysqlServer, startMysql } from '../../servers/mysql.ts';

// The comparison decides about every other test, so it has to be able to say no.

let source: MysqlServer;
let target: MysqlServer;

beforeAll(async () => {
  [source, target] = await Promise.all([startMysql('mysql-9.7'), startMysql('mysql-9.7')]);
});
afterAll(() => Promise.all([source?.stop(), target?.stop()]));

const schema = `
  CREATE TABLE keyed (
    id INT PRIMARY KEY, word VARCHAR(20) CHARACTER SET latin1, amount DOUBLE, small FLOAT, bytes BLOB, doc JSON, choice ENUM('', 'a'),
    day DATE, bits BIT(9), place GEOMETRY, at TIMESTAMP(6) NULL);
  CREATE TABLE keyless (a INT, b VARCHAR(10));
  CREATE TABLE parent (id INT PRIMARY KEY);
  CREATE TABLE child (id INT PRIMARY KEY, parent INT, CONSTRAINT of_parent FOREIGN KEY (parent) REFERENCES parent (id) ON DELETE CASCADE);
  CREATE VIEW words AS SELECT id, word FROM keyed;
  INSERT INTO keyed VALUES
    (1, 'one', 0.1, 0.1, x'00ff', JSON_OBJECT('a', 1.0e0, 'b', JSON_ARRAY(1), 'c', CAST('2026-01-31' AS DATE)), 'a', '0000-00-00', b'101', ST_GeomFromText('POINT(1 2)'), '2026-01-31 23:59:59.000001'),
    (2, '', 0, -0e0, '', 'null', 'wrong', NULL, NULL, NULL, NULL),
    (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
  INSERT INTO keyed (id, amount) VALUES (4, 2.2250738585072014e-308);
  INSERT INTO keyless VALUES (1, 'x'), (1, 'x'), (2, NULL);`;

beforeEach(async () => {
  for (const [server, name] of [
    [source, 'shop'],
    [target, 'store'],
  ] as const) {
    await server.query(`DROP DATABASE IF EXISTS ${name}; CREATE DATABASE ${name} CHARACTER SET utf8mb4; USE ${name};
      SET SESSION sql_mode = '', time_zone = '+00:00'; ${schema}`);
  }
});

const compare = (database: ComparedDatabase = { name: 'shop', as: 'store' }): Promise<Comparison> =>
  compareEnds({ source, target, databases: [database] });

test('equal ends are equal', async () => {
  const result = await compare();
  expect(result.report).toBe('');
  expect(result.equal).toBe(true);
  // Those of the view are no further ones.
  expect(result.rowsCompared).toBe(7);
});

test.each([
  ['a changed byte', "UPDATE keyed SET bytes = x'00fe' WHERE id = 1", 'changed id=1'],
  ['a missing row', 'DELETE FROM keyed WHERE id = 3', 'missing id=3'],
  ['an extra row', 'INSERT INTO keyed (id) VALUES (5)', 'extra id=5'],
  ['a doubled row without a key', 'INSERT INTO keyless VALUES (2, NULL)', 'extra a=2'],
  ['another number of equal rows', 'DELETE FROM keyless WHERE a = 1 LIMIT 1', 'missing a=1'],
  ['a negative zero of DOUBLE', 'UPDATE keyed SET amount = -0e0 WHERE id = 2', '0 → -0'],
  ['a zero of FLOAT without its sign', 'UPDATE keyed SET small = 0 WHERE id = 2', '-0 → 0'],
  ['the last bit of a DOUBLE', 'UPDATE keyed SET amount = 0.10000000000000002 WHERE id = 1', 'changed id=1'],
  [
    'the last digit of the longest DOUBLE',
    'UPDATE keyed SET amount = -1.797693134862315e308 WHERE id = 3',
    'NULL → -1.797693134862315e+308',
  ],
  [
    'the last digit of the longest DOUBLE, when only that differs',
    'UPDATE keyed SET amount = 2.225073858507201e-308 WHERE id = 4',
    '2.2250738585072014e-308 → 2.225073858507201e-308',
  ],
  ['the smallest DOUBLE', 'UPDATE keyed SET amount = 5e-324 WHERE id = 2', '0 → 5e-324'],
  ['the last bit of a FLOAT', 'UPDATE keyed SET small = 0.10000001 WHERE id = 1', 'changed id=1'],
  ['a trailing space', "UPDATE keyed SET word = 'one ' WHERE id = 1", 'changed id=1'],
  ['the case of a letter', "UPDATE keyed SET word = 'One' WHERE id = 1", 'changed id=1'],
  ['NULL instead of an empty text', 'UPDATE keyed SET word = NULL WHERE id = 2', 'changed id=2'],
  ['an empty text instead of NULL', "UPDATE keyed SET word = '' WHERE id = 3", 'changed id=3'],
  ['JSON null instead of NULL', "UPDATE keyed SET doc = 'null' WHERE id = 3", 'changed id=3'],
  [
    'a JSON integer instead of a double',
    `UPDATE keyed SET doc = NULL WHERE id = 1; UPDATE keyed SET doc = '{"a": 1}' WHERE id = 1`,
    'changed id=1',
  ],
  [
    'a JSON decimal that prints like the double',
    // An update by what is equal is none: the document goes by NULL.
    "UPDATE keyed SET doc = NULL WHERE id = 1; UPDATE keyed SET doc = JSON_OBJECT('a', CAST(1 AS DECIMAL(2,1)), 'b', JSON_ARRAY(1), 'c', CAST('2026-01-31' AS DATE)) WHERE id = 1",
    'changed id=1',
  ],
  [
    'an unsigned JSON integer instead of a signed one',
    "UPDATE keyed SET doc = NULL WHERE id = 1; UPDATE keyed SET doc = JSON_OBJECT('a', 1.0e0, 'b', JSON_ARRAY(CAST(1 AS UNSIGNED)), 'c', CAST('2026-01-31' AS DATE)) WHERE id = 1",
    'changed id=1',
  ],
  [
    'a JSON string instead of a date',
    "UPDATE keyed SET doc = JSON_SET(doc, '$.c', '2026-01-31') WHERE id = 1",
    'changed id=1',
  ],
  [
    "an empty member instead of an enum's error value",
    "UPDATE keyed SET choice = '' WHERE id = 2",
    'changed id=2',
  ],
  ['a microsecond', "UPDATE keyed SET at = '2026-01-31 23:59:59.000002' WHERE id = 1", 'changed id=1'],
  ['a bit', "UPDATE keyed SET bits = b'100000101' WHERE id = 1", 'changed id=1'],
  ['the SRID of a point', 'UPDATE keyed SET place = ST_SRID(place, 3857) WHERE id = 1', 'changed id=1'],
])('%s is found in a row', async (_what, fault, told) => {
  await target.query(`USE store; SET SESSION sql_mode = '', time_zone = '+00:00'; ${fault}`);
  const result = await compare();
  expect(result.equal).toBe(false);
  expect(result.structure).toEqual([]);
  expect(result.report).toContain(told);
});

test.each([
  [
    'the character set of a column',
    'ALTER TABLE keyed MODIFY word VARCHAR(20) CHARACTER SET utf8mb4',
    'column word: charset',
  ],
  ['a default', 'ALTER TABLE keyed ALTER word SET DEFAULT 7', 'column word: default'],
  ['the length of a column', 'ALTER TABLE keyless MODIFY b VARCHAR(11)', 'keyless: column b'],
  ['a missing column', 'ALTER TABLE keyless DROP b', 'columns of shop.keyless'],
  ['the order of columns', 'ALTER TABLE keyless MODIFY a INT AFTER b', 'columns of shop.keyless'],
  ['a missing table', 'DROP TABLE keyless', 'columns of shop.keyless'],
  ['an extra table', 'CREATE TABLE more (a INT)', 'columns of shop.more'],
  ['an extra key', 'CREATE INDEX words ON keyed (word)', 'key words'],
  [
    'a foreign key that does otherwise',
    'ALTER TABLE child DROP FOREIGN KEY of_parent; ALTER TABLE child ADD CONSTRAINT of_parent FOREIGN KEY (parent) REFERENCES parent (id)',
    'foreign key of_parent',
  ],
  ['a missing check', 'ALTER TABLE keyed ADD CONSTRAINT positive CHECK (id > 0)', 'check positive'],
  ['an extra function', 'CREATE FUNCTION one() RETURNS INT DETERMINISTIC RETURN 1', 'function one'],
  [
    'a view with other rows',
    'CREATE OR REPLACE VIEW words AS SELECT id, word FROM keyed WHERE id < 3',
    'missing id=3, word=NULL',
  ],
  [
    'a view with other words and the same rows',
    'CREATE OR REPLACE VIEW words AS SELECT id, word FROM keyed WHERE id < 1000',
    'view words: text',
  ],
])('%s is found in the structure', async (_what, fault, told) => {
  await target.query(`USE store; ${fault}`);
  const result = await compare();
  expect(result.equal).toBe(false);
  expect(result.report).toContain(told);
});

test('a row that differs is named among a hundred thousand', async () => {
  const digits =
    '(SELECT 0 d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)';
  const fill = (
    name: string,
  ) => `USE ${name}; CREATE TABLE many (id INT PRIMARY KEY, word VARCHAR(30), amount DECIMAL(10,2));
    INSERT INTO many SELECT a.d+10*b.d+100*c.d+1000*d.d+10000*e.d, CONCAT('row ', a.d*b.d), c.d * 1.25 + e.d
      FROM ${['a', 'b', 'c', 'd', 'e'].map((name) => `${digits} ${name}`).join(' CROSS JOIN ')};`;
  await Promise.all([source.query(fill('shop')), target.query(fill('store'))]);
  const memory = process.memoryUsage().rss;
  expect((await compare()).equal).toBe(true);
  await target.query(
    'UPDATE store.many SET amount = amount + 0.01 WHERE id = 77777; DELETE FROM store.many WHERE id = 5',
  );
  const result = await compare();
  expect(result.report).toContain('missing id=5');
  expect(result.report).toContain('changed id=77777');
  expect(process.memoryUsage().rss - memory).toBeLessThan(100e6);
});

test('only selected tables count, each under its new name', async () => {
  await target.query('USE store; RENAME TABLE keyed TO renamed; DROP TABLE keyless');
  const chosen = { name: 'shop', as: 'store', tables: [{ name: 'keyed', as: 'renamed' }] };
  expect((await compare(chosen)).report).toBe('');
  expect((await compare()).equal).toBe(false);
});
