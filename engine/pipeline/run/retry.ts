import type { Clock } from '../../core/clock.ts';
import { AbortedError, DtsError, type ErrorReport, reportOf } from '../../core/errors.ts';

/** Only a new opening of the change log helps: the runner starts the task again within the same window. */
const NEEDS_RESTART = 'DISK_FULL';

/** Minutes are the user's unit; the pipeline counts milliseconds. */
export interface RetryWindows {
  readonly connectionMillis: number;
  readonly otherMillis: number;
}

export interface RetryOptions {
  readonly windows: RetryWindows;
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** Told of each failure that will be tried again, with the pause before. */
  readonly onRetry: (failure: ErrorReport, delayMillis: number, attempt: number) => void;
  /** Told when work goes on after failures. */
  readonly onRecovered: () => void;
  /** Told when work that had failed before ends with a failure that is not tried again. */
  readonly onGivenUp: () => void;
}

const FIRST_DELAY_MILLIS = 200;
const LONGEST_DELAY_MILLIS = 15_000;

/** Full jitter between half and the whole of a doubling delay. Pure. */
export function backoff(attempt: number, random: number): number {
  const ceiling = Math.min(LONGEST_DELAY_MILLIS, FIRST_DELAY_MILLIS * 2 ** Math.min(attempt, 20));
  return Math.round(ceiling * (0.5 + random / 2));
}

/**
 * Runs `work` until it resolves. A failure is tried again while its class's window is open; the window opens with the first
 * failure and closes again when `work` reports success through `alive()`. Failures of class `never` pass through at once.
 */
export async function withRetry<T>(
  options: RetryOptions,
  work: (alive: () => void) => Promise<T>,
): Promise<T> {
  let firstFailureAt: number | undefined;
  let attempt = 0;
  const alive = () => {
    if (attempt === 0) return;
    firstFailureAt = undefined;
    attempt = 0;
    options.onRecovered();
  };
  const giveUp = (error: unknown) => {
    if (attempt > 0) options.onGivenUp();
    return error;
  };
  for (;;) {
    try {
      const result = await work(alive);
      alive();
      return result;
    } catch (error) {
      if (options.signal.aborted || error instanceof AbortedError) throw new AbortedError();
      if (!(error instanceof DtsError) || error.retry === 'never' || error.code === NEEDS_RESTART)
        throw giveUp(error);
      const now = options.clock.now();
      firstFailureAt ??= now;
      const window =
        error.retry === 'connection' ? options.windows.connectionMillis : options.windows.otherMillis;
      const delay = backoff(attempt, options.random());
      if (now + delay - firstFailureAt > window) throw giveUp(error);
      options.onRetry(reportOf(error), delay, attempt);
      attempt += 1;
      await options.clock.sleep(delay, options.signal);
    }
  }
}
