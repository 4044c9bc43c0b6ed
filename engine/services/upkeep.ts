import type { Clock } from '../core/clock.ts';
import { reportOf } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Store } from '../store/store.ts';

const DAY_MILLIS = 24 * 3600 * 1000;

export interface UpkeepOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long events of tasks, entries of the audit and revoked tokens are kept. */
  readonly historyDays: number;
  /** Destroys tasks whose time in the recycle bin is over. */
  readonly destroyExpired: () => Promise<void>;
}

/** What keeps the store from growing for ever: done now, and once a day until `stop`. */
export function startUpkeep(options: UpkeepOptions): { stop(): void } {
  const work = () => void upkeep(options);
  const timer = setInterval(work, DAY_MILLIS);
  timer.unref();
  work();
  return { stop: () => clearInterval(timer) };
}

async function upkeep({ store, clock, logger, historyDays, destroyExpired }: UpkeepOptions): Promise<void> {
  try {
    const before = clock.now() - historyDays * DAY_MILLIS;
    store.events.prune(before);
    store.audit.prune(before);
    store.tokens.prune(before);
    await destroyExpired();
  } catch (error) {
    logger.error({ error: reportOf(error) }, 'the upkeep of the store failed: it is done again in a day');
  }
}
