import type { EndpointConfig } from '../core/endpoint.ts';
import type { ErrorReport } from '../core/errors.ts';
import type { PrecheckReport, Task, TaskEvent, TaskProgress } from '../core/task.ts';
import type { RunnerEvent } from '../lifecycle/events.ts';
import type { OtherTask } from '../precheck/check.ts';
import type { TaskStateRows } from '../store/task-state.ts';

/**
 * Who brings tasks to their desired state. The services decide and store; the runner works. Calls return at once: what comes of
 * them is reported by TaskControl. None is made inside a store transaction.
 */
export interface TaskRunner {
  /** The task is CHECKING: check it, then `savePrecheck`. */
  precheck(taskId: string): void;
  /** State, desired state or an endpoint of the task has changed: start, end or restart its worker as it now should be. */
  reconcile(taskId: string): void;
  /** Latest numbers of a task that runs here; undefined for others. */
  progress(taskId: string): TaskProgress | undefined;
  /** Tells the id of a task each time its numbers change. */
  onProgress(listener: (taskId: string) => void): () => void;
  /** Ends the task's worker if there is one, and removes its change log and its checkpoint at the target. May repeat. */
  forget(taskId: string): Promise<void>;
  /** Ends all workers at their next checkpoint. */
  close(): Promise<void>;
}

export type NewEvent = Omit<TaskEvent, 'seq' | 'taskId' | 'at'>;

/** What the runner reports to, and reads its orders from. */
export interface TaskControl {
  get(taskId: string): Task | undefined;
  /** The task with both endpoints as they are now, passwords included. Throws NOT_FOUND, INVALID_INPUT for a task without both, SECRET_KEY. */
  configOf(taskId: string): TaskConfig;
  /** The same, with what its precheck asks of the store. */
  checkOf(taskId: string): CheckConfig;
  /**
   * Applies an event of the lifecycle. Undefined when the state refuses it: it came too late, and nothing changed.
   * `error` becomes the task's error in ERROR, FAILED and RETRYING.
   */
  transition(
    taskId: string,
    event: RunnerEvent,
    options?: { readonly error?: ErrorReport | undefined },
  ): Task | undefined;
  /** Appends to the task's durable events; gives its number. */
  event(taskId: string, event: NewEvent): number;
  /** Keeps the report; once it is finished the task becomes CHECK_PASSED or CHECK_FAILED in the same store transaction. */
  savePrecheck(report: PrecheckReport): void;
  /** Tasks that have something to do, oldest first: what a restart goes on with. CHECKING ones need `precheck` again. */
  runnable(): readonly Task[];
  /** What running tasks keep beside their checkpoint. */
  readonly state: TaskStateRows;
}

export interface TaskConfig {
  readonly task: Task;
  readonly source: EndpointConfig;
  readonly target: EndpointConfig;
}

export interface CheckConfig extends TaskConfig {
  /** Tasks that write to the same server, or may begin to, as of the call. */
  readonly others: () => readonly OtherTask[];
}
