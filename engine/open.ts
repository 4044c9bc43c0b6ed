import { type Clock, systemClock } from './core/clock.ts';
import { DtsError } from './core/errors.ts';
import type { Logger } from './core/logger.ts';
import type { Engine } from './engine.ts';
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
  readonly logger: Logger;
  readonly clock?: Clock | undefined;
  /** Makes the runner of the tasks. */
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
  const { dataDir, secretKey, taskMemoryMb, logger, clock = systemClock, createRunner } = options;
  if (createRunner === undefined) throw new DtsError('UNSUPPORTED', 'The engine was opened without a runner');
  const store = openStore({ dataDir, secretKey, clock });
  try {
    return createServices({
      store,
      createRunner: (control) => createRunner({ control, dataDir, taskMemoryMb, logger, clock }),
      clock,
      logger,
    });
  } catch (error) {
    store.close();
    throw error;
  }
}
