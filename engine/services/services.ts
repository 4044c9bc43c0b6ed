import type { Clock } from '../core/clock.ts';
import { DtsError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Engine } from '../engine.ts';
import type { Store } from '../store/store.ts';
import { AuditService } from './audit.ts';
import { ControlService } from './control.ts';
import { EndpointService } from './endpoints.ts';
import type { Enquiries } from './enquiries.ts';
import { EventService } from './events.ts';
import { IdempotencyService } from './idempotency.ts';
import { ProgressService } from './progress.ts';
import type { TaskControl, TaskRunner } from './runner-port.ts';
import { TaskRecords } from './task-records.ts';
import { TaskService } from './tasks.ts';
import { TokenService } from './tokens.ts';
import { startUpkeep } from './upkeep.ts';

export interface ServicesOptions {
  /** Closed with the engine. */
  readonly store: Store;
  /** Makes the runner, which may use `control` at once. */
  readonly createRunner: (control: TaskControl) => TaskRunner;
  readonly enquiries: Enquiries;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Days for which events of tasks and the audit are kept. */
  readonly historyDays?: number | undefined;
}

/** How long events of tasks can be followed back, and the audit, when nothing else is said. */
const HISTORY_DAYS = 30;

/** The engine over a store and a runner. */
export function createServices(options: ServicesOptions): Engine {
  const { store, clock, logger, enquiries } = options;
  const closing = new AbortController();
  const events = new EventService({ store, clock, closing: closing.signal });
  const records = new TaskRecords({ store, events, clock });
  const runner = options.createRunner(new ControlService({ store, records, events, logger }));
  const progress = new ProgressService({ store, runner, clock, closing: closing.signal });
  const tasks = new TaskService({ store, records, events, progress, runner, enquiries, clock, logger });
  let closed: Promise<void> | undefined;

  async function close(): Promise<void> {
    closing.abort();
    upkeep.stop();
    try {
      await runner.close();
    } finally {
      store.close();
    }
  }

  // Also what was being destroyed when the service died.
  const upkeep = startUpkeep({
    store,
    clock,
    logger,
    historyDays: options.historyDays ?? HISTORY_DAYS,
    destroyExpired: () => tasks.destroyExpired(),
  });

  return {
    endpoints: new EndpointService({ store, runner, enquiries, clock }),
    tasks,
    events,
    tokens: new TokenService({ store, clock }),
    idempotency: new IdempotencyService({ store, clock }),
    audit: new AuditService({ store }),
    async ready() {
      if (closed !== undefined) throw new DtsError('SHUTTING_DOWN', 'The engine is closing');
      store.ping();
    },
    close() {
      closed ??= close();
      return closed;
    },
  };
}
