import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { patch } from '../../../engine/connectors/mysql/json-literal.ts';
import { columnLiteral, type Dialect, writeValue } from '../../../engine/connectors/mysql/literal.ts';
import { bytesOf } from '../../../engine/connectors/mysql/raw-query.ts';
import { SqlWriter } from '../../../engine/connectors/mysql/sql-writer.ts';
import { EnumIndex, JsonDocument, JsonPatch, type JsonScalar, type Value } from '../../../engine/core/row.ts';
import type { ColumnType } from '../../../engine/core/table.ts';

const dialect: Dialect = { utf8mb3: 'utf8mb3', tellsMinusZero: true, jsonTable: true };

function render(type: ColumnType, value: Value, use: 'store' | 'find' = 'store'): string {
  const writer = new SqlWriter(8);
  const literal = columnLiteral({ name: 'c', type, nullable: true }, dialect);
  writeValue(writer, literal[use], value);
  return Buffer.concat(writer.take().map(bytesOf)).toString('latin1');
}

describe('literals', () => {
  test.each<[ColumnType, Value, string]>([
    [{ name: 'int' }, null, 'NULL'],
    [{ name: 'bigint', unsigned: true }, 18446744073709551615n, '18446744073709551615'],
    [{ name: 'decimal' }, '-12.50', '-12.50'],
    [{ name: 'year' }, '0000', '0'],
    [{ name: 'bit', length: 9 }, Uint8Array.of(1, 255), '511'],
    [{ name: 'set' }, new EnumIndex(2n ** 63n), '9223372036854775808'],
    [{ name: 'timestamp' }, '0000-00-00 00:00:00', "'0000-00-00 00:00:00'"],
    [{ name: 'double' }, -0, '-0e0'],
    [{ name: 'json' }, '"é"', `_utf8mb4'"\xc3\xa9"'`],
    [{ name: 'varchar', charset: 'latin1' }, Uint8Array.of(0xe9, 0x27), "'\xe9'''"],
  ])('%o %o is stored as %s', (type, value, sql) => {
    expect(render(type, value)).toBe(sql);
  });

  test.each<[ColumnType, Value, string]>([
    [{ name: 'varchar', charset: 'utf8' }, Buffer.from('a'), "_utf8mb3'a'"],
    [{ name: 'char', charset: 'latin1' }, Buffer.from('a'), "_latin1'a'"],
    [{ name: 'binary', length: 3, charset: 'binary' }, Uint8Array.of(0x41), "'A\0\0'"],
    [{ name: 'blob', charset: 'binary' }, Buffer.from('a'), "'a'"],
  ])('%o %o is found by %s', (type, value, sql) => {
    expect(render(type, value, 'find')).toBe(sql);
  });

  test('a double is text with an exponent that reads back as the same double', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const sql = render({ name: 'double' }, value);
        expect(sql).toMatch(/e/);
        expect(Object.is(Number(sql), value)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test('a JSON patch is a nest of functions in the order of its operations', () => {
    const operations = [
      { kind: 'replace', path: '$.a', value: '1' },
      { kind: 'replace', path: '$.b', value: '2' },
      { kind: 'remove', path: '$.c' },
      { kind: 'insert', path: '$.d[0]', value: '3' },
      { kind: 'insert', path: '$.e', value: '4' },
    ] as const;
    const writer = new SqlWriter();
    patch(writer, new JsonPatch(operations), { column: '`doc`', dialect });
    const json = (text: string) => `CAST(_utf8mb4'${text}' AS JSON)`;
    expect(Buffer.concat(writer.take().map(bytesOf)).toString()).toBe(
      `JSON_INSERT(JSON_ARRAY_INSERT(JSON_REMOVE(JSON_REPLACE(\`doc\`,_utf8mb4'$.a',${json('1')},_utf8mb4'$.b',${json('2')}),` +
        `_utf8mb4'$.c'),_utf8mb4'$.d[0]',${json('3')}),_utf8mb4'$.e',${json('4')})`,
    );
  });

  test('scalars that JSON text cannot tell are put into the text', () => {
    const text = '{"a": 1.50, "b": ["2024-02-29", 7]}';
    const scalars: JsonScalar[] = [
      { type: 'DECIMAL', path: '$."a"', start: 6, end: 10 },
      { type: 'DATE', path: '$."b"[0]', start: 18, end: 30 },
    ];
    expect(render({ name: 'json' }, new JsonDocument(text, scalars))).toBe(
      `JSON_REPLACE(CAST(_utf8mb4'{"a": 0, "b": [0, 7]}' AS JSON),_utf8mb4'$."a"',CAST('1.50' AS DECIMAL(3,2)),` +
        `_utf8mb4'$."b"[0]',CAST('2024-02-29' AS DATE))`,
    );
  });

  test.each<[JsonScalar['type'], string, string]>([
    ['DECIMAL', '0.050', "CAST('0.050' AS DECIMAL(3,3))"],
    ['DECIMAL', '0', "CAST('0' AS DECIMAL(1,0))"],
    ['DECIMAL', '-120', "CAST('-120' AS DECIMAL(3,0))"],
    ['TIME', '"-00:00:00.000001"', "CAST('-00:00:00.000001' AS TIME(6))"],
    ['UNSIGNED', '7', 'CAST(7 AS UNSIGNED)'],
    ['OPAQUE', '"base64:type15:Jw=="', "_binary''''"],
    // A type of older servers that none gives a value today.
    ['OPAQUE', '"base64:type253:Jw=="', "_binary''''"],
    [
      'OPAQUE',
      '"base64:type249:Jw=="',
      "(SELECT CAST(v AS JSON) FROM JSON_TABLE(JSON_ARRAY(_binary''''),_utf8mb4'$[0]' COLUMNS(v TINYBLOB PATH _utf8mb4'$')) j)",
    ],
  ])('in JSON, %s %s is %s', (type, text, sql) => {
    const document = new JsonDocument(text, [{ type, path: '$', start: 0, end: text.length }]);
    expect(render({ name: 'json' }, document)).toBe(
      `JSON_REPLACE(CAST(_utf8mb4'0' AS JSON),_utf8mb4'$',${sql})`,
    );
  });

  test('what is not in the row image is never written', () => {
    expect(() => render({ name: 'int' }, undefined)).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
    expect(() => render({ name: 'json' }, new JsonPatch([]))).toThrow(
      expect.objectContaining({ code: 'INTERNAL' }),
    );
  });
});
