import type { Clock } from '../../core/clock.ts';

/** Between two bursts. */
const REST_MILLIS = 50;
/** What comes so soon after the first of a burst belongs to it. */
const BURST_MILLIS = 5;
/** A source that brings so much in one burst is busy: rests would hold it up. */
const BUSY_BYTES = 64 * 1024;

/**
 * While nobody waits for changes they are taken in bursts: one write and one sync of the change log for all that came meanwhile, not one
 * for each transaction. A copy needs the processor and the disk, and so do the source's own clients where these are the same.
 *
 *     burst ▸ rest ▸ burst ▸ rest …
 *
 * Nothing is lost by it: what is not in the change log yet is still in the log of the source.
 */
export class Bursts {
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  /** When the burst began, and what there was by then. */
  #began: { readonly at: number; readonly end: bigint } | undefined;

  constructor(options: { readonly clock: Clock; readonly signal: AbortSignal }) {
    this.#clock = options.clock;
    this.#signal = options.signal;
  }

  /** Asked after each event, with the offset behind all that was taken. A promise ends the burst: nothing is read until it resolves. */
  rest(end: bigint): Promise<void> | undefined {
    const now = this.#clock.now();
    const began = this.#began;
    if (began === undefined || now - began.at >= REST_MILLIS) {
      this.#began = { at: now, end };
      return undefined;
    }
    if (now - began.at < BURST_MILLIS) return undefined;
    this.#began = undefined;
    return Number(end - began.end) >= BUSY_BYTES ? undefined : this.#clock.sleep(REST_MILLIS, this.#signal);
  }
}
