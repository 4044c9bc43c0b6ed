import { describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../../engine/core/clock.ts';
import { AbortedError } from '../../../engine/core/errors.ts';
import { Bursts } from '../../../engine/pipeline/capture/bursts.ts';

const signal = new AbortController().signal;

/** Events of so many bytes, one every so many milliseconds for two seconds, to a reader that rests when it is told to. */
async function reading(bytes: number, everyMillis: number): Promise<{ reads: number; rests: number }> {
  let now = 0;
  let rests = 0;
  const clock: Clock = {
    now: () => now,
    sleep: async (ms) => {
      rests += 1;
      now += ms;
    },
  };
  const bursts = new Bursts({ clock, signal });
  let reads = 0;
  let taken = 0;
  for (let come = 0; now < 2000; reads += 1) {
    // What came during a rest is read at once.
    for (come += 1; come * everyMillis <= now; come += 1) taken += bytes;
    now = Math.max(now, come * everyMillis);
    taken += bytes;
    await bursts.rest(BigInt(taken));
  }
  return { reads, rests };
}

describe('changes that nobody waits for', () => {
  it('are read in bursts: of a thousand per second in few', async () => {
    const { reads } = await reading(800, 1);
    expect(reads).toBeLessThan(2000 / 5);
  });

  it('are read without rest from a busy source', async () => {
    expect(await reading(20_000, 1)).toEqual({ reads: 2000, rests: 0 });
  });

  it('are read at once from a source that seldom has one', async () => {
    expect(await reading(800, 200)).toEqual({ reads: 10, rests: 0 });
  });

  it('are not waited for once the task is to stop', async () => {
    const stop = new AbortController();
    let now = 0;
    const bursts = new Bursts({ clock: { ...systemClock, now: () => now }, signal: stop.signal });
    expect(bursts.rest(1n)).toBe(undefined);
    now = 10;
    const resting = bursts.rest(2n);
    stop.abort();
    await expect(resting).rejects.toThrow(AbortedError);
  });
});
