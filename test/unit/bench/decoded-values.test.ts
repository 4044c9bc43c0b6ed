import { describe, expect, test } from 'vitest';
import { EnumIndex } from '../../../engine/core/row.ts';
import { ColumnDigests, columnsApart, textOfOurs, textOfZongjis } from '../../bench/decoded-values.ts';

const bytes = (text: string) => Buffer.from(text);

describe('one text for a value as we give it and as zongji does', () => {
  test.each([
    ['null', null, { name: 'int' }, null],
    ['integers', -7, { name: 'int' }, -7],
    ['integers beyond 2^53', 9007199254740993n, { name: 'bigint' }, '9007199254740993'],
    ['decimals', '-12.50', { name: 'decimal' }, '-12.50'],
    ['years', '1999', { name: 'year' }, 1999],
    ['times', '2020-01-01 00:00:00.123456', { name: 'datetime' }, '2020-01-01 00:00:00.123456'],
    ['texts', bytes('Straße'), { name: 'varchar', charset: 'utf8mb4' }, 'Straße'],
    ['bytes', bytes('\0\xff'), { name: 'blob' }, bytes('\0\xff')],
    ['enums', new EnumIndex(2n), { name: 'enum', members: ['a', 'b'] }, 'b'],
    ['sets', new EnumIndex(5n), { name: 'set', members: ['a', 'b', 'c'] }, 'a,c'],
    ['documents', '{"a": [1, true]}', { name: 'json' }, { a: [1, true] }],
  ])('%s', (_, ours, type, zongjis) => {
    expect(textOfOurs(ours, type)).toBe(textOfZongjis(zongjis));
  });
});

test('columns with another value anywhere are told by name', () => {
  const digestsOf = (rows: readonly (readonly [string, string])[]) => {
    const digests = new ColumnDigests();
    for (const [a, b] of rows) {
      digests.add('a', a);
      digests.add('b', b);
    }
    return digests.digests();
  };
  const rows = [['1', 'x'] as const, ['2', 'y'] as const];
  expect(columnsApart(digestsOf(rows), digestsOf(rows))).toEqual([]);
  expect(columnsApart(digestsOf(rows), digestsOf([rows[0]!, ['2', 'z']]))).toEqual(['b']);
  expect(columnsApart(digestsOf(rows), digestsOf([rows[1]!, rows[0]!]))).toEqual(['a', 'b']);
  expect(
    columnsApart(
      digestsOf([['12', '']]),
      digestsOf([
        ['1', ''],
        ['2', ''],
      ]),
    ),
  ).toEqual(['a', 'b']);
  expect(columnsApart(digestsOf(rows), {})).toEqual(['a', 'b']);
});
