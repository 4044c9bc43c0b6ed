import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesOf } from '../../../engine/connectors/mysql/raw-query.ts';
import { SqlWriter } from '../../../engine/connectors/mysql/sql-writer.ts';

const written = (writer: SqlWriter): Buffer => Buffer.concat(writer.take().map(bytesOf));

/** As a server reads a literal under NO_BACKSLASH_ESCAPES. */
function unquoted(sql: Buffer): Buffer {
  expect([sql.at(0), sql.at(-1)]).toEqual([0x27, 0x27]);
  const inner = sql.subarray(1, -1).toString('latin1');
  expect(inner.replaceAll("''", '')).not.toContain("'");
  return Buffer.from(inner.replaceAll("''", "'"), 'latin1');
}

const quoteRich = fc
  .array(fc.constantFrom(0x27, 0x5c, 0, 0x41, 0xff), { maxLength: 300 })
  .map((a) => Uint8Array.from(a));
const anyBytes = fc.oneof(fc.uint8Array({ maxLength: 300 }), quoteRich);

describe('the SQL writer', () => {
  test('quotes any bytes so that they read back', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        const writer = new SqlWriter(4);
        writer.quoted(bytes);
        expect(unquoted(written(writer))).toEqual(Buffer.from(bytes));
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['without quotes', 0x41],
    ['of quotes alone', 0x27],
  ])('quotes large values %s', (_name, fill) => {
    const bytes = Buffer.alloc(200_000, fill);
    const writer = new SqlWriter(16);
    writer.ascii('a');
    writer.quoted(bytes);
    writer.ascii('b');
    const sql = written(writer);
    expect(sql.length).toBe(writer.length);
    expect(unquoted(sql.subarray(1, -1)).equals(bytes)).toBe(true);
  });

  test('does not copy a large value without quotes', () => {
    const bytes = Buffer.alloc(1_000_000, 0x41);
    const writer = new SqlWriter();
    writer.quoted(bytes);
    const uncopied = writer
      .take()
      .filter((part) => part instanceof Uint8Array && part.buffer === bytes.buffer)
      .reduce((total, part) => total + part.length, 0);
    expect(uncopied).toBe(bytes.length);
  });

  test('quotes any text as its UTF-8', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("'", '\\', 'a', 'é', '😀', '\n'), maxLength: 200 }),
        (text) => {
          const writer = new SqlWriter(4);
          writer.quotedText(text);
          expect(unquoted(written(writer)).toString('utf8')).toBe(text);
        },
      ),
    );
  });

  test('goes on in other memory while what it gave out is still needed', () => {
    const writer = new SqlWriter(8);
    let spare: Buffer = Buffer.alloc(8);
    for (const text of ['first', 'the second, longer one', 'third', 'fourth']) {
      writer.ascii(text);
      const { parts, memory } = writer.exchange(spare);
      expect(writer.length).toBe(0);
      writer.ascii('meanwhile');
      expect(Buffer.concat(parts.map(bytesOf)).toString()).toBe(text);
      expect(written(writer).toString()).toBe('meanwhile');
      writer.reset();
      spare = memory;
    }
  });

  test('writes integers as JavaScript prints them', () => {
    const integers = fc.oneof(fc.maxSafeInteger(), fc.integer(), fc.integer({ min: -1100, max: 1100 }));
    fc.assert(
      fc.property(fc.array(integers), (list) => {
        const writer = new SqlWriter(1);
        for (const integer of list) {
          writer.integer(integer);
          writer.byte(0x2c);
        }
        expect(written(writer).toString()).toBe(list.map((integer) => `${integer},`).join(''));
      }),
      { numRuns: 2000 },
    );
    const limits = [999_999_999, 1_000_000_000, -999_999_999, -1_000_000_000, 2 ** 31, -(2 ** 31), 0];
    for (const integer of limits) {
      const writer = new SqlWriter(1);
      writer.integer(integer);
      expect(written(writer).toString()).toBe(String(integer));
    }
  });

  test('starts anew after a reset', () => {
    const writer = new SqlWriter(8);
    writer.quoted(Buffer.alloc(100_000));
    writer.ascii('gone');
    writer.reset();
    expect(writer.length).toBe(0);
    writer.identifier('a`b é');
    expect(written(writer).toString()).toBe('`a``b é`');
  });
});
