import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bursts } from '../../../engine/connectors/mysql/capture/bursts.ts';
import { type Clock, systemClock } from '../../../engine/core/clock.ts';
import { AbortedError } from '../../../engine/core/errors.ts';

const signal = new AbortController().signal;
const SECOND = 1000;

/** Events of so many bytes, one every so many milliseconds for two seconds, to a reader that rests when it is told to. */
async function reading(bytes: number, everyMillis: number) {
  let now = 0;
  const rests: number[] = [];
  const clock: Clock = {
    now: () => now,
    sleep: async (ms) => {
      rests.push(ms);
      now += ms;
    },
  };
  const bursts = new Bursts({ clock, signal });
  let reads = 0;
  /** Most that waited for the reader at once. */
  let waited = 0;
  for (let come = 0; now < 2 * SECOND; reads += 1) {
    now = Math.max(now, (come + 1) * everyMillis);
    const there = Math.floor(now / everyMillis) - come;
    come += there;
    waited = Math.max(waited, there * bytes);
    await bursts.rest(there * bytes);
  }
  return { reads, rests, waited };
}

describe('changes that nobody waits for', () => {
  it('are read in bursts: a thousand per second forty times', async () => {
    const { reads, rests } = await reading(800, 1);
    // Before the first rest there is nothing to tell by: each of 25 is read when it comes.
    expect(reads).toBeLessThan(25 + (2 * SECOND) / 25);
    expect(new Set(rests)).toEqual(new Set([25]));
  });

  it('are read without rest from a busy source', async () => {
    expect(await reading(2000, 1)).toEqual({ reads: 2000, rests: [], waited: 2000 });
  });

  it('never wait in more memory than every system has for a connection', async () => {
    const bytes = fc.integer({ min: 1, max: 5000 });
    const everyMillis = fc.integer({ min: 1, max: 60 });
    await fc.assert(
      fc.asyncProperty(bytes, everyMillis, async (bytes, everyMillis) => {
        expect((await reading(bytes, everyMillis)).waited).toBeLessThanOrEqual(64 * 1024);
      }),
    );
  });

  it('are read in bursts again once the source is no longer busy', async () => {
    let now = 0;
    const bursts = new Bursts({ clock: { now: () => now, sleep: async () => {} }, signal });
    now = 25;
    expect(bursts.rest(1_000_000)).toBe(undefined);
    now = 49;
    expect(bursts.rest(1000)).toBe(undefined);
    now = 50;
    expect(bursts.rest(1000)).toBeInstanceOf(Promise);
  });

  it('are not waited for once the task is to stop', async () => {
    const stop = new AbortController();
    let now = 0;
    const bursts = new Bursts({ clock: { ...systemClock, now: () => now }, signal: stop.signal });
    now = 25;
    const resting = bursts.rest(1);
    stop.abort();
    await expect(resting).rejects.toThrow(AbortedError);
  });
});
