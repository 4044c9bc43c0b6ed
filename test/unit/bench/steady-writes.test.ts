import { expect, test } from 'vitest';
import { percentile } from '../../bench/result.ts';
import { requireRate, writesOf } from '../../bench/steady-writes.ts';

/** A write each millisecond; those whose turn is in the stall wait until it is over. */
const writes = Array.from({ length: 6000 }, (_, due) => ({
  due,
  answered: due >= 1000 && due < 2000 ? Math.max(due + 1, 1500) : due + 1,
}));

test('percentiles and rate are of the window alone', () => {
  const during = writesOf(writes, 1000, 2000);
  expect(during.taken).toHaveLength(1000);
  expect(percentile(during.taken, 0.99)).toBe(491);
  const after = writesOf(writes, 2000, 5000);
  expect(percentile(after.taken, 0.99)).toBe(1);
  expect(after.perSecond).toBe(1000);
});

test('a write that was answered after the window counts with all that it took, but not as done in it', () => {
  const late = [
    { due: 0, answered: 1 },
    { due: 900, answered: 1700 },
  ];
  expect(writesOf(late, 0, 1000)).toEqual({ perSecond: 1, taken: [1, 800] });
});

test('a load that was not reached gives no figure', () => {
  expect(() => requireRate('alone', 949, 1000, 0.95)).toThrow('alone the source took 949 of 1000');
  expect(() => requireRate('alone', 950, 1000, 0.95)).not.toThrow();
});
