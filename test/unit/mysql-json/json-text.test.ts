import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { documentOf } from '../../../engine/connectors/mysql/snapshot/json-types.ts';
import { parseJsonText, pathOf, scalarsOf } from '../../../engine/connectors/mysql/types/json-text.ts';

/** As the server prints JSON. */
function printed(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(printed).join(', ')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([name, member]) => `${JSON.stringify(name)}: ${printed(member)}`,
  );
  return `{${members.join(', ')}}`;
}

/** What a path names, with the names in it as JSON strings. */
function valueAt(document: unknown, path: string): unknown {
  const legs = path.slice(1).match(/\."(?:[^"\\]|\\.)*"|\[\d+\]/g) ?? [];
  expect(legs.join('')).toBe(path.slice(1));
  return legs.reduce<unknown>(
    (value, leg) =>
      (value as Record<string, unknown>)[leg.startsWith('.') ? JSON.parse(leg.slice(1)) : leg.slice(1, -1)],
    document,
  );
}

const documents = fc.jsonValue({ maxDepth: 5, stringUnit: 'binary' }).map((value) => {
  const text = printed(value);
  return { text, value: JSON.parse(text) as unknown };
});

test('every scalar of a text is found where it stands, by the path that names it', () => {
  fc.assert(
    fc.property(documents, ({ text, value }) => {
      const scalars = [...scalarsOf(parseJsonText(text))];
      for (const node of scalars) {
        expect(JSON.parse(text.slice(node.start, node.end))).toEqual(valueAt(value, pathOf(node)));
      }
      const count = (each: unknown): number =>
        each !== null && typeof each === 'object'
          ? Object.values(each).reduce<number>((sum, inner) => sum + count(inner), 0)
          : 1;
      expect(scalars.length).toBe(count(value));
    }),
    { numRuns: 1000 },
  );
});

test.each(['', '{', '[1,2]', '{"a":1}', '["a', '[1, ', '{1: 2}'])('%s is no text of a server', (text) => {
  expect(() => parseJsonText(text)).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
});

describe('types beside a text', () => {
  test.each([
    // The document; members of objects, container by container; cells of arrays alike.
    [
      '{"a": {"b": 1.5}, "c": [2.50, {"d": "2024-01-31"}], "e": 7}',
      'ooaufDdo',
      ['$."c"[0] DECIMAL', '$."c"[1]."d" DATE', '$."e" UNSIGNED'],
    ],
    ['1.50', 'd', ['$ DECIMAL']],
    [
      '[5000000000, 5000000000, 4294967295, 4294967295, null, true]',
      'aiuiunb',
      ['$[0] SIGNED', '$[3] UNSIGNED'],
    ],
    ['["base64:type15:/w==", "2024-01-31 00:00:00.000000"]', 'axS', ['$[0] OPAQUE', '$[1] TIMESTAMP']],
  ])('%s with %s', (text, types, scalars) => {
    expect(documentOf(text, types)?.scalars.map(({ path, type }) => `${path} ${type}`)).toEqual(scalars);
  });

  test('types that the text tells make no document of their own', () => {
    expect(documentOf('[1, 1.5, "a", 5000000000]', 'aifsu')).toBeUndefined();
  });

  test('too few, too many or other types are refused', () => {
    for (const types of ['ai', 'aiii', 'ais', 'oii']) {
      expect(() => documentOf('[1, 2]', types)).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
    }
  });
});
