import { rm } from 'node:fs/promises';
import path from 'node:path';
import { openTarget } from '../connectors/connectors.ts';
import type { Clock } from '../core/clock.ts';
import { type ErrorReport, reportOf } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { TaskProgress } from '../core/task.ts';
import { isRunnable } from '../lifecycle/lifecycle.ts';
import { backoff } from '../pipeline/run/retry.ts';
import type { RunState, TableRun } from '../pipeline/run/run-state.ts';
import type { DoneChunk } from '../pipeline/run/task-port.ts';
import { runPrecheck } from '../precheck/run.ts';
import type { TaskConfig, TaskControl, TaskRunner } from '../services/runner-port.ts';
import type { PortMethod } from './messages.ts';
import { readerIdOf } from './reader-id.ts';
import { type Ending, TaskWorker, type WorkerHost, type WorkerLimits } from './task-worker.ts';
import type { ThreadEntry } from './thread-entry.ts';

export interface LocalRunnerOptions {
  readonly dataDir: string;
  readonly control: TaskControl;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly random: () => number;
  readonly limits?: WorkerLimits | undefined;
  /** Module that the threads of tasks run instead of task-thread.ts. */
  readonly threadEntry?: URL | undefined;
  /** Where they get it from, if it is not given: closed with the runner. */
  readonly threadProgram?: ThreadEntry | undefined;
}

/** Failures of a worker itself: it is started again from its checkpoints, this many times in a row without progress. */
const RESTARTABLE = new Set(['WORKER_DIED', 'WORKER_STALLED', 'OUT_OF_MEMORY', 'DISK_FULL']);
const RESTARTS = 10;
const STORE_RETRY_MILLIS = 5000;
/** What the task needs is gone: only a new task can copy again. */
const LOST: ReadonlySet<string> = new Set(['SOURCE_LOG_PURGED', 'TARGET_CHECKPOINT_LOST']);

interface Running {
  readonly worker: TaskWorker;
  readonly done: Promise<void>;
  completing: boolean;
  /** A stage of it fails and tries again. */
  failing: boolean;
  /** Endpoints, options and objects as the thread was given them. */
  readonly given: string;
}

/** Runs the tasks of this process, each in a thread of its own, and keeps them where their desired state says. */
export class LocalRunner implements TaskRunner {
  readonly #options: LocalRunnerOptions;
  readonly #running = new Map<string, Running>();
  readonly #progress = new Map<string, TaskProgress>();
  readonly #listeners = new Set<(taskId: string) => void>();
  /** Restarts since the task last got further, and how far it was at the last of them. */
  readonly #restarts = new Map<string, { count: number; since: number; done: number }>();
  readonly #checks = new Map<string, { abort: AbortController; done: Promise<void> }>();
  readonly #waiting = new Map<string, NodeJS.Timeout>();
  #closing = false;

  constructor(options: LocalRunnerOptions) {
    this.#options = options;
  }

