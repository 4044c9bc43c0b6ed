import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { validateConfig } from '../../../../terraform/provider/protocol/schema/validate.ts';
import { isUnknown, UNKNOWN } from '../../../../terraform/provider/protocol/values/unknown.ts';
import { taskAttributes } from '../../../../terraform/provider/resources/task/attributes.ts';
import {
  type DatabasesState,
  databasesState,
  isSameSelection,
  selectionOf,
} from '../../../../terraform/provider/resources/task/selection.ts';
import { checkSelection } from '../../../../terraform/provider/resources/task/selection-rules.ts';
import { Found } from './found.ts';

const name = fc.stringMatching(/^[a-z]{1,3}$/);
const target = fc.option(name, { nil: null });
const whole = fc.record({
  target,
  tables: fc.constant(null),
  exclude_tables: fc.option(fc.uniqueArray(name, { minLength: 1, maxLength: 3 }), { nil: null }),
});
const partial = fc.record({
  target,
  tables: fc.dictionary(name, fc.record({ target }, { noNullPrototype: true }), {
    minKeys: 1,
    noNullPrototype: true,
  }),
  exclude_tables: fc.constant(null),
});
const selections: fc.Arbitrary<DatabasesState> = fc.dictionary(name, fc.oneof(whole, partial), {
  minKeys: 1,
  noNullPrototype: true,
});

describe('a selection', () => {
  test('comes back from the service as it was given, whatever it is', () => {
    fc.assert(
      fc.property(selections, (databases) => {
        expect(databasesState(selectionOf(databases), null)).toEqual(databases);
        expect(databasesState(selectionOf(databases), databases)).toBe(databases);
      }),
    );
  });

  test('is the same with names said that would be the same anyway, and no other', () => {
    const short = { shop: { target: null, tables: { a: { target: null } }, exclude_tables: null } };
    const long = { shop: { target: 'shop', tables: { a: { target: 'a' } }, exclude_tables: [] } };
    expect(isSameSelection(short, long)).toBe(true);
    expect(databasesState(selectionOf(short), long)).toBe(long);
    const other = { shop: { target: null, tables: { a: { target: 'b' } }, exclude_tables: null } };
    expect(isSameSelection(short, other)).toBe(false);
    expect(isSameSelection(short, { shop: { target: null, tables: null, exclude_tables: null } })).toBe(
      false,
    );
  });
});

describe('whatever is written', () => {
  const odd = fc.oneof(name, fc.constantFrom('__proto__', 'constructor', 'toString', 'mysql', '', 'a '));
  /** What stands in a configuration may be null or unknown at any depth. */
  const loose = <T>(arbitrary: fc.Arbitrary<T>) =>
    fc.oneof({ weight: 8, arbitrary }, { weight: 1, arbitrary: fc.constantFrom(null, UNKNOWN) });
  const record = <T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
    fc.record(fields, { noNullPrototype: true });
  const map = <T>(element: fc.Arbitrary<T>) =>
    fc.dictionary(odd, loose(element), { maxKeys: 3, noNullPrototype: true });
  const database = record({
    target: loose(odd),
    tables: fc.oneof(fc.constant(null), loose(map(record({ target: loose(odd) })))),
    exclude_tables: fc.oneof(fc.constant(null), loose(fc.uniqueArray(loose(odd), { maxLength: 3 }))),
  });
  const isKnown = (value: unknown): boolean =>
    !isUnknown(value) && (typeof value !== 'object' || value === null || Object.values(value).every(isKnown));

  test('is judged without a fault of the provider, and what passes can be carried', () => {
    const attributes = { databases: taskAttributes.databases };
    let carried = 0;
    fc.assert(
      fc.property(loose(map(database)), (databases) => {
        const faults = validateConfig(attributes, { databases } as never, { writeOnlyAttributes: true });
        const diagnostics = new Found();
        checkSelection(databases, diagnostics);
        if (faults.length > 0 || diagnostics.hasErrors || databases === null || !isKnown(databases)) return;
        const selection = databases as DatabasesState;
        expect(isSameSelection(databasesState(selectionOf(selection), null), selection)).toBe(true);
        carried++;
      }),
      { numRuns: 2000 },
    );
    expect(carried).toBeGreaterThan(0);
  });
});

