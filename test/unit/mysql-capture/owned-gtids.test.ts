import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GtidSet } from '../../../engine/connectors/mysql/capture/gtid-set.ts';
import { parseOwnedGtids } from '../../../engine/connectors/mysql/capture/owned-gtids.ts';

// Many begin with digits, as threads do.
const uuid = fc
  .tuple(fc.uuid(), fc.constantFrom('', '1', '12345678'), fc.boolean())
  .map(([id, digits, upper]) => {
    const whole = digits + id.slice(digits.length);
    return upper ? whole.toUpperCase() : whole;
  });
const tag = fc.constantFrom('', ':tag_x', ':_1');
const owned = fc.array(
  fc.record({
    source: fc.tuple(uuid, tag).map((parts) => parts.join('')),
    numbers: fc.array(
      fc.record({
        number: fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }),
        thread: fc.nat({ max: 2 ** 32 - 1 }),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  }),
  { maxLength: 5 },
);

test('whatever sources, numbers and threads the server writes without a break, the set is told', () => {
  fc.assert(
    fc.property(owned, (sources) => {
      const shown = sources.map(
        ({ source, numbers }) =>
          source + numbers.map(({ number, thread }) => `:${number}#${thread}`).join(''),
      );
      const set = new GtidSet();
      for (const { source, numbers } of sources) {
        for (const { number } of numbers) set.add(source.toLowerCase(), number);
      }
      expect(parseOwnedGtids(shown.join('')).toString()).toBe(set.toString());
    }),
  );
});
