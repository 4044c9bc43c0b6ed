import type { ErrorReport } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import { type PrecheckReport, type Task, type TaskEvent, taskStates } from '../core/task.ts';
import type { RunnerEvent } from '../lifecycle/events.ts';
import { afterEvent, isRunnable } from '../lifecycle/lifecycle.ts';
import type { Store } from '../store/store.ts';
import type { TaskStateRows } from '../store/task-state.ts';
import { checkConfigOf, configOf } from './config.ts';
import type { EventService } from './events.ts';
import type { CheckConfig, NewEvent, TaskConfig, TaskControl } from './runner-port.ts';
import type { TaskRecords } from './task-records.ts';

/** Events of the lifecycle that a durable event of another kind than STATE tells best. */
const toldAs: Partial<Readonly<Record<RunnerEvent, TaskEvent['kind']>>> = {
  failed: 'ERROR',
  failedForGood: 'ERROR',
  retryBegan: 'RETRY',
};

export class ControlService implements TaskControl {
  readonly state: TaskStateRows;
  readonly #store: Store;
  readonly #records: TaskRecords;
  readonly #events: EventService;
  readonly #logger: Logger;

  constructor(options: { store: Store; records: TaskRecords; events: EventService; logger: Logger }) {
    this.#store = options.store;
    this.#records = options.records;
    this.#events = options.events;
    this.#logger = options.logger;
    this.state = options.store.taskState;
  }

  get(taskId: string): Task | undefined {
    return this.#records.get(taskId);
  }

  configOf(taskId: string): TaskConfig {
    return configOf(this.#store, this.#records.require(taskId));
  }

  checkOf(taskId: string): CheckConfig {
    return checkConfigOf(this.#store, this.#records.require(taskId));
  }

  transition(
    taskId: string,
    event: RunnerEvent,
    options: { readonly error?: ErrorReport | undefined } = {},
  ): Task | undefined {
    return this.#store.transaction(() => {
      const task = this.#records.get(taskId);
      const next = task && afterEvent(task, event);
      if (task === undefined || next === undefined) {
        this.#logger.debug({ taskId, event, state: task?.state }, 'late event dropped');
        return undefined;
      }
      const { error } = options;
      const kind = toldAs[event];
      if (kind !== undefined && error !== undefined) {
        this.#events.append(taskId, { kind, message: error.message, state: next.state, error });
      }
      return this.#records.change(task, error === undefined ? next : { ...next, error });
    });
  }

  event(taskId: string, event: NewEvent): number {
    return this.#events.append(taskId, event);
  }

  savePrecheck(report: PrecheckReport): void {
    this.#store.transaction(() => {
      // Destroyed while it was checked.
      if (this.#records.get(report.taskId) === undefined) return;
      this.#store.tasks.saveReport(report);
      if (report.finishedAt === undefined) return;
      this.transition(report.taskId, report.passed ? 'checkPassed' : 'checkFailed');
    });
  }

  runnable(): readonly Task[] {
    return this.#store.tasks.inStates(taskStates).filter(isRunnable);
  }
}
