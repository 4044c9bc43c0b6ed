import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Flavour, type MysqlServer, startMysql } from '../../servers/mysql.ts';
import { Copy, exactRows } from './copy.ts';

/** Column, and values in SQL. What a flavour does not have is left out for it. */
interface Case {
  readonly type: string;
  readonly values: readonly string[];
  readonly not?: readonly Flavour[];
}

const cases: readonly Case[] = [
  { type: 'TINYINT', values: ['-128', '0', '127'] },
  { type: 'BIGINT', values: ['-9223372036854775808', '9223372036854775807'] },
  { type: 'BIGINT UNSIGNED', values: ['0', '18446744073709551615'] },
  { type: 'INT ZEROFILL', values: ['42', '4294967295'] },
  {
    type: 'DECIMAL(65,30)',
    values: ['-12345678901234567890123456789012345.123456789012345678901234567891', '0'],
  },
  { type: 'FLOAT', values: ['16777217', '-0e0', '3.4028234e38', '1.17549435e-38', '0.1'] },
  { type: 'FLOAT(7,3)', values: ['1.234', '-0.001', '9999.999'] },
  {
    type: 'DOUBLE',
    values: ['0.1', '-0e0', '1.7976931348623157e308', '2.2250738585072014e-308', '123456789.987654321'],
  },
  { type: 'DOUBLE(12,4)', values: ['12345.6789', '0.0001'] },
  { type: 'BIT(1)', values: ["b'0'", "b'1'"] },
  { type: 'BIT(64)', values: ["b'0'", "b'1011100'", "x'FFFFFFFFFFFFFFFF'", "x'090A5C27'"] },
  { type: "ENUM('a','','b')", values: ["'a'", "''", "'b'", '0'] },
  { type: "SET('p','q','r')", values: ["''", "'p,r'", "'p,q,r'"] },
  { type: "SET('','z')", values: ['0', '1', '2', '3'] },
  { type: 'CHAR(10)', values: ["''", "'ab  '", "'é€'"] },
  { type: 'VARCHAR(100)', values: ["''", "'tab\\tnl\\nbs\\\\ q\\' nul\\0'", "'\\\\N'", "'NULL'", "'  '"] },
  { type: 'VARCHAR(50) CHARACTER SET utf8mb4', values: ["_utf8mb4 x'F09F9880'"] },
  { type: 'VARCHAR(50) CHARACTER SET latin1', values: ["_latin1 x'E95C09'"] },
  { type: 'VARCHAR(50) CHARACTER SET gbk', values: ["_gbk x'D55C'"] },
  { type: 'VARCHAR(50) CHARACTER SET sjis', values: ["_sjis x'835C'"] },
  { type: 'VARCHAR(50) CHARACTER SET ucs2', values: ["_ucs2 x'005C000A20AC'"] },
  { type: 'VARCHAR(50) CHARACTER SET utf16', values: ["_utf16 x'D83DDE00'"] },
  { type: 'VARCHAR(50) CHARACTER SET utf32', values: ["_utf32 x'0001F600'"] },
  { type: 'BINARY(8)', values: ["''", "'a\\0'", "x'5C4E0A0927000000'"] },
  { type: 'VARBINARY(300)', values: ["''", "x'000102090A5C27FF00'", "x'5C4E'"] },
  { type: 'TEXT', values: ["'\\n\\n'", "REPEAT('a\\t\\\\', 20000)"] },
  { type: 'LONGBLOB', values: ["''", "REPEAT(x'005C0A09', 300000)"] },
  { type: 'DATE', values: ["'0000-00-00'", "'2024-02-31'", "'2024-00-00'", "'9999-12-31'"] },
  { type: 'TIME(6)', values: ["'-838:59:59.000000'", "'838:59:59'", "'-00:00:00.000001'"] },
  {
    type: 'DATETIME(6)',
    values: ["'0000-00-00'", "'2024-02-31 10:00:00.123456'", "'9999-12-31 23:59:59.999999'"],
  },
  {
    type: 'TIMESTAMP(6) NULL',
    values: ["'1970-01-01 00:00:01.000001'", "'2038-01-19 03:14:07.999999'", "'0000-00-00'"],
  },
  { type: 'YEAR', values: ['0', '1901', '2155'] },
  {
    type: 'GEOMETRY',
    values: ["ST_GeomFromText('POINT(1 -2.5)')", "ST_GeomFromText('POLYGON((0 0,1 0,1 1,0 0))', 4326)"],
  },
  {
    type: 'JSON',
    values: [
      "'null'",
      `'{"a": [1, 1.5, "x\\\\n\\\\ty", null, 1e100, 18446744073709551615, "\\\\u0001", "😀"]}'`,
      `JSON_OBJECT('k', REPEAT('v', 100000))`,
      'CAST(1.50 AS JSON)',
      `JSON_OBJECT('a\\n"b"', JSON_ARRAY(DATE'2024-02-29', '2024-02-29', 1.50, 1.5e0, x'005c0927', NULL), 'c', JSON_OBJECT('d', CAST(1 AS UNSIGNED)))`,
      // Too large for one block.
      `JSON_OBJECT('k', REPEAT('v', 300000), 'n', 1.50)`,
    ],
    // MariaDB's JSON is a LONGTEXT.
    not: ['mysql-5.6', 'mariadb-10.11'],
  },
  { type: 'INT AS (id * 2)', values: [], not: ['mysql-5.6'] },
  { type: 'VECTOR(3)', values: ["TO_VECTOR('[1,2.5,-0]')"], not: ['mysql-5.6', 'mariadb-10.11'] },
  { type: 'INT INVISIBLE', values: ['7'], not: ['mysql-5.6'] },
];

