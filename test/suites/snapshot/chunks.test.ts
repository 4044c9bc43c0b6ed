import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MysqlServer, startMysql } from '../../servers/mysql.ts';
import { Copy, listOf } from './copy.ts';

/** Key definitions, and values of their columns as SQL. */
const keys: Record<string, { columns: string; key: string; value: fc.Arbitrary<string> }> = {
  'signed integers': {
    columns: 'a BIGINT',
    key: 'a',
    value: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
  },
  'dense integers': { columns: 'a INT', key: 'a', value: fc.integer({ min: -300, max: 300 }).map(String) },
  'unsigned integers up to the end': {
    columns: 'a BIGINT UNSIGNED',
    key: 'a',
    value: fc.bigInt({ min: 2n ** 64n - 200n, max: 2n ** 64n - 1n }).map(String),
  },
  'text without case': {
    columns: 'a VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci',
    key: 'a',
    value: fc
      .string({ unit: fc.constantFrom('a', 'A', 'b', 'é', 'ß', ' ', "'", '\\', '😀'), maxLength: 5 })
      .map((text) => `_utf8mb4 x'${Buffer.from(text).toString('hex')}'`),
  },
  'text padded with blanks': {
    columns: 'a CHAR(8) CHARACTER SET latin1 COLLATE latin1_german1_ci',
    key: 'a',
    value: fc
      .string({ unit: fc.constantFrom('a', 'B', '\t', ' ', 'z'), maxLength: 4 })
      .map((text) => `_latin1 x'${Buffer.from(text, 'latin1').toString('hex')}'`),
  },
  binary: {
    columns: 'a VARBINARY(8)',
    key: 'a',
    value: fc.uint8Array({ maxLength: 4 }).map((bytes) => `x'${Buffer.from(bytes).toString('hex')}'`),
  },
  decimals: {
    columns: 'a DECIMAL(20,3)',
    key: 'a',
    value: fc.integer({ min: -99999, max: 99999 }).map((number) => `${number / 1000}`),
  },
  doubles: {
    columns: 'a DOUBLE',
    key: 'a',
    value: fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number.toExponential()),
  },
  times: {
    columns: 'a DATETIME(6)',
    key: 'a',
    value: fc.integer({ min: 0, max: 10_000_000 }).map(
      (micros) =>
        `'2024-02-29 23:59:${String(50 + micros / 1e6)
          .padEnd(9, '0')
          .slice(0, 9)}'`,
    ),
  },
  'members and numbers': {
    columns: "a ENUM('z','','a','m'), b INT, c VARCHAR(5)",
    key: 'a, b, c',
    value: fc
      .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: -3, max: 3 }), fc.constantFrom('x', 'Y', ''))
      .map(([a, b, c]) => `${a}, ${b}, '${c}'`),
  },
};

describe('chunks of a table', () => {
  let server: MysqlServer;
  beforeAll(async () => {
    server = await startMysql('mysql-9.7');
    await server.query('CREATE DATABASE shop');
  });
  afterAll(async () => {
    await server?.stop();
  });

  it.each(Object.entries(keys))('join without gap and overlap: %s', async (_, { columns, key, value }) => {
    await using copy = new Copy(server, server);
    await server.query(
      `DROP TABLE IF EXISTS shop.keyed; CREATE TABLE shop.keyed (${columns}, pad VARCHAR(100), PRIMARY KEY (${key}))`,
    );
    const table = await copy.table('shop', 'keyed');
    await fc.assert(
      fc.asyncProperty(
        fc.array(value, { maxLength: 60 }),
        fc.integer({ min: 1, max: 2000 }),
        fc.nat(200),
        async (values, chunkBytes, estimatedRows) => {
          await server.query('TRUNCATE shop.keyed');
          for (const row of values)
            await server.query(`INSERT IGNORE INTO shop.keyed VALUES (${row}, REPEAT('x', 90))`);
          const [count] = await server.query<{ n: number }>('SELECT COUNT(*) AS n FROM shop.keyed');
          // Twice: with sizes guessed, then with the sizes that the first reading has seen.
          for (const estimate of [
            { rows: estimatedRows, bytes: estimatedRows * 100 },
            { rows: 0, bytes: 0 },
          ]) {
            const chunks = await copy.plan(table, chunkBytes, estimate);
            let rows = 0;
            let bytes = '';
            for (const chunk of chunks) {
              for await (const block of copy.read(table, chunk)) {
                rows += block.rows;
                bytes += block.bytes.toString('latin1');
              }
            }
            expect(rows).toBe(Number(count?.n));
            expect(new Set(bytes.split(/(?<!\\)\n/)).size).toBe(rows + 1);
            expect(chunks.map((chunk) => chunk.index)).toEqual(chunks.map((_, i) => i));
            expect(chunks.at(-1)?.through).toBeUndefined();
            expect(chunks.slice(1).map((chunk) => chunk.after)).toEqual(
              chunks.slice(0, -1).map((c) => c.through),
            );
          }
        },
      ),
      { numRuns: 12 },
    );
  });

  it('goes on after a chunk as it would have gone on', async () => {
    await using copy = new Copy(server, server);
    await server.query('DROP TABLE IF EXISTS shop.long; CREATE TABLE shop.long (id INT PRIMARY KEY, v INT)');
    const numbers = Array.from({ length: 5000 }, (_, i) => `(${i * 7}, ${i})`);
    await server.query(`INSERT INTO shop.long VALUES ${numbers.join(',')}`);
    const table = await copy.table('shop', 'long');
    const options = { table, chunkBytes: 20_000, estimate: { rows: 5000, bytes: 100_000 } };
    const all = await listOf(copy.source.planChunks(options));
    const rest = await listOf(copy.source.planChunks({ ...options, resumeAfter: all[1] }));
    expect(all.length).toBeGreaterThan(3);
    expect(rest).toEqual(all.slice(2));
  });

  it('names a table that was altered since', async () => {
    await using copy = new Copy(server, server);
    await server.query('DROP TABLE IF EXISTS shop.gone; CREATE TABLE shop.gone (id INT PRIMARY KEY, v INT)');
    const table = await copy.table('shop', 'gone');
    await server.query('ALTER TABLE shop.gone DROP COLUMN v');
    const reading = listOf(copy.read(table, { index: 0 }));
    await expect(reading).rejects.toMatchObject({ code: 'SOURCE_TABLE_CHANGED' });
    await server.query('DROP TABLE shop.gone');
    await expect(copy.plan(table, 1000)).rejects.toMatchObject({ code: 'SOURCE_TABLE_CHANGED' });
  });
});
