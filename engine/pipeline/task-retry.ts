import type { Clock } from '../core/clock.ts';
import type { TaskOptions } from '../core/task.ts';
import type { RetryOptions } from './run/retry.ts';
import type { TaskPort } from './run/task-port.ts';

/** The task's retry windows, and its port told of each failure and of the recovery. */
export function retryOptionsOf(options: {
  options: TaskOptions;
  clock: Clock;
  random: () => number;
  signal: AbortSignal;
  port: TaskPort;
}): RetryOptions {
  // Stages fail and recover apart; the task is well again when the last of them is.
  let failing = 0;
  const recovered = () => {
    failing -= 1;
    if (failing === 0) options.port.recovered();
  };
  return {
    windows: {
      connectionMillis: options.options.retryConnectionMinutes * 60_000,
      otherMillis: options.options.retryOtherMinutes * 60_000,
    },
    clock: options.clock,
    random: options.random,
    signal: options.signal,
    onRetry: (error, delayMillis, attempt) => {
      if (attempt === 0) failing += 1;
      options.port.retrying(error, delayMillis, attempt);
    },
    onRecovered: recovered,
    // Its caller may live with that failure, and the task goes on.
    onGivenUp: recovered,
  };
}
