import type { Task, TaskState } from '../../gateway/tasks.ts';
import { asSentence, sentences } from '../../protocol/contracts/sentences.ts';

/** What a task is, as coarse as a state of an infrastructure needs it: it does not change while the work goes on. */
export type Status = 'not_started' | 'running' | 'paused' | 'stopped' | 'finished' | 'failed';

export const statusOf: Readonly<Record<TaskState, Status>> = {
  DRAFT: 'not_started',
  CHECKING: 'not_started',
  CHECK_FAILED: 'not_started',
  CHECK_PASSED: 'not_started',
  QUEUED: 'running',
  RUNNING: 'running',
  PAUSED: 'paused',
  READY_TO_COMPLETE: 'running',
  COMPLETING: 'running',
  COMPLETED: 'finished',
  STOPPING: 'stopped',
  STOPPED: 'stopped',
  ERROR: 'failed',
  RETRYING: 'running',
  FAILED: 'failed',
};

export type DesiredStatus = 'running' | 'paused' | 'stopped';

/**
 * What is to be done about a task that is not what is desired. `nothing`: it is, or it has ended as it should. `repair`: operations
 * bring it there. `lost`: no operation can.
 */
export type Need = 'nothing' | 'repair' | 'lost';

const needs: Readonly<Record<DesiredStatus, Readonly<Record<Status, Need>>>> = {
  running: {
    not_started: 'repair',
    running: 'nothing',
    paused: 'repair',
    stopped: 'lost',
    finished: 'nothing',
    failed: 'repair',
  },
  paused: {
    not_started: 'nothing',
    running: 'repair',
    paused: 'nothing',
    stopped: 'lost',
    finished: 'nothing',
    failed: 'nothing',
  },
  stopped: {
    not_started: 'nothing',
    running: 'repair',
    paused: 'repair',
    stopped: 'nothing',
    finished: 'nothing',
    failed: 'repair',
  },
};

/** What the coarse status does not tell. `lost`: no operation brings the task back to work. `unchecked`: it has passed no precheck. */
export type Finer = 'lost' | 'unchecked';

/** Of a task that can never run again the service takes no operation: it has stopped as well as it ever will. */
const needsOfLost: Readonly<Record<DesiredStatus, Need>> = {
  running: 'lost',
  paused: 'nothing',
  stopped: 'nothing',
};

export function needOf(desired: DesiredStatus, status: Status, finer?: Finer): Need {
  if (finer === 'lost') return needsOfLost[desired];
  // One that is to be paused is to be ready for its start.
  if (finer === 'unchecked' && desired === 'paused') return 'repair';
  return needs[desired][status];
}

/** False while the task has never worked: all of it can be changed then. */
export const isStarted = ({ state }: Pick<Task, 'state'>): boolean => statusOf[state] !== 'not_started';

/** Whether no operation brings the task back to work. */
export const isLost = ({ state }: Pick<Task, 'state'>): boolean => state === 'FAILED';

const uncheckedStates: ReadonlySet<TaskState> = new Set(['DRAFT', 'CHECKING', 'CHECK_FAILED']);

export function finerOf(task: Pick<Task, 'state'>): Finer | undefined {
  if (isLost(task)) return 'lost';
  return uncheckedStates.has(task.state) ? 'unchecked' : undefined;
}

/** Why a task is not well, with the remedy; null when it is. */
export function reasonOf({ errors }: Pick<Task, 'errors'>): string | null {
  const [error] = errors;
  if (error === undefined) return null;
  const object = error.object === null ? '' : `(${error.object})`;
  return sentences(`${error.code}:`, asSentence(error.message), object, error.remedy);
}
