import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deliveryFaults } from '../../bench/event-delivery.ts';

const history = ['8', '9', '10', '11'];

test.each([
  ['all once and in order', ['8', '9', '10', '11'], { missed: 0, doubled: 0, outOfOrder: 0 }],
  [
    'more than the history had by then',
    ['8', '9', '10', '11', '12'],
    { missed: 0, doubled: 0, outOfOrder: 0 },
  ],
  ['one missed', ['8', '9', '11'], { missed: 1, doubled: 0, outOfOrder: 0 }],
  ['one twice', ['8', '9', '9', '10', '11'], { missed: 0, doubled: 1, outOfOrder: 0 }],
  ['one twice, much later', ['8', '9', '10', '11', '8'], { missed: 0, doubled: 1, outOfOrder: 0 }],
  ['one late', ['8', '10', '9', '11'], { missed: 0, doubled: 0, outOfOrder: 1 }],
  ['nothing', [], { missed: 4, doubled: 0, outOfOrder: 0 }],
])('a listener heard %s', (_, heard, faults) => {
  expect(deliveryFaults(history, [history, heard])).toEqual(faults);
});

test('whatever is not the history itself is a fault', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...history), { maxLength: 8 }), (heard) => {
      const { missed, doubled, outOfOrder } = deliveryFaults(history, [heard]);
      expect(missed + doubled + outOfOrder === 0).toBe(heard.join() === history.join());
    }),
  );
});
