import type { Clock } from '../core/clock.ts';
import type { ErrorReport } from '../core/errors.ts';
import type { Task, TaskState } from '../core/task.ts';
import type { Store } from '../store/store.ts';
import type { EventService } from './events.ts';
import { notFound } from './refusals.ts';

/** States that an error belongs to. Any other state means that the task is well, and takes the error away. */
const ailing: ReadonlySet<TaskState> = new Set(['ERROR', 'RETRYING', 'FAILED']);

/** Tasks in the store, changed together with their version and the event that tells of a new state. */
export class TaskRecords {
  readonly #store: Store;
  readonly #events: EventService;
  readonly #clock: Clock;

  constructor(options: { store: Store; events: EventService; clock: Clock }) {
    this.#store = options.store;
    this.#events = options.events;
    this.#clock = options.clock;
  }

  get(id: string): Task | undefined {
    return this.#store.tasks.get(id);
  }

  require(id: string): Task {
    const task = this.get(id);
    if (task === undefined) throw notFound('task', id);
    return task;
  }

  /** Inside a transaction of the caller. `error` given: the state's cause, whatever the state. */
  change(task: Task, change: Partial<Task>): Task {
    const state = change.state ?? task.state;
    const changed: Task = {
      ...task,
      ...change,
      error: change.error ?? (ailing.has(state) ? task.error : undefined),
      updatedAt: this.#clock.now(),
      version: task.version + 1,
    };
    this.#store.tasks.update(changed);
    if (state !== task.state) {
      this.#events.append(task.id, {
        kind: 'STATE',
        message: stateMessage(task.state, state, change.error),
        state,
        error: change.error,
      });
    }
    return changed;
  }
}

function stateMessage(from: TaskState, to: TaskState, error: ErrorReport | undefined): string {
  return error === undefined ? `${from} → ${to}` : `${from} → ${to}: ${error.message}`;
}
