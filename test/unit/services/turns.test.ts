import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Turns } from '../../../engine/services/turns.ts';

test('lets at most so many go on in one turn, in the order in which they asked, and all in the end', async () => {
  const sizes = { waiters: fc.integer({ min: 0, max: 50 }), perTurn: fc.integer({ min: 1, max: 8 }) };
  await fc.assert(
    fc.asyncProperty(fc.record(sizes), async ({ waiters, perTurn }) => {
      const turns = new Turns(perTurn);
      const order: number[] = [];
      const all = Promise.all(
        Array.from({ length: waiters }, (_, i) => turns.next().then(() => order.push(i))),
      );
      let before = order.length;
      expect(before).toBe(0);
      while (order.length < waiters) {
        await nextTurn();
        expect(order.length - before).toBeLessThanOrEqual(perTurn);
        before = order.length;
      }
      await all;
      expect(order).toEqual(Array.from({ length: waiters }, (_, i) => i));
    }),
    { numRuns: 50 },
  );
});

test('who asks again after its turn stands behind those who wait', async () => {
  const turns = new Turns(1);
  const order: string[] = [];
  const ask = async (name: string) => {
    for (let i = 0; i < 2; i += 1) {
      await turns.next();
      order.push(name);
    }
  };
  await Promise.all([ask('first'), ask('second')]);
  expect(order).toEqual(['first', 'second', 'first', 'second']);
});
