import { type Clock, systemClock } from './core/clock.ts';
import type { Logger } from './core/logger.ts';
import type { Engine } from './engine.ts';
import { localEnquiries } from './runner/local-enquiries.ts';
import { LocalRunner } from './runner/local-runner.ts';
import { defaultWorkerLimits } from './runner/task-worker.ts';
import { ThreadEntry } from './runner/thread-entry.ts';
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
  /** Folder for what the engine makes to start faster and smaller; may be emptied at any time. Without it a task takes more memory. */
  readonly cacheDir?: string | undefined;
  readonly logger: Logger;
  readonly clock?: Clock | undefined;
  /** Makes another runner than the one that works in this process. */
  readonly createRunner?: ((options: RunnerOptions) => TaskRunner) | undefined;
}

export interface RunnerOptions {
  readonly control: TaskControl;
  readonly dataDir: string;
  readonly taskMemoryMb?: number | undefined;
  readonly cacheDir?: string | undefined;
  readonly logger: Logger;
  readonly clock: Clock;
}

/** Opens the data directory and goes on with every task that should run. Throws STORE_LOCKED, STORE_VERSION, SECRET_KEY. */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const { dataDir, secretKey, taskMemoryMb, cacheDir, logger, clock = systemClock } = options;
  const { createRunner = runHere } = options;
  const store = openStore({ dataDir, secretKey, clock });
  try {
    return createServices({
      store,
      createRunner: (control) => createRunner({ control, dataDir, taskMemoryMb, cacheDir, logger, clock }),
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

function runHere(options: RunnerOptions): TaskRunner {
  const { cacheDir, logger } = options;
  const limits = {
    ...defaultWorkerLimits,
    memoryMegabytes: options.taskMemoryMb ?? defaultWorkerLimits.memoryMegabytes,
  };
  const threadProgram = cacheDir === undefined ? undefined : new ThreadEntry({ folder: cacheDir, logger });
  const runner = new LocalRunner({ ...options, random: Math.random, limits, threadProgram });
  // Once the services stand: what was at work when the process ended goes on by itself.
  setImmediate(() => runner.resume());
  return runner;
}
