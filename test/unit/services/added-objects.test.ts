import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ObjectSelection } from '../../../engine/core/selection.ts';
import { addedObjects } from '../../../engine/services/added-objects.ts';
import { createMapper } from '../../../engine/transform/mapping.ts';

const names = ['a', 'b', 'c'];
const name = fc.constantFrom(...names);
const as = fc.option(fc.constantFrom('x', 'y'), { nil: undefined });
const named = fc.record({ name, as }).map((each) => (each.as === undefined ? { name: each.name } : each));
const database = fc.oneof(
  fc.record({ as, excludeTables: fc.option(fc.uniqueArray(name, { minLength: 1 }), { nil: undefined }) }),
  fc.record({ as, tables: fc.uniqueArray(named, { minLength: 1, selector: (table) => table.name }) }),
);
const selections: fc.Arbitrary<ObjectSelection> = fc
  .dictionary(fc.constantFrom('shop', 'crm'), database)
  .map((databases) => ({
    databases: Object.entries(databases).map(([each, rest]) => ({ name: each, ...rest })),
  }));

const tables = ['shop', 'crm'].flatMap((each) => names.map((table) => ({ database: each, name: table })));
/** Every table with its name at the target. */
function arrivals(selection: ObjectSelection): Map<string, string> {
  const mapper = createMapper(selection);
  const carried = tables.filter((table) => mapper.selects(table));
  return new Map(carried.map((table) => [JSON.stringify(table), JSON.stringify(mapper.table(table))]));
}

test('what is added is what arrives now and did not arrive there before, whatever the selections', () => {
  fc.assert(
    fc.property(selections, selections, (former, next) => {
      const before = arrivals(former);
      const expected = [...arrivals(next)].filter(([table, target]) => before.get(table) !== target);
      expect([...arrivals(addedObjects(former, next))].sort()).toEqual(expected.sort());
    }),
    { numRuns: 2000 },
  );
});

test('nothing is added to the same', () => {
  fc.assert(fc.property(selections, (same) => arrivals(addedObjects(same, same)).size === 0));
});
