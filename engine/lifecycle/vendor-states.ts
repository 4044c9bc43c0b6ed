import type { PhaseName, TaskKind, TaskState } from '../core/task.ts';

/** The name that a vendor's API shows for a state. */
export interface VendorStates {
  readonly tencent: string;
  /** Alibaba tells the initial copy from what follows it. */
  readonly alibaba: string;
}

// As the vendors document them. `manualPaused` and `Paused` are of the vendor's public API reference: the documents name no pause.
const tencentMigration: Readonly<Record<TaskState, string>> = {
  DRAFT: 'created',
  CHECKING: 'checking',
  CHECK_FAILED: 'checkNotPass',
  CHECK_PASSED: 'checkPass',
  QUEUED: 'readyRun',
  RUNNING: 'running',
  PAUSED: 'manualPaused',
  READY_TO_COMPLETE: 'readyComplete',
  COMPLETING: 'completing',
  COMPLETED: 'success',
  STOPPING: 'stopping',
  STOPPED: 'canceled',
  ERROR: 'error',
  RETRYING: 'resuming',
  FAILED: 'failed',
};

const tencentSync: Readonly<Record<TaskState, string>> = {
  DRAFT: 'UnInitialized',
  CHECKING: 'Checking',
  CHECK_FAILED: 'CheckNotPass',
  CHECK_PASSED: 'CheckPass',
  QUEUED: 'ReadyRunning',
  RUNNING: 'Running',
  PAUSED: 'Paused',
  READY_TO_COMPLETE: 'Running',
  COMPLETING: 'Stopping',
  COMPLETED: 'Stopped',
  STOPPING: 'Stopping',
  STOPPED: 'Stopped',
  ERROR: 'ResumableErr',
  RETRYING: 'Resuming',
  FAILED: 'Failed',
};

// As the vendor documents them.
const alibaba: Readonly<Record<TaskState, { readonly copying: string; readonly following: string }>> = {
  DRAFT: always('Not Configured'),
  CHECKING: always('Prechecking'),
  CHECK_FAILED: always('Not Configured'),
  CHECK_PASSED: always('Not Configured'),
  QUEUED: { copying: 'Performing Initial Synchronization', following: 'Synchronizing' },
  RUNNING: { copying: 'Performing Initial Synchronization', following: 'Synchronizing' },
  PAUSED: always('Paused'),
  READY_TO_COMPLETE: always('Synchronizing'),
  COMPLETING: always('Synchronizing'),
  COMPLETED: always('Completed'),
  STOPPING: { copying: 'Performing Initial Synchronization', following: 'Synchronizing' },
  STOPPED: always('Completed'),
  ERROR: { copying: 'Initial Synchronization Failed', following: 'Synchronization Failed' },
  RETRYING: { copying: 'Performing Initial Synchronization', following: 'Synchronizing' },
  FAILED: { copying: 'Initial Synchronization Failed', following: 'Synchronization Failed' },
};

const followingPhases: ReadonlySet<PhaseName> = new Set(['APPLY', 'VERIFY', 'SCHEMA_3']);

export function vendorStates(task: {
  readonly kind: TaskKind;
  readonly state: TaskState;
  readonly isolatedUntil?: number | undefined;
  readonly phase?: PhaseName | undefined;
}): VendorStates {
  const names = alibaba[task.state];
  const following = task.phase !== undefined && followingPhases.has(task.phase);
  const isMigration = task.kind === 'MIGRATION';
  const isolated = isMigration ? 'isolated' : 'Isolated';
  const tencent = (isMigration ? tencentMigration : tencentSync)[task.state];
  return {
    tencent: task.isolatedUntil === undefined ? tencent : isolated,
    alibaba: following ? names.following : names.copying,
  };
}

function always(name: string): { readonly copying: string; readonly following: string } {
  return { copying: name, following: name };
}
