import { describe, expect, it } from 'vitest';
import type { Clock } from '../../../engine/core/clock.ts';
import { AbortedError, DtsError } from '../../../engine/core/errors.ts';
import { backoff, type RetryOptions, withRetry } from '../../../engine/pipeline/run/retry.ts';

/** Time that passes only by sleeping. */
function fakeClock(): Clock & { at: number } {
  const clock = {
    at: 0,
    now: () => clock.at,
    async sleep(ms: number, signal?: AbortSignal) {
      if (signal?.aborted) throw new AbortedError();
      clock.at += ms;
    },
  };
  return clock;
}

function options(clock: Clock, overrides: Partial<RetryOptions> = {}): RetryOptions {
  return {
    windows: { connectionMillis: 60_000, otherMillis: 5_000 },
    clock,
    random: () => 0.5,
    signal: new AbortController().signal,
    onRetry: () => {},
    onRecovered: () => {},
    onGivenUp: () => {},
    ...overrides,
  };
}

const lost = () => new DtsError('CONNECTION_FAILED', 'lost');

describe('retry windows', () => {
  it('tries a lost connection again until its window is over, then tells the last failure', async () => {
    const clock = fakeClock();
    let tries = 0;
    await expect(
      withRetry(options(clock), async () => {
        tries += 1;
        throw lost();
      }),
    ).rejects.toMatchObject({ code: 'CONNECTION_FAILED' });
    expect(clock.at).toBeGreaterThan(40_000);
    expect(clock.at).toBeLessThanOrEqual(60_000);
    expect(tries).toBeGreaterThan(5);
  });

  it('gives other passing failures their own, shorter window', async () => {
    const clock = fakeClock();
    await expect(
      withRetry(options(clock), async () => {
        throw new DtsError('TARGET_READ_ONLY', 'read only');
      }),
    ).rejects.toMatchObject({ code: 'TARGET_READ_ONLY' });
    expect(clock.at).toBeLessThanOrEqual(5_000);
  });

  it('does not try again what will not pass', async () => {
    const clock = fakeClock();
    let tries = 0;
    await expect(
      withRetry(options(clock), async () => {
        tries += 1;
        throw new DtsError('TARGET_ROW_CONFLICT', 'conflict');
      }),
    ).rejects.toMatchObject({ code: 'TARGET_ROW_CONFLICT' });
    expect(tries).toBe(1);
  });

  it('closes the window when work goes on: a failure a day does not add up', async () => {
    const clock = fakeClock();
    let life = 0;
    const recovered: number[] = [];
    const result = await withRetry(
      options(clock, { onRecovered: () => recovered.push(clock.at) }),
      async (alive) => {
        life += 1;
        if (life < 50) {
          if (life % 2 === 0) {
            alive();
            clock.at += 86_400_000;
          }
          throw lost();
        }
        return 'done';
      },
    );
    expect(result).toBe('done');
    expect(recovered.length).toBe(25);
  });

  it('tells when work that had failed ends with a failure that its caller may live with', async () => {
    let givenUp = 0;
    const failures = [lost(), new DtsError('SOURCE_TABLE_CHANGED', 'changed')];
    await expect(
      withRetry(options(fakeClock(), { onGivenUp: () => (givenUp += 1) }), async () => {
        throw failures.shift();
      }),
    ).rejects.toMatchObject({ code: 'SOURCE_TABLE_CHANGED' });
    expect(givenUp).toBe(1);
  });

  it('leaves a full disk to the runner, which opens the change log anew', async () => {
    let tries = 0;
    await expect(
      withRetry(options(fakeClock()), async () => {
        tries += 1;
        throw new DtsError('DISK_FULL', 'full');
      }),
    ).rejects.toMatchObject({ code: 'DISK_FULL' });
    expect(tries).toBe(1);
  });

  it('ends at once when the task is stopped', async () => {
    const clock = fakeClock();
    const stop = new AbortController();
    await expect(
      withRetry(options(clock, { signal: stop.signal, onRetry: () => stop.abort() }), async () => {
        throw lost();
      }),
    ).rejects.toBeInstanceOf(AbortedError);
  });

  it('waits longer each time, up to a bound', () => {
    const delays = Array.from({ length: 12 }, (_, attempt) => backoff(attempt, 0.5));
    expect([...delays].sort((a, b) => a - b)).toEqual(delays);
    expect(Math.max(...delays)).toBeLessThanOrEqual(15_000);
    expect(backoff(0, 0)).toBeGreaterThan(0);
  });
});
