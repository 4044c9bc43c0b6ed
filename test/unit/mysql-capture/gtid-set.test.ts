import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GtidSet } from '../../../engine/connectors/mysql/capture/gtid-set.ts';
import { formatPosition, mysqlPositions, PositionWriter } from '../../../engine/connectors/mysql/position.ts';

const uuids = ['3e11fa47-71ca-11e1-9e33-c80aa9429562', '2c256447-3f0d-431b-9a25-bddf1f1f6ef6'];
const sources = [...uuids, `${uuids[0]}:tag_a`, `${uuids[0]}:tag_b`];
/** The model of a set: the plain names of its transactions. */
const members = fc.uniqueArray(
  fc.record({ source: fc.constantFrom(...sources), number: fc.bigInt({ min: 1n, max: 14n }) }),
  { selector: ({ source, number }) => `${source}:${number}`, maxLength: 30 },
);
type Members = { source: string; number: bigint }[];

const setOf = (list: Members) => {
  const set = new GtidSet();
  for (const { source, number } of list) set.add(source, number);
  return set;
};
const namesOf = (list: Members) => new Set(list.map(({ source, number }) => `${source}:${number}`));

test('text and set are one: parsing the text of a set gives the set', () => {
  fc.assert(
    fc.property(members, (list) => {
      const text = setOf(list).toString();
      expect(GtidSet.parse(text).toString()).toBe(text);
      expect(GtidSet.parse(text.toUpperCase()).contains(setOf(list))).toBe(true);
    }),
  );
});

test('containment, union and difference are those of plain sets', () => {
  fc.assert(
    fc.property(members, members, (a, b) => {
      const [left, right] = [setOf(a), setOf(b)];
      const [leftNames, rightNames] = [namesOf(a), namesOf(b)];
      expect(left.contains(right)).toBe(rightNames.isSubsetOf(leftNames));
      expect(left.union(right).toString()).toBe(setOf([...a, ...b]).toString());
      const rest = a.filter(({ source, number }) => !rightNames.has(`${source}:${number}`));
      expect(left.subtract(right).toString()).toBe(setOf(rest).toString());
      for (const { source, number } of a) expect(left.has(source, number)).toBe(true);
    }),
  );
});

test('positions with GTIDs compare by containment whatever their files are', () => {
  fc.assert(
    fc.property(members, members, fc.nat(), fc.nat(), (a, b, x, y) => {
      const position = (list: Members, offset: number) =>
        formatPosition({
          flavour: 'mysql',
          gtid: setOf(list).toString(),
          file: 'bin.000001',
          offset,
          serverUuid: '',
        });
      const [within, around] = [namesOf(a).isSubsetOf(namesOf(b)), namesOf(b).isSubsetOf(namesOf(a))];
      const expected = within ? (around ? 'equal' : 'before') : around ? 'after' : 'apart';
      expect(mysqlPositions.compare(position(a, x), position(b, y))).toBe(expected);
      expect(mysqlPositions.covers(position(b, y), position(a, x))).toBe(within);
    }),
  );
});

test('positions without GTIDs compare by the number of the file, then the offset', () => {
  const at = (file: string, offset: number) =>
    formatPosition({ flavour: 'mysql', file, offset, serverUuid: uuids[0]! });
  expect(mysqlPositions.compare(at('bin.999999', 4), at('bin.1000000', 4))).toBe('before');
  expect(mysqlPositions.compare(at('bin.000002', 5_000_000_000), at('bin.000002', 4_999_999_999))).toBe(
    'after',
  );
  expect(mysqlPositions.compare(at('bin.000002', 4), at('bin.000002', 4))).toBe('equal');
});

test('numbers up to the greatest of the server are exact; text that is no set is refused', () => {
  const text = `${uuids[0]}:1-9223372036854775806`;
  expect(GtidSet.parse(text).toString()).toBe(text);
  for (const wrong of ['x', `${uuids[0]}`, `${uuids[0]}:0`, `${uuids[0]}:5-4`, `${uuids[0]}:tag_a`]) {
    expect(() => GtidSet.parse(wrong), wrong).toThrow(RangeError);
  }
});

test('the text of a set that grows is that of the same set made anew, at every step', () => {
  const names = fc.array(
    fc.record({
      source: fc.constantFrom(...sources),
      next: fc.boolean(),
      number: fc.bigInt({ min: 1n, max: 30n }),
    }),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(names, (steps) => {
      const set = new GtidSet();
      const added: Members = [];
      for (const { source, next, number } of steps) {
        const last = added
          .filter((each) => each.source === source)
          .reduce((m, e) => (e.number > m ? e.number : m), 0n);
        const each = { source, number: next ? last + 1n : number };
        set.add(each.source, each.number);
        added.push(each);
        expect(set.toString()).toBe(setOf(added).toString());
      }
    }),
  );
});

test('the positions of one reader are those of formatPosition', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('mysql' as const, 'mariadb' as const),
      fc.option(fc.constantFrom('', `${uuids[0]}:1-5`, '0-1-7'), { nil: undefined }),
      fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 3 }),
      fc.nat(),
      fc.string(),
      (flavour, gtid, files, offset, serverUuid) => {
        const writer = new PositionWriter(flavour, serverUuid);
        for (const file of [...files, ...files]) {
          expect(writer.format(gtid, file, offset)).toBe(
            formatPosition({ flavour, gtid, file, offset, serverUuid }),
          );
        }
      },
    ),
  );
});
