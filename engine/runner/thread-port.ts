import type { MessagePort } from 'node:worker_threads';
import { DtsError, type ErrorReport } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { TaskPort } from '../pipeline/run/task-port.ts';
import type { FromThread, PortMethod, ToThread } from './messages.ts';

/** The thread's end of the port: calls go to the main thread as messages and resolve with its answer. */
export class ThreadPort {
  readonly #port: MessagePort;
  readonly #waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  #calls = 0;

  constructor(port: MessagePort) {
    this.#port = port;
  }

  post(message: FromThread): void {
    this.#port.postMessage(message);
  }

  /** Takes the answers among the messages that arrive. */
  receive(message: ToThread): void {
    if (message.type !== 'result' && message.type !== 'refused') return;
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.type === 'result') waiting?.resolve(message.value as never);
    else waiting?.reject(errorOf(message.error));
  }

  #call<T>(method: PortMethod, args: readonly unknown[]): Promise<T> {
    this.#calls += 1;
    const id = this.#calls;
    return new Promise<T>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.post({ type: 'call', id, method, args });
    });
  }

  readonly taskPort: TaskPort = {
    saveRun: (...args) => this.#call('saveRun', args),
    saveTables: (...args) => this.#call('saveTables', args),
    removeTable: (...args) => this.#call('removeTable', args),
    saveChunk: (...args) => this.#call('saveChunk', args),
    chunks: (...args) => this.#call('chunks', args),
    clearChunks: (...args) => this.#call('clearChunks', args),
    event: (event) => this.post({ type: 'event', event }),
    progress: (progress) => this.post({ type: 'progress', progress }),
    retrying: (error, delayMillis, attempt) => this.post({ type: 'retrying', error, delayMillis, attempt }),
    recovered: () => this.post({ type: 'recovered' }),
    caughtUp: () => this.post({ type: 'caughtUp' }),
    fellBehind: () => this.post({ type: 'fellBehind' }),
  };

  logger(bound: object = {}): Logger {
    const say = (level: 'debug' | 'info' | 'warn' | 'error') => (fields: object, message: string) =>
      this.post({ type: 'log', level, fields: { ...bound, ...fields }, message });
    return {
      debug: say('debug'),
      info: say('info'),
      warn: say('warn'),
      error: say('error'),
      child: (fields) => this.logger({ ...bound, ...fields }),
    };
  }
}

const errorOf = (report: ErrorReport) =>
  new DtsError(report.code, report.message, { details: report.details, remedy: report.remedy });