  /** Takes up every task that was at work when the process ended. */
  resume(): void {
    // Closed as soon as it was opened.
    if (this.#closing) return;
    for (const task of this.#options.control.runnable()) this.#surely(task.id, () => this.reconcile(task.id));
  }

  /** Brings a task to where its state says. Called after every change of it; may be called at any time. */
  reconcile(taskId: string): void {
    if (this.#closing) return;
    const { control } = this.#options;
    const task = control.get(taskId);
    switch (task?.isolatedUntil === undefined ? task?.state : undefined) {
      case 'CHECKING':
        this.precheck(taskId);
        break;
      case 'QUEUED':
        control.transition(taskId, 'dequeued');
        this.#ensure(taskId);
        break;
      case 'RETRYING':
        // Asked for by the user, or cut off by the end of the service: nothing is failing now.
        if (!this.#running.has(taskId) && !this.#waiting.has(taskId)) control.transition(taskId, 'recovered');
        this.#ensure(taskId);
        break;
      case 'RUNNING':
      case 'READY_TO_COMPLETE':
      case 'COMPLETING':
        this.#ensure(taskId);
        break;
      case 'STOPPING':
        void this.#halt(taskId).then(() => control.transition(taskId, 'stopped'));
        break;
      default:
        void this.#halt(taskId);
    }
  }

  precheck(taskId: string): void {
    if (this.#closing || this.#checks.has(taskId)) return;
    const abort = new AbortController();
    const done = this.#check(taskId, abort.signal).finally(() => this.#checks.delete(taskId));
    this.#checks.set(taskId, { abort, done });
  }

  progress(taskId: string): TaskProgress | undefined {
    return this.#progress.get(taskId);
  }

  onProgress(listener: (taskId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Removes what the task left: its checkpoint at the target and its files. A target out of reach keeps its checkpoint row. */
  async forget(taskId: string): Promise<void> {
    const { control, logger, clock } = this.#options;
    await this.#halt(taskId);
    if (control.state.loadRun(taskId) !== undefined) {
      try {
        const target = await openTarget({ endpoint: control.configOf(taskId).target, logger, clock });
        try {
          await target.forget(taskId);
        } finally {
          await target.close();
        }
      } catch (error) {
        logger.warn(
          { taskId, error: reportOf(error) },
          'the checkpoint of the destroyed task stays at the target',
        );
      }
    }
    control.state.clearRun(taskId);
    this.#progress.delete(taskId);
    await rm(this.#directoryOf(taskId), { recursive: true, force: true });
  }

  async close(): Promise<void> {
    this.#closing = true;
    for (const timer of this.#waiting.values()) clearTimeout(timer);
    const checks = [...this.#checks.values()];
    for (const { abort } of checks) abort.abort();
    await Promise.all([
      this.#options.threadProgram?.close(),
      ...checks.map(({ done }) => done),
      ...[...this.#running.keys()].map((taskId) => this.#halt(taskId)),
    ]);
  }

  #directoryOf(taskId: string): string {
    return path.join(this.#options.dataDir, 'tasks', taskId);
  }

  #ensure(taskId: string): void {
    if (this.#waiting.has(taskId)) return;
    let running = this.#running.get(taskId);
    if (running !== undefined && this.#isOutdated(taskId, running)) {
      // An endpoint, an option or the objects were changed: the thread ends, and the next one takes it as it is now.
      void running.worker.stop();
      return;
    }
    const again = () => this.#surely(taskId, () => this.reconcile(taskId));
    if (running === undefined && this.#options.threadProgram?.defers(again)) return;
    if (running === undefined) running = this.#begin(taskId);
    if (this.#options.control.get(taskId)?.desiredState === 'COMPLETED' && !running.completing) {
      running.completing = true;
      running.worker.complete();
    }
  }

  #isOutdated(taskId: string, running: Running): boolean {
    return running.given !== givenBy(this.#options.control.configOf(taskId));
  }

  /** Does what must not be lost when the store fails for a while: a full disk. */
  #surely(taskId: string, work: () => void): void {
    if (this.#closing) return;
    try {
      work();
    } catch (error) {
      this.#options.logger.error(
        { taskId, error: reportOf(error) },
        'the store did not take a change: trying again',
      );
      setTimeout(() => this.#surely(taskId, work), STORE_RETRY_MILLIS).unref();
    }
  }

  #begin(taskId: string): Running {
    const { control, logger } = this.#options;
    const { state } = control;
    const { task, source, target } = control.configOf(taskId);
    const run = state.loadRun<RunState>(taskId);
    if (run === undefined) state.clearRun(taskId);
    const worker = new TaskWorker({
      input: {
        taskId,
        kind: task.kind,
        selection: task.objects,
        options: task.options,
        directory: this.#directoryOf(taskId),
        run,
        tables: run === undefined ? [] : state.tables<TableRun>(taskId),
        source,
        target,
        readerId: readerIdOf(taskId),
      },
      host: this.#hostOf(taskId),
      logger: logger.child({ taskId }),
      limits: this.#options.limits,
      entry: this.#options.threadEntry ?? this.#options.threadProgram?.url,
    });
    const done = worker.ended.then((ending) => {
      this.#running.delete(taskId);
      this.#rest(taskId);
      this.#surely(taskId, () => this.#ended(taskId, ending));
    });
    const running = {
      worker,
      done,
      completing: false,
      failing: false,
      given: givenBy({ task, source, target }),
    };
    this.#running.set(taskId, running);
    // Until the thread tells its first numbers those of the store are the best.
    this.#progress.delete(taskId);
    return running;
  }

  #hostOf(taskId: string): WorkerHost {
    const { control } = this.#options;
    return {
      call: (method, args) => this.#call(taskId, method, args),
      event: (event) => control.event(taskId, event),
      progress: (progress, over) => {
        this.#progress.set(taskId, progress);
        for (const listener of this.#listeners) listener(taskId);
        if (over) return;
        if (doneOf(progress) > (this.#restarts.get(taskId)?.done ?? 0)) this.#restarts.delete(taskId);
        // Asked to retry by the user, with a thread that has nothing to recover from.
        const working = this.#running.get(taskId)?.failing === false;
        if (working && control.get(taskId)?.state === 'RETRYING') control.transition(taskId, 'recovered');
      },
      retrying: (error, delayMillis, attempt) => {
        this.#setFailing(taskId, true);
        this.#options.logger.warn({ taskId, error, delayMillis, attempt }, 'a passing failure: trying again');
        control.transition(taskId, 'retryBegan', { error });
      },
      recovered: () => {
        this.#setFailing(taskId, false);
        control.event(taskId, { kind: 'RETRY', message: 'Recovered: working again.' });
        control.transition(taskId, 'recovered');
      },
      caughtUp: () => {
        if (control.get(taskId)?.state === 'RUNNING') control.transition(taskId, 'caughtUp');
      },
      fellBehind: () => {
        if (control.get(taskId)?.state === 'READY_TO_COMPLETE') control.transition(taskId, 'fellBehind');
      },
    };
  }

  /** What a task that has no thread shows: counts as they were, and nothing that moves. */
  #rest(taskId: string): void {
    const last = this.#progress.get(taskId);
    if (last === undefined) return;
    this.#progress.set(taskId, progressAtRest(last));
    for (const listener of this.#listeners) listener(taskId);
  }

  #setFailing(taskId: string, failing: boolean): void {
    const running = this.#running.get(taskId);
    if (running !== undefined) running.failing = failing;
  }

  #call(taskId: string, method: PortMethod, args: readonly unknown[]): unknown {
    const { state } = this.#options.control;
    switch (method) {
      case 'saveRun':
        return state.saveRun(taskId, args[0] as RunState);
      case 'saveTables':
        return state.saveTables(taskId, args[0] as TableRun[]);
      case 'removeTable':
        return state.clearTable(taskId, args[0] as TableRun);
      case 'saveChunk':
        return state.saveChunk(taskId, args[0] as TableRun, args[1] as DoneChunk);
      case 'chunks':
        return state.chunks(taskId, args[0] as TableRun);
      case 'clearChunks':
        return state.clearChunks(taskId, args[0] as TableRun);
    }
  }

  #ended(taskId: string, ending: Ending): void {
    const { control } = this.#options;
    if (this.#closing) return;
    if (ending.outcome === 'completed') control.transition(taskId, 'completed');
    else if (ending.outcome === 'failed') this.#failed(taskId, ending.error);
    // What was asked of the task while its thread ended still counts.
    const task = control.get(taskId);
    if (ending.outcome === 'aborted' && task !== undefined && isRunnable(task)) this.reconcile(taskId);
  }

  #failed(taskId: string, error: ErrorReport): void {
    const { control, clock, random } = this.#options;
    const restarts = this.#restarts.get(taskId)?.count ?? 0;
    if (
      !RESTARTABLE.has(error.code) ||
      (restarts >= RESTARTS && !(error.code === 'DISK_FULL' && this.#windowOpen(taskId)))
    ) {
      this.#restarts.delete(taskId);
      control.transition(taskId, LOST.has(error.code) ? 'failedForGood' : 'failed', { error });
      return;
    }
    const last = this.#progress.get(taskId);
    const former = this.#restarts.get(taskId);
    const since = former?.since ?? clock.now();
    // A thread that died before its first numbers got no further than the one before.
    const done = Math.max(former?.done ?? 0, last === undefined ? 0 : doneOf(last));
    this.#restarts.set(taskId, { count: restarts + 1, since, done });
    const delay = backoff(restarts, random());
    control.transition(taskId, 'retryBegan', { error });
    const startedAt = clock.now();
    this.#waiting.set(
      taskId,
      setTimeout(() => {
        this.#waiting.delete(taskId);
        this.#options.logger.info({ taskId, waited: clock.now() - startedAt }, 'starting the worker again');
        this.#surely(taskId, () => {
          control.transition(taskId, 'recovered');
          this.reconcile(taskId);
        });
      }, delay),
    );
  }

  /** A full disk may be cleared by its operator: it gets the window of other failures. */
  #windowOpen(taskId: string): boolean {
    const { control, clock } = this.#options;
    const since = this.#restarts.get(taskId)?.since;
    const minutes = control.get(taskId)?.options.retryOtherMinutes ?? 0;
    return since !== undefined && clock.now() - since < minutes * 60_000;
  }

  async #halt(taskId: string): Promise<void> {
    const timer = this.#waiting.get(taskId);
    clearTimeout(timer);
    this.#waiting.delete(taskId);
    const running = this.#running.get(taskId);
    if (running === undefined) return;
    await running.worker.stop();
    await running.done;
  }

  async #check(taskId: string, signal: AbortSignal): Promise<void> {
    const { control, logger, clock } = this.#options;
    const startedAt = clock.now();
    try {
      const items = await runPrecheck({ ...control.checkOf(taskId), logger, clock, signal });
      const passed = items.every((item) => item.grade !== 'FAIL');
      control.savePrecheck({ taskId, startedAt, finishedAt: clock.now(), passed, items });
    } catch (error) {
      // The service ends: the next start checks again.
      if (signal.aborted) return;
      const report = reportOf(error);
      logger.error({ taskId, error: report }, 'the precheck failed');
      control.transition(taskId, 'failed', { error: report });
    }
  }
}

/** What a thread is given once, at its start. */
const givenBy = ({ task, source, target }: TaskConfig) =>
  JSON.stringify([source, target, task.options, task.objects]);

/** Grows with the work of a task. */
const doneOf = (progress: TaskProgress) => progress.changesApplied + progress.rowsCopied;

function progressAtRest(last: TaskProgress): TaskProgress {
  return {
    ...last,
    phases: last.phases.map((phase) => ({ ...phase, etaSeconds: undefined })),
    rowsPerSecond: 0,
    bytesPerSecond: 0,
    transactionsPerSecond: 0,
    lagMillis: undefined,
    bottleneck: 'NONE',
  };
}
