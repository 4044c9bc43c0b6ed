import { beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../../engine/core/clock.ts';
import { Lag } from '../../../engine/pipeline/run/lag.ts';

let now: number;
let lag: Lag;
const clock: Clock = { now: () => now, sleep: async () => {} };
beforeEach(() => {
  now = 1_000_000;
  lag = new Lag(clock);
});

/** Lets time pass on a source that says that it lives. */
const pass = (millis: number) => {
  now += millis;
  lag.heard();
};

describe('the lag', () => {
  it('is not known before changes are applied', () => {
    lag.captured(10n, now);
    pass(5000);
    expect(lag.millis).toBe(undefined);
    lag.applying();
    expect(lag.millis).toBe(5000);
  });

  it('is the age of the oldest transaction that is not applied', () => {
    lag.applying();
    lag.captured(10n, now);
    pass(3000);
    lag.captured(20n, now);
    pass(1000);
    expect(lag.millis).toBe(4000);
    lag.applied(10n, 4000);
    expect(lag.millis).toBe(1000);
    pass(60_000);
    expect(lag.millis).toBe(61_000);
    lag.applied(20n, 61_000);
    expect(lag.millis).toBe(61_000);
    lag.applied(20n, 0);
    pass(4000);
    expect(lag.millis).toBe(0);
  });

  it('grows while a transaction is still on its way into the log', () => {
    lag.applying();
    lag.began();
    pass(7000);
    expect(lag.millis).toBe(7000);
    lag.abandoned();
    lag.applied(0n, 0);
    expect(lag.millis).toBe(0);
  });

  it('is at least as long as the source was not heard', () => {
    lag.applying();
    lag.applied(10n, 0);
    now += 5000;
    expect(lag.millis).toBe(0);
    lag.lost();
    expect(lag.millis).toBe(5000);
    lag.heard();
    expect(lag.millis).toBe(0);
    now += 30_000;
    expect(lag.millis).toBe(30_000);
  });

  it('goes on from what an earlier process left in the log', () => {
    lag.inherited(50n, now - 9000);
    lag.applying();
    lag.captured(60n, now);
    expect(lag.millis).toBe(9000);
    lag.applied(50n, 9000);
    expect(lag.millis).toBe(0);
  });

  it('stays right to the second under a long backlog', () => {
    lag.applying();
    const begun = now;
    for (let i = 1n; i <= 100_000n; i += 1n) {
      pass(50);
      lag.captured(i, now);
    }
    for (const applied of [1n, 777n, 50_000n, 99_990n]) {
      lag.applied(applied, 0);
      const age = now - (begun + Number(applied + 1n) * 50);
      expect(lag.millis! - age).toBeGreaterThanOrEqual(0);
      expect(lag.millis! - age).toBeLessThan(7000);
    }
    lag.applied(100_000n, 20);
    expect(lag.millis).toBe(20);
  });
});
