import { Worker } from 'node:worker_threads';
import { DtsError, type ErrorReport, reportOf } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { TaskProgress } from '../core/task.ts';
import type { NewTaskEvent } from '../pipeline/run/task-port.ts';
import type { FromThread, PortMethod, ThreadInput, ToThread } from './messages.ts';
import { sourceStack } from './source-stack.ts';

export type Ending =
  | { readonly outcome: 'completed' | 'aborted' }
  | { readonly outcome: 'failed'; readonly error: ErrorReport };

/** What the main thread does for a task's thread. */
export interface WorkerHost {
  call(method: PortMethod, args: readonly unknown[]): unknown;
  event(event: NewTaskEvent): void;
  /** `over`: the thread was asked to end, these are its last numbers. */
  progress(progress: TaskProgress, over: boolean): void;
  retrying(error: ErrorReport, delayMillis: number, attempt: number): void;
  recovered(): void;
  caughtUp(): void;
  fellBehind(): void;
}

export interface WorkerLimits {
  /** JavaScript heap of the thread, MiB. */
  readonly memoryMegabytes: number;
  readonly pingMillis: number;
  /** A thread that answers no ping for this long is ended. */
  readonly stalledMillis: number;
}

export const defaultWorkerLimits: WorkerLimits = {
  memoryMegabytes: 512,
  pingMillis: 2000,
  stalledMillis: 60_000,
};
/** Garbage between two scavenges: small, as buffers that short-lived objects hold wait with them. */
const YOUNG_MEGABYTES = 8;
/** A thread loads its modules before it can answer, which takes long on a busy machine. */
const START_MILLIS = 120_000;
const tellsOfTheRun: ReadonlySet<FromThread['type']> = new Set([
  'retrying',
  'recovered',
  'caughtUp',
  'fellBehind',
]);
/** A thread that was asked to stop gets this long before it is ended. */
const STOP_MILLIS = 15_000;

/** One task's thread as the main thread sees it. Whatever it does (throw, spin, run out of memory), it only ends itself. */
export class TaskWorker {
  readonly #worker: Worker;
  readonly #host: WorkerHost;
  readonly #logger: Logger;
  readonly #limits: WorkerLimits;
  readonly #ping: NodeJS.Timeout;
  #heardAt: number | undefined;
  readonly #startedAt = Date.now();
  #ending: Ending | undefined;
  #stopping: NodeJS.Timeout | undefined;
  #leaving = false;
  /** Resolves once the thread is gone. */
  readonly ended: Promise<Ending>;

  constructor(options: {
    input: ThreadInput;
    host: WorkerHost;
    logger: Logger;
    limits?: WorkerLimits | undefined;
    /** Module that the thread runs. Default: task-thread.ts. */
    entry?: URL | undefined;
  }) {
    this.#host = options.host;
    this.#logger = options.logger;
    this.#limits = options.limits ?? defaultWorkerLimits;
    this.#worker = new Worker(options.entry ?? new URL('./task-thread.ts', import.meta.url), {
      workerData: options.input,
      resourceLimits: {
        maxOldGenerationSizeMb: this.#limits.memoryMegabytes,
        maxYoungGenerationSizeMb: YOUNG_MEGABYTES,
      },
      name: `task ${options.input.taskId}`,
    });
    this.#worker.on('message', (message: FromThread) => this.#receive(message));
    this.#worker.on('error', (error) => {
      const stack = error instanceof Error ? sourceStack(error.stack ?? error.message) : String(error);
      this.#logger.error({ error: stack }, 'the thread of the task died');
      this.#ending ??= { outcome: 'failed', error: deathOf(error) };
    });
    this.#ping = setInterval(() => this.#watch(), this.#limits.pingMillis);
    this.ended = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        clearInterval(this.#ping);
        clearTimeout(this.#stopping);
        const silent = reportOf(new DtsError('WORKER_DIED', 'The worker of the task ended without a word.'));
        resolve(this.#ending ?? { outcome: 'failed', error: silent });
      });
    });
  }

  complete(): void {
    this.#post({ type: 'complete' });
  }

  /** Asks the thread to end at once and sees to it. */
  async stop(): Promise<Ending> {
    this.#leaving = true;
    this.#post({ type: 'stop' });
    this.#stopping ??= setTimeout(() => void this.#worker.terminate(), STOP_MILLIS);
    return await this.ended;
  }

  #post(message: ToThread): void {
    this.#worker.postMessage(message);
  }

  #watch(): void {
    const silentSince = this.#heardAt ?? this.#startedAt;
    const limit = this.#heardAt === undefined ? START_MILLIS : this.#limits.stalledMillis;
    if (Date.now() - silentSince > limit) {
      this.#ending ??= {
        outcome: 'failed',
        error: reportOf(new DtsError('WORKER_STALLED', 'The worker of the task stopped answering.')),
      };
      void this.#worker.terminate();
      return;
    }
    this.#post({ type: 'ping' });
  }

  #receive(message: FromThread): void {
    this.#heardAt = Date.now();
    // What a thread says after it was asked to end is about a run that is over; what it has to store still counts.
    if (this.#leaving && tellsOfTheRun.has(message.type)) return;
    try {
      this.#handle(message);
    } catch (error) {
      // The store may be full or busy: that must not end the service, and the next message tells the same again.
      this.#logger.error({ type: message.type, error: reportOf(error) }, 'a message of the task was lost');
    }
  }

  #handle(message: FromThread): void {
    switch (message.type) {
      case 'call':
        this.#answer(message.id, message.method, message.args);
        break;
      case 'event':
        this.#host.event(message.event);
        break;
      case 'progress':
        this.#host.progress(message.progress, this.#leaving);
        break;
      case 'retrying':
        this.#host.retrying(message.error, message.delayMillis, message.attempt);
        break;
      case 'recovered':
        this.#host.recovered();
        break;
      case 'caughtUp':
        this.#host.caughtUp();
        break;
      case 'fellBehind':
        this.#host.fellBehind();
        break;
      case 'log':
        this.#logger[message.level](message.fields, message.message);
        break;
      case 'ended':
        this.#ending =
          message.outcome === 'failed'
            ? { outcome: 'failed', error: message.error }
            : { outcome: message.outcome };
        this.#stopping ??= setTimeout(() => void this.#worker.terminate(), STOP_MILLIS);
        break;
      case 'pong':
        break;
    }
  }

  #answer(id: number, method: PortMethod, args: readonly unknown[]): void {
    try {
      this.#post({ type: 'result', id, value: this.#host.call(method, args) });
    } catch (error) {
      this.#post({ type: 'refused', id, error: reportOf(error) });
    }
  }
}

function deathOf(error: unknown): ErrorReport {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return reportOf(new DtsError('OUT_OF_MEMORY', 'The worker of the task used up its memory limit.'));
  }
  const reason = error instanceof Error ? error.message : String(error);
  return reportOf(new DtsError('WORKER_DIED', `The worker of the task died: ${reason}`, { cause: error }));
}
