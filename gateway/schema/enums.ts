import type {
  Bottleneck,
  DesiredState,
  EngineName,
  PhaseName,
  PhaseState,
  PrecheckItem,
  SchemaChangeResolution,
  Scope,
  TableState,
  TaskEvent,
  TaskKind,
  TaskOptions,
  TaskState,
  TlsConfig,
} from '../../engine/index.ts';
import { builder } from './builder.ts';

/** An enum whose values all have a meaning; a value that the engine adds does not compile until it is described. */
function described<T extends string>(name: string, description: string, meanings: Record<T, string>) {
  const values = Object.fromEntries(
    Object.entries<string>(meanings).map(([value, meaning]) => [value, { value, description: meaning }]),
  ) as { [K in T]: { value: K; description: string } };
  return builder.enumType(name, { description, values });
}

export const EngineEnum = described<EngineName>('DatabaseEngine', 'A database system.', {
  MYSQL: 'MySQL 5.6 and later.',
  MARIADB: 'MariaDB 10.6 and later.',
});

export const TlsModeEnum = described<TlsConfig['mode']>('TlsMode', 'How a connection is encrypted.', {
  DISABLED: 'Not at all.',
  PREFERRED: 'If the server can.',
  REQUIRED: 'Always, with any certificate.',
  VERIFY: 'Always, with a certificate that is checked.',
});

export const TaskKindEnum = described<TaskKind>('TaskKind', 'What a task is for.', {
  MIGRATION: 'Moves databases once and ends with the cutover.',
  SYNCHRONIZATION: 'Keeps databases in step until it is stopped.',
});

export const TaskStateEnum = described<TaskState>('TaskState', 'Where a task stands.', {
  DRAFT: 'It is being configured.',
  CHECKING: 'The precheck runs.',
  CHECK_FAILED: 'The precheck found what must be fixed.',
  CHECK_PASSED: 'It can be started.',
  QUEUED: 'It is to run and waits for a runner.',
  RUNNING: 'It copies or follows changes.',
  PAUSED: 'It waits for the user and keeps its place.',
  READY_TO_COMPLETE: 'It has caught up: the cutover can be made.',
  COMPLETING: 'The cutover is being made.',
  COMPLETED: 'The cutover is made; nothing runs any more.',
  STOPPING: 'It ends at its next checkpoint.',
  STOPPED: 'It ended because the user wanted it.',
  ERROR: 'It stopped at a failure and can go on once that is repaired.',
  RETRYING: 'It met a passing failure and tries again by itself.',
  FAILED: 'It cannot go on.',
});

export const DesiredStateEnum = described<DesiredState>('DesiredState', 'What the user wants a task to be.', {
  IDLE: 'Not started.',
  RUNNING: 'Running.',
  PAUSED: 'Paused.',
  COMPLETED: 'Cut over.',
  STOPPED: 'Stopped.',
});

export const PhaseNameEnum = described<PhaseName>(
  'PhaseName',
  'A stage of a task, in the order in which they begin.',
  {
    PRECHECK: 'Both ends are checked.',
    CAPTURE: 'Changes of the source are recorded; goes on until the end.',
    SCHEMA_1: 'Tables are created at the target.',
    FULL_LOAD: 'Rows are copied.',
    SCHEMA_2: 'Indexes, foreign keys, views and routines are created.',
    APPLY: 'Recorded changes are applied to the target.',
    VERIFY: 'Both ends are compared.',
    SCHEMA_3: 'Triggers and events are created.',
  },
);

export const PhaseStateEnum = described<PhaseState>('PhaseState', 'How far a phase is.', {
  PENDING: 'It has not begun.',
  RUNNING: 'It is under way.',
  DONE: 'It is finished.',
  FAILED: 'It met a failure.',
  SKIPPED: 'It is not needed.',
});

export const BottleneckEnum = described<Bottleneck>('Bottleneck', 'The stage that the others wait for.', {
  NONE: 'None: the task is idle or keeps up.',
  SOURCE: 'The source delivers no faster.',
  NETWORK: 'The network carries no more.',
  DECODE: 'Decoding takes the time.',
  TARGET: 'The target takes no more.',
  THROTTLE: 'A limit that was set holds the task back.',
  DISK: 'The disk of the service takes no more.',
});

export const TableStateEnum = described<TableState>('TableState', 'Where a table of a task stands.', {
  PENDING: 'It has not been copied.',
  COPYING: 'Its rows are being copied.',
  COPIED: 'Its rows are copied; changes wait.',
  REPLICATING: 'Its changes are applied.',
  RELOADING: 'It is being copied again.',
  DROPPED: 'It no longer exists at the source.',
  ERROR: 'It met a failure.',
});

export const EventKindEnum = described<TaskEvent['kind']>('TaskEventKind', 'What an event tells.', {
  STATE: 'The task changed its state.',
  PHASE: 'A phase began or ended.',
  TABLE: 'A table changed its state.',
  SCHEMA_CHANGE: 'A schema change was applied.',
  ERROR: 'The task stopped at a failure.',
  RETRY: 'A passing failure is retried.',
  WARNING: 'Something deserves a look.',
  OPERATION: 'A user asked for something.',
});

export const GradeEnum = described<PrecheckItem['grade']>('PrecheckGrade', 'Outcome of a check.', {
  PASS: 'All is well.',
  WARNING: 'The task can run; read the message first.',
  FAIL: 'The task cannot run until this is fixed.',
});

export const ConflictModeEnum = described<TaskOptions['conflictMode']>(
  'ConflictMode',
  'What to do when a table to be copied exists and has rows at the target.',
  { REPORT: 'The precheck fails.', IGNORE: 'The rows of the source win.' },
);

export const ResolutionActionEnum = described<SchemaChangeResolution['action']>(
  'ResolutionAction',
  'What is to become of a schema change that stopped a task.',
  {
    SKIP: 'Nothing is carried of it: the task goes on as if it were done. After DDL_NOT_UNDERSTOOD the known structure stays as it was.',
    REPLACE: 'Other SQL is taken instead.',
    RELOAD:
      'The tables are emptied at the target and copied again with the structure that the source has by then.',
  },
);

export const ScopeEnum = described<Scope>('Scope', 'What a token allows.', {
  read: 'Queries and subscriptions.',
  write: 'Creating and configuring endpoints and tasks.',
  operate:
    'Testing endpoints; checking, starting, pausing, retrying, stopping, completing and destroying tasks.',
  admin: 'Tokens and the audit log; contains all others.',
});