describe.each<Flavour>(['mysql-9.7', 'mysql-5.6', 'mariadb-10.11'])(
  'full load of every type from %s',
  (flavour) => {
    let source: MysqlServer;
    let target: MysqlServer;
    const own = cases.filter((entry) => !entry.not?.includes(flavour));

    beforeAll(async () => {
      source = await startMysql(flavour);
      target = await startMysql('mysql-9.7', { args: ['--local-infile=ON'] });
      const columns = own.map((entry, i) => `c${i} ${entry.type}`);
      for (const server of [source, target]) {
        await server.query(
          "SET NAMES utf8mb4; SET SESSION sql_mode = 'ALLOW_INVALID_DATES', time_zone = '+00:00'",
        );
        await server.query('CREATE DATABASE shop CHARACTER SET utf8mb4');
        await server.query(`CREATE TABLE shop.types (id INT PRIMARY KEY, ${columns.join(', ')})`);
      }
      const height = Math.max(...own.map((entry) => entry.values.length));
      for (let row = 0; row <= height; row += 1) {
        const filled = own.flatMap((entry, i) =>
          row < entry.values.length ? [[`c${i}`, entry.values[row]]] : [],
        );
        const names = ['id', ...filled.map(([name]) => name)];
        const values = [row, ...filled.map(([, value]) => value)];
        await source.query(
          `INSERT IGNORE INTO shop.types (${names.join(', ')}) VALUES (${values.join(', ')})`,
        );
      }
      const enums = own.findIndex((entry) => entry.type.startsWith('ENUM'));
      await source.query(`UPDATE IGNORE shop.types SET c${enums} = 0 WHERE id = 3`);
    });
    afterAll(async () => {
      await source?.stop();
      await target?.stop();
    });

    it.each([
      ['LOAD DATA', true],
      ['REPLACE', false],
    ])('by %s, every value arrives bit for bit', async (_, localInfile) => {
      await using copy = new Copy(source, target, { localInfile });
      const table = await copy.table('shop', 'types');
      await target.query('TRUNCATE shop.types');
      const rows = await copy.copy(table, 64 * 1024);
      const expected = await exactRows(source, table);
      expect(rows).toBe(expected.length);
      expect(await exactRows(target, table)).toEqual(expected);
    });
  },
);
