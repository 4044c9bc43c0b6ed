import { performance } from 'node:perf_hooks';

/** Share of its time that a thread with nothing to do spends on heartbeats and reports, with room. */
const IDLE_SHARE = 0.03;
const WATCH_MILLIS = 5000;
/** So many times in a row it must have had nothing to do: by then connections that nobody took are closed as well. */
const CALM_TIMES = 4;
/** Collections apart from each other at least so long, however often a thread goes from busy to idle. */
const APART_MILLIS = 30_000;

/** Says when a thread that was busy has come to rest: once each time. */
export class RestWatch {
  #calm = 0;
  /** It begins with loading its modules. */
  #wasBusy = true;
  #lastAt = Number.NEGATIVE_INFINITY;

  /** `share`: of the time since the last call, how much the thread was at work, 0 to 1. `now`: milliseconds. */
  comesToRest(share: number, now: number): boolean {
    this.#calm = share > IDLE_SHARE ? 0 : this.#calm + 1;
    if (this.#calm === 0) this.#wasBusy = true;
    if (!this.#wasBusy || this.#calm < CALM_TIMES || now - this.#lastAt < APART_MILLIS) return false;
    this.#wasBusy = false;
    this.#lastAt = now;
    return true;
  }
}

/**
 * Gives back what this thread does not need while it has nothing to do: V8 keeps the space of the busiest time, by far more than what is in
 * use. Works where Node runs with --expose-gc; elsewhere the thread only takes more memory.
 */
export function freeMemoryWhenIdle(): void {
  const collect = globalThis.gc;
  if (collect === undefined) return;
  const watch = new RestWatch();
  let last = performance.eventLoopUtilization();
  setInterval(() => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, last);
    last = now;
    if (watch.comesToRest(utilization, performance.now())) {
      void collect({ type: 'major', execution: 'async', flavor: 'last-resort' });
    }
  }, WATCH_MILLIS).unref();
}