const found = (databases: unknown) => {
  const diagnostics = new Found();
  checkSelection(databases, diagnostics);
  return diagnostics.errors.map(({ summary, path }) => [summary, path?.join('/')]);
};
const db = (given: object = {}) => ({ target: null, tables: null, exclude_tables: null, ...given });
const tables = (...names: string[]) => Object.fromEntries(names.map((each) => [each, { target: null }]));

describe('without asking anybody it passes that', () => {
  test('points stand in names of databases and tables: "a.b" and "c" is not "a" and "b.c"', () => {
    const databases = { x: db({ target: 'a.b', tables: tables('c') }), a: db({ tables: tables('b.c') }) };
    expect(found(databases)).toEqual([]);
  });

  test('tables are selected, and none is left out', () => {
    const databases = { shop: db({ tables: tables('orders'), exclude_tables: [] }) };
    expect(found(databases)).toEqual([]);
    expect(selectionOf(databases)).toEqual([{ name: 'shop', tables: [{ name: 'orders' }] }]);
  });
});

describe('without asking anybody it is said that', () => {
  test.each([
    ['no database is selected', {}, 'No database is selected', 'databases'],
    [
      'two whole databases arrive as one',
      { a: db(), b: db({ target: 'a' }) },
      'Two databases arrive as "a"',
      'databases/b',
    ],
    [
      'a whole database and a part arrive as one',
      { a: db({ tables: tables('t') }), b: db({ target: 'a' }) },
      'Two databases arrive as "a"',
      'databases/b',
    ],
    [
      'two tables arrive as one',
      { a: db({ tables: { t: { target: 'u' }, u: { target: null } } }) },
      'Two tables arrive as "a.u"',
      'databases/a/tables/u',
    ],
    [
      'two tables of two databases arrive as one',
      { a: db({ tables: tables('t') }), b: db({ target: 'a', tables: tables('t') }) },
      'Two tables arrive as "a.t"',
      'databases/b/tables/t',
    ],
    [
      'tables are selected and left out',
      { a: db({ tables: tables('t'), exclude_tables: ['u'] }) },
      'Tables are both selected and left out',
      'databases/a/exclude_tables',
    ],
    [
      'a table to leave out is null',
      { a: db({ exclude_tables: ['t', null] }) },
      'A table to leave out is null',
      'databases/a/exclude_tables',
    ],
    ['no table is selected', { a: db({ tables: {} }) }, 'No table is selected', 'databases/a/tables'],
    ['a system database is selected', { MySQL: db() }, '"MySQL" is a system database', 'databases/MySQL'],
    [
      'a system database would be written',
      { a: db({ target: 'sys' }) },
      '"sys" is a system database',
      'databases/a/target',
    ],
    [
      'a name can be none',
      { a: db({ tables: tables('x'.repeat(65)) }) },
      'That is no name of a database object',
      `databases/a/tables/${'x'.repeat(65)}`,
    ],
    [
      'a name that is left out can be none',
      { a: db({ exclude_tables: ['t', ''] }) },
      'That is no name of a database object',
      'databases/a/exclude_tables',
    ],
  ])('%s', (_what, databases, summary, path) => {
    expect(found(databases)).toEqual([[summary, path]]);
  });

  test.each([
    [
      'two parts that arrive as one database',
      { a: db({ tables: tables('t') }), b: db({ target: 'a', tables: tables('u') }) },
    ],
    ['a whole database without some tables', { a: db({ exclude_tables: ['t'] }) }],
    ['what is not known yet', UNKNOWN],
    ['a target that is not known yet', { a: db(), b: db({ target: UNKNOWN }) }],
    ['tables that are not known yet', { a: db({ tables: UNKNOWN }), b: db() }],
  ])('nothing is wrong with %s', (_what, databases) => {
    expect(found(databases)).toEqual([]);
  });
});
