import type { DesiredState, Task, TaskKind, TaskState } from '../core/task.ts';
import { eventsOfKind, eventTable, type RunnerEvent } from './events.ts';
import { isolatedTable, type Operation, operations, operationsOfKind, operationTable } from './operations.ts';
import { no, type Outcome, pursuing } from './outcome.ts';

/** What of a task the lifecycle looks at. */
export interface Standing {
  readonly kind: TaskKind;
  readonly state: TaskState;
  readonly desiredState: DesiredState;
  readonly isolatedUntil?: number | undefined;
}

/** State and desired state after an operation or event. */
export interface Next {
  readonly state: TaskState;
  readonly desiredState: DesiredState;
}

/** How long the recycle bin keeps a task. */
export const ISOLATION_MILLIS = 7 * 24 * 3600 * 1000;

/** Undefined: the operation is refused. */
export function afterOperation(task: Standing, operation: Operation): Next | undefined {
  return applied(task, operationOutcome(task, operation));
}

/** Undefined: the event is dropped. */
export function afterEvent(task: Standing, event: RunnerEvent): Next | undefined {
  return applied(task, eventsOfKind[task.kind][event] ? eventTable[task.state][event] : no);
}

/** Operations that the task allows now, in the order of `operations`. */
export function allowedOperations(task: Standing): readonly Operation[] {
  return operations.filter((operation) => operationOutcome(task, operation).kind !== 'refuse');
}

/** False while the task has never worked: all of it can still be changed then. */
export function isStarted({ state }: Pick<Task, 'state'>): boolean {
  return !['DRAFT', 'CHECKING', 'CHECK_FAILED', 'CHECK_PASSED'].includes(state);
}

/** States in which a task has something to do by itself. */
const working: Readonly<Record<TaskState, boolean>> = {
  DRAFT: false,
  CHECKING: true,
  CHECK_FAILED: false,
  CHECK_PASSED: false,
  QUEUED: true,
  RUNNING: true,
  PAUSED: false,
  READY_TO_COMPLETE: true,
  COMPLETING: true,
  COMPLETED: false,
  STOPPING: true,
  STOPPED: false,
  ERROR: false,
  RETRYING: true,
  FAILED: false,
};

/** Whether the runner drives the task on, also after a crash of the service. */
export function isRunnable(task: Pick<Task, 'state' | 'isolatedUntil'>): boolean {
  return working[task.state] && task.isolatedUntil === undefined;
}

/** States of a task that has passed its precheck and is not over: it writes to its target, or needs no other precheck to do so. */
const holding: Readonly<Record<TaskState, boolean>> = {
  DRAFT: false,
  CHECKING: false,
  CHECK_FAILED: false,
  CHECK_PASSED: true,
  QUEUED: true,
  RUNNING: true,
  PAUSED: true,
  READY_TO_COMPLETE: true,
  COMPLETING: true,
  COMPLETED: false,
  STOPPING: true,
  STOPPED: false,
  ERROR: true,
  RETRYING: true,
  FAILED: false,
};

/** Whether no other task may write to the same tables of the target. */
export function holdsTarget(task: Pick<Task, 'state' | 'isolatedUntil'>): boolean {
  return holding[task.state] && task.isolatedUntil === undefined;
}

function operationOutcome(task: Standing, operation: Operation): Outcome {
  if (!operationsOfKind[task.kind][operation]) return no;
  return task.isolatedUntil === undefined ? operationTable[task.state][operation] : isolatedTable[operation];
}

function applied(task: Standing, outcome: Outcome): Next | undefined {
  const { state, desiredState } = task;
  switch (outcome.kind) {
    case 'refuse':
      return undefined;
    case 'stay':
      return { state, desiredState };
    case 'pursue':
      return { state: pursuing[desiredState], desiredState };
    case 'go':
      return { state: outcome.state, desiredState: outcome.desired ?? desiredState };
  }
}
