import type { Clock } from '../core/clock.ts';
import { AbortedError } from '../core/errors.ts';
import { Signal } from '../core/signal.ts';
import { phaseNames, type TaskProgress } from '../core/task.ts';
import type { RunState, TableRun } from '../pipeline/run/run-state.ts';
import type { Store } from '../store/store.ts';
import type { TaskRunner } from './runner-port.ts';

/** Numbers of tasks: those of the runner, or for a task that does not run here what it left in the store. */
export class ProgressService {
  readonly #store: Store;
  readonly #runner: TaskRunner;
  readonly #clock: Clock;
  readonly #closing: AbortSignal;
  readonly #watched = new Map<string, { readonly changed: Signal; watchers: number }>();

  constructor(options: { store: Store; runner: TaskRunner; clock: Clock; closing: AbortSignal }) {
    this.#store = options.store;
    this.#runner = options.runner;
    this.#clock = options.clock;
    this.#closing = options.closing;
    options.runner.onProgress((taskId) => this.changed(taskId));
  }

  latest(taskId: string): TaskProgress | undefined {
    const live = this.#runner.progress(taskId);
    if (live !== undefined) return live;
    const run = this.#store.taskState.loadRun<RunState>(taskId);
    return run && restingProgress(run, this.#store.taskState.tables<TableRun>(taskId));
  }

  /** Tells watchers to look again. */
  changed(taskId: string): void {
    this.#watched.get(taskId)?.changed.notify();
  }

  /** Coalesced: a watcher that is slow, or the limit per second, skips values and gets the latest. */
  async *watch(
    taskId: string,
    perSecond: number,
    watcher: AbortSignal,
  ): AsyncGenerator<TaskProgress, void, undefined> {
    const signal = AbortSignal.any([watcher, this.#closing]);
    const watched = this.#watched.get(taskId) ?? { changed: new Signal(), watchers: 0 };
    this.#watched.set(taskId, watched);
    watched.watchers++;
    try {
      let shown = '';
      while (!signal.aborted && this.#store.tasks.get(taskId) !== undefined) {
        const progress = this.latest(taskId);
        const text = JSON.stringify(progress);
        if (progress === undefined || text === shown) {
          await watched.changed.next(signal);
          continue;
        }
        shown = text;
        yield progress;
        await this.#clock.sleep(1000 / perSecond, signal);
      }
    } catch (error) {
      if (!(error instanceof AbortedError)) throw error;
    } finally {
      watched.watchers--;
      if (watched.watchers === 0) this.#watched.delete(taskId);
    }
  }
}

/** Of a task that is at rest: nothing moves, so there is no rate and no lag. */
function restingProgress(run: RunState, tables: readonly TableRun[]): TaskProgress {
  const sum = (count: (table: TableRun) => number) =>
    tables.reduce((total, table) => total + count(table), 0);
  return {
    phases: phaseNames.map((name) => {
      const phase = run.phases[name];
      return { name, ...phase, percent: phase.state === 'DONE' ? 100 : 0 };
    }),
    rowsCopied: sum((table) => table.rowsCopied),
    rowsTotal: sum((table) => Math.max(table.rowsCopied, table.estimatedRows)),
    bytesCopied: sum((table) => table.bytesCopied),
    changesCaptured: run.totals.changesCaptured,
    changesApplied: run.totals.changesApplied,
    rowsMissing: run.totals.rowsMissing ?? 0,
    rowsPerSecond: 0,
    bytesPerSecond: 0,
    transactionsPerSecond: 0,
    lagBytes: 0,
    bottleneck: 'NONE',
  };
}
