import type { ErrorReport } from './errors.ts';
import type { ObjectSelection } from './selection.ts';

export const taskKinds = ['MIGRATION', 'SYNCHRONIZATION'] as const;
export type TaskKind = (typeof taskKinds)[number];

/** The canonical states; what each allows is the table of engine/lifecycle. */
export const taskStates = [
  'DRAFT',
  'CHECKING',
  'CHECK_FAILED',
  'CHECK_PASSED',
  'QUEUED',
  'RUNNING',
  'PAUSED',
  'READY_TO_COMPLETE',
  'COMPLETING',
  'COMPLETED',
  'STOPPING',
  'STOPPED',
  'ERROR',
  'RETRYING',
  'FAILED',
] as const;
export type TaskState = (typeof taskStates)[number];

/** What the user wants the task to be; the runner brings `state` there. */
export type DesiredState = 'IDLE' | 'RUNNING' | 'PAUSED' | 'COMPLETED' | 'STOPPED';

/** Stages of a task in the order in which they begin. */
export const phaseNames = [
  'PRECHECK',
  'CAPTURE',
  'SCHEMA_1',
  'FULL_LOAD',
  'SCHEMA_2',
  'APPLY',
  'VERIFY',
  'SCHEMA_3',
] as const;
export type PhaseName = (typeof phaseNames)[number];
export type PhaseState = 'PENDING' | 'RUNNING' | 'DONE' | 'FAILED' | 'SKIPPED';

export interface PhaseProgress {
  readonly name: PhaseName;
  readonly state: PhaseState;
  /** 0 to 100. */
  readonly percent: number;
  readonly startedAt?: number | undefined;
  readonly finishedAt?: number | undefined;
  readonly etaSeconds?: number | undefined;
}

/** Where the time goes: the stage that the others wait for. NONE when the task is idle or keeps up. */
export type Bottleneck = 'NONE' | 'SOURCE' | 'NETWORK' | 'DECODE' | 'TARGET' | 'THROTTLE' | 'DISK';

/** Numbers of a task, counted since it was first started. Bytes and rows are exact counts unless called estimates. */
export interface TaskProgress {
  readonly phase?: PhaseName | undefined;
  readonly phases: readonly PhaseProgress[];
  readonly rowsCopied: number;
  /** Estimate by the source's statistics until the full load is done, then exact. */
  readonly rowsTotal: number;
  readonly bytesCopied: number;
  /** Row changes captured into the change log. */
  readonly changesCaptured: number;
  /** Row changes applied; without those that the copy of their table held already. */
  readonly changesApplied: number;
  /** Rows that changes did not find at the target; 0 as long as nothing else writes there. */
  readonly rowsMissing: number;
  readonly rowsPerSecond: number;
  readonly bytesPerSecond: number;
  readonly transactionsPerSecond: number;
  /**
   * How far the target is behind: the age of the oldest transaction that is captured and not applied, or, when there is none, what the
   * latest took from commit at the source to commit at the target. While the source is out of reach, at least the time since it was heard:
   * it may have moved on. Undefined before APPLY and for a task at rest.
   */
  readonly lagMillis?: number | undefined;
  /** Bytes in the change log that are not applied yet. */
  readonly lagBytes: number;
  readonly bottleneck: Bottleneck;
  readonly capturedPosition?: string | undefined;
  readonly appliedPosition?: string | undefined;
}

export type TableState = 'PENDING' | 'COPYING' | 'COPIED' | 'REPLICATING' | 'RELOADING' | 'DROPPED' | 'ERROR';

export interface TableProgress {
  readonly database: string;
  readonly name: string;
  /** `database.table` at the target. */
  readonly target: string;
  readonly state: TableState;
  readonly fullLoadRows: number;
  readonly estimatedRows: number;
  readonly inserts: number;
  readonly updates: number;
  readonly deletes: number;
  readonly ddls: number;
}

export interface TaskOptions {
  /** Minutes for which lost connections are retried before the task stops in ERROR. 10 to 1440. */
  readonly retryConnectionMinutes: number;
  /** Minutes for which other passing failures are retried. 1 to 1440, less than retryConnectionMinutes. */
  readonly retryOtherMinutes: number;
  /** Chunks copied at the same time. 1 to 64. */
  readonly fullLoadParallelism: number;
  /** Size that chunks of the full load are cut to, bytes. */
  readonly chunkBytes: number;
  /** Most bytes that the change log may hold on disk; capture waits when it is full. */
  readonly changeLogBytes: number;
  /** Most bytes of changes in one group. */
  readonly groupBytes: number;
  /** What to do when a table to be copied exists and has rows at the target. REPORT: the precheck fails. IGNORE: source rows win. */
  readonly conflictMode: 'REPORT' | 'IGNORE';
}

export const defaultTaskOptions: TaskOptions = {
  retryConnectionMinutes: 720,
  retryOtherMinutes: 10,
  fullLoadParallelism: 4,
  chunkBytes: 8 * 1024 * 1024,
  changeLogBytes: 16 * 1024 ** 3,
  groupBytes: 16 * 1024 * 1024,
  conflictMode: 'REPORT',
};

export interface Task {
  readonly id: string;
  readonly name: string;
  readonly kind: TaskKind;
  readonly state: TaskState;
  readonly desiredState: DesiredState;
  readonly sourceId?: string | undefined;
  readonly targetId?: string | undefined;
  readonly objects: ObjectSelection;
  readonly options: TaskOptions;
  /** The failure that the task is in or retries; undefined when it is well. */
  readonly error?: ErrorReport | undefined;
  /** End of the seven days in the recycle bin, milliseconds since 1970. */
  readonly isolatedUntil?: number | undefined;
  /** False while its maker may die before it has written the id down. */
  readonly claimed: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Grows with every change by a user or of state: give it back as expectedVersion. */
  readonly version: number;
}

export interface TaskEvent {
  /** Grows by one per event over the whole service, without reuse. */
  readonly seq: number;
  readonly taskId: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly kind: 'STATE' | 'PHASE' | 'TABLE' | 'SCHEMA_CHANGE' | 'ERROR' | 'RETRY' | 'WARNING' | 'OPERATION';
  readonly message: string;
  readonly state?: TaskState | undefined;
  readonly phase?: PhaseName | undefined;
  readonly object?: string | undefined;
  readonly error?: ErrorReport | undefined;
}

export interface PrecheckItem {
  /** Stable name, for example `source.binlog_format`. */
  readonly name: string;
  readonly grade: 'PASS' | 'WARNING' | 'FAIL';
  readonly title: string;
  /** What was found. */
  readonly message: string;
  /** What to do about it; empty when passed. */
  readonly remedy: string;
  readonly objects: readonly string[];
}

export interface PrecheckReport {
  readonly taskId: string;
  readonly startedAt: number;
  readonly finishedAt?: number | undefined;
  readonly passed: boolean;
  readonly items: readonly PrecheckItem[];
}
