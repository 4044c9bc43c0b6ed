import type { Clock } from '../../../core/clock.ts';

/** How long nothing is read. What comes meanwhile waits in the system's buffer. */
const REST_MILLIS = 25;
/** A source that writes more is read without rests: the buffer could be too small for what comes in one. */
const BUSY_BYTES_PER_MILLI = 1024;

/**
 * While nobody waits for changes they are read in bursts: one write and one sync of the change log for all that came meanwhile, not one for
 * each transaction. A copy needs the processor and the disk, and so do the source's own clients where these are the same.
 *
 *     burst ▸ rest ▸ burst ▸ rest …
 *
 * Nothing is lost by it: what is not in the change log yet is still in the log of the source.
 */
export class Bursts {
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  /** When it was last decided, and what was read since. */
  #since: number;
  #bytes = 0;

  constructor(options: { readonly clock: Clock; readonly signal: AbortSignal }) {
    this.#clock = options.clock;
    this.#signal = options.signal;
    this.#since = options.clock.now();
  }

  /** Asked when all is read that has come: so many bytes, selected or not. A promise: nothing is to be read until it resolves. */
  rest(bytes: number): Promise<void> | undefined {
    this.#bytes += bytes;
    const now = this.#clock.now();
    const elapsed = now - this.#since;
    if (elapsed < REST_MILLIS) return undefined;
    const busy = this.#bytes >= elapsed * BUSY_BYTES_PER_MILLI;
    this.#since = now;
    this.#bytes = 0;
    return busy ? undefined : this.#clock.sleep(REST_MILLIS, this.#signal);
  }
}
