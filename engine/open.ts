import { type Clock, systemClock } from './core/clock.ts';
import type { Logger } from './core/logger.ts';
import type { Engine } from './engine.ts';
import { localEnquiries } from './runner/local-enquiries.ts';
import { LocalRunner } from './runner/local-runner.ts';
import { defaultWorkerLimits } from './runner/task-worker.ts';
import type { TaskControl, TaskRunner } from './services/runner-port.ts';
import { createServices } from './services/services.ts';
import { openStore } from './store/store.ts';

export interface EngineOptions {
  /** Everything the service keeps: made if missing, owned by one process at a time. */
  readonly dataDir: string;
  /** 32 bytes in base64 that protect the stored secrets; without it a key file in the data directory. */
  readonly secretKey?: string | undefined;
  /** Most memory of one task's worker, MiB. */
  readonly taskMemoryMb?: number | undefined;
  /** Days for which events of tasks and the audit are kept. Default: 30. */
  readonly historyDays?: number | undefined;
  readonly logger: Logger;
  readonly clock?: Clock | undefined;
  /** Makes another runner than the one that works in this process. */
  readonly createRunner?: ((options: RunnerOptions) => TaskRunner) | undefined;
}

export interface RunnerOptions {
  readonly control: TaskControl;
  readonly dataDir: string;
  readonly taskMemoryMb?: number | undefined;
  readonly logger: Logger;
  readonly clock: Clock;
}

/** Opens the data directory and goes on with every task that should run. Throws STORE_LOCKED, STORE_VERSION, SECRET_KEY. */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const { dataDir, secretKey, taskMemoryMb, logger, clock = systemClock, createRunner = runHere } = options;
  const store = openStore({ dataDir, secretKey, clock });
  try {
    return createServices({
      store,
      createRunner: (control) => createRunner({ control, dataDir, taskMemoryMb, logger, clock }),
      enquiries: localEnquiries({ logger, clock }),
      clock,
      logger,
      historyDays: options.historyDays,
    });
  } catch (error) {
    store.close();
    throw error;
  }
}

function runHere({ control, dataDir, taskMemoryMb, logger, clock }: RunnerOptions): TaskRunner {
  const limits = {
    ...defaultWorkerLimits,
    memoryMegabytes: taskMemoryMb ?? defaultWorkerLimits.memoryMegabytes,
  };
  const runner = new LocalRunner({ control, dataDir, logger, clock, random: Math.random, limits });
  // Once the services stand: what was at work when the process ended goes on by itself.
  setImmediate(() => runner.resume());
  return runner;
}
