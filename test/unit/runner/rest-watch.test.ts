import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RestWatch } from '../../../engine/runner/idle-memory.ts';

const IDLE = 0.01;
const BUSY = 0.5;

const STEP = 5000;

/** When it came to rest, of samples every five seconds. */
function rests(samples: readonly number[]): number[] {
  const watch = new RestWatch();
  return samples.flatMap((share, i) => (watch.comesToRest(share, i * STEP) ? [i] : []));
}

test('a thread that has loaded its modules comes to rest once, after twenty seconds', () => {
  expect(rests([BUSY, ...Array<number>(20).fill(IDLE)])).toEqual([4]);
});

test('work in between makes it come to rest again', () => {
  const calm = Array<number>(6).fill(IDLE);
  expect(rests([...calm, BUSY, ...calm])).toEqual([3, 10]);
});

test('never while it works, never twice without work in between or within half a minute', () => {
  const shares = fc.array(fc.constantFrom(IDLE, IDLE, IDLE, BUSY), { maxLength: 200 });
  fc.assert(
    fc.property(shares, (samples) => {
      let former: number | undefined;
      for (const at of rests(samples)) {
        expect(samples.slice(at - 3, at + 1)).toEqual([IDLE, IDLE, IDLE, IDLE]);
        if (former !== undefined) {
          expect((at - former) * STEP).toBeGreaterThanOrEqual(30_000);
          expect(samples.slice(former, at)).toContain(BUSY);
        }
        former = at;
      }
    }),
  );
});
