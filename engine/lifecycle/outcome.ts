import type { DesiredState, TaskState } from '../core/task.ts';

/** What an operation or an event does to a task. */
export type Outcome =
  /** The task takes this state; `desired` absent: what the user wants stays as it is. */
  | { readonly kind: 'go'; readonly state: TaskState; readonly desired?: DesiredState }
  /** The task takes the state in which its desired state is pursued: see `pursuing`. */
  | { readonly kind: 'pursue' }
  /** The state stays; the operation takes place. */
  | { readonly kind: 'stay' }
  /** An operation that the state does not allow, or an event that comes too late to matter. Nothing changes. */
  | { readonly kind: 'refuse' };

export const no: Outcome = { kind: 'refuse' };
export const stay: Outcome = { kind: 'stay' };
export const pursue: Outcome = { kind: 'pursue' };

export function go(state: TaskState, desired?: DesiredState): Outcome {
  return desired === undefined ? { kind: 'go', state } : { kind: 'go', state, desired };
}

/** The state in which a task works towards what is wanted of it. */
export const pursuing: Readonly<Record<DesiredState, TaskState>> = {
  IDLE: 'DRAFT',
  RUNNING: 'RUNNING',
  PAUSED: 'PAUSED',
  COMPLETED: 'COMPLETING',
  STOPPED: 'STOPPING',
};
