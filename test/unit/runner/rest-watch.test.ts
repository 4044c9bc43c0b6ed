import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RestWatch } from '../../../engine/runner/idle-memory.ts';

const IDLE = 0.01;
const BUSY = 0.5;

test('a thread that has loaded its modules comes to rest once', () => {
  const watch = new RestWatch();
  expect(watch.comesToRest(BUSY, 0)).toBe(false);
  expect(watch.comesToRest(IDLE, 5000)).toBe(true);
  expect(watch.comesToRest(IDLE, 10_000)).toBe(false);
  expect(watch.comesToRest(IDLE, 100_000)).toBe(false);
});

test('work in between makes it come to rest again, though not sooner than half a minute after the last time', () => {
  const watch = new RestWatch();
  expect(watch.comesToRest(IDLE, 0)).toBe(true);
  expect(watch.comesToRest(BUSY, 5000)).toBe(false);
  expect(watch.comesToRest(IDLE, 10_000)).toBe(false);
  expect(watch.comesToRest(IDLE, 30_000)).toBe(true);
});

test('never while it works, and never twice within half a minute', () => {
  const shares = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 100 });
  fc.assert(
    fc.property(shares, (samples) => {
      const watch = new RestWatch();
      const rests = samples.flatMap((share, i) => (watch.comesToRest(share, i * 5000) ? [{ share, i }] : []));
      for (const [at, { share, i }] of rests.entries()) {
        expect(share).toBeLessThanOrEqual(0.03);
        const former = rests[at - 1];
        if (former === undefined) continue;
        expect((i - former.i) * 5000).toBeGreaterThanOrEqual(30_000);
        expect(samples.slice(former.i, i).some((between) => between > 0.03)).toBe(true);
      }
    }),
  );
});
