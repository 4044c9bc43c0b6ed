/**
 * Every failure the product can name. The same code is printed by the API, the logs, the provider and
 * docs/error-codes.md, which is generated from `errorCatalog`.
 */

/** How the runner treats a failure: which retry window it spends, or none. */
export type RetryClass = 'connection' | 'other' | 'never';

interface CatalogEntry {
  /** What happened, one sentence. */
  readonly summary: string;
  /** What the operator does about it, one sentence. */
  readonly remedy: string;
  readonly retry: RetryClass;
}

const entry = (retry: RetryClass, summary: string, remedy: string): CatalogEntry => ({
  summary,
  remedy,
  retry,
});

/** Code → meaning. Adding a code here adds it to every output and to the docs. */
export const errorCatalog = {
  // Input
  INVALID_INPUT: entry(
    'never',
    'A field of the request is missing or wrong.',
    'Correct the named field and send the request again.',
  ),
  NOT_FOUND: entry(
    'never',
    'No object with that id exists.',
    'Check the id; list the objects to see what exists.',
  ),
  CONFLICT: entry(
    'never',
    'The object was changed by somebody else since it was read.',
    'Read it again and repeat the change with its current version.',
  ),
  INVALID_STATE: entry(
    'never',
    'The task is in a state that does not allow this operation.',
    'Wait until the task is in a state that allows it, or use one of the operations that the answer lists.',
  ),
  IDEMPOTENCY_CONFLICT: entry(
    'never',
    'The idempotency key was used before with a different request.',
    'Use a new key for a new request.',
  ),
  IN_USE: entry('never', 'The object is in use by a task.', 'Destroy the tasks that use it first.'),
  PRECHECK_FAILED: entry(
    'never',
    'A check without which the task cannot work has failed.',
    'Read the precheck report, fix each failed item and run the precheck again.',
  ),
  UNSUPPORTED: entry(
    'never',
    'This combination of engines or options is not supported.',
    'Choose a supported combination; query capabilities.',
  ),

  // Access to the API
  UNAUTHENTICATED: entry(
    'never',
    'The request carries no valid API token.',
    'Send `Authorization: Bearer <token>` with a token that has not expired or been revoked.',
  ),
  FORBIDDEN: entry(
    'never',
    'The token lacks the scope for this operation.',
    'Use a token with the named scope.',
  ),
  RATE_LIMITED: entry('never', 'Too many requests.', 'Wait for `retryAfterMs` and try again.'),
  LIMIT_EXCEEDED: entry(
    'never',
    'The request is larger, deeper or costlier than allowed.',
    'Ask for less in one request.',
  ),
  DEADLINE_EXCEEDED: entry(
    'never',
    'The request was not answered in time; what it asked for may still take effect.',
    'Read the object to see what became of it, then repeat the request with the same idempotency key.',
  ),
  INTERNAL: entry(
    'other',
    'The service met a fault of its own.',
    'Report it with the trace id; the details are in the service log.',
  ),
  SHUTTING_DOWN: entry('never', 'The service is shutting down.', 'Send the request again in a moment.'),

  // Connections
  CONNECTION_FAILED: entry(
    'connection',
    'The database could not be reached or the connection was lost.',
    'Check address, port, network and that the server runs; a running task goes on by itself once it answers.',
  ),
  CONNECTION_STALLED: entry(
    'connection',
    'The database stopped answering without closing the connection.',
    'Check the network between service and database; the task reconnects by itself.',
  ),
  ACCESS_DENIED: entry(
    'other',
    'The database refused the user name or password.',
    'Correct the credentials of the endpoint.',
  ),
  PRIVILEGE_MISSING: entry(
    'other',
    'The database user lacks a privilege.',
    'Grant the named privilege to the user of the endpoint.',
  ),
  TLS_FAILED: entry(
    'never',
    'The encrypted connection could not be established.',
    'Check the TLS mode and CA certificate of the endpoint.',
  ),
  DATABASE_FAULT: entry(
    'other',
    'The database met a fault of its own: memory, a disk, a storage engine, a table that was altered meanwhile.',
    "Read the cause and the server's error log; the task goes on by itself once the fault is gone.",
  ),
  TOO_MANY_CONNECTIONS: entry(
    'connection',
    'The database accepts no more connections.',
    'Raise max_connections or lower the parallelism of the task.',
  ),

  // Source log
  SOURCE_LOG_PURGED: entry(
    'never',
    'The source no longer has the log that the task must read next.',
    'Destroy the task and create it anew; keep the source log longer than the longest stop.',
  ),
  SOURCE_LOG_CORRUPT: entry(
    'other',
    'An event of the source log fails its checksum or cannot be read.',
    'Check the disk and network of the source; the event is read again. One above 1 GiB is never sent: set binlog_row_image=MINIMAL and copy anew.',
  ),
  SOURCE_POSITION_MISSING: entry(
    'never',
    'The source does not know the position of the task: it lacks transactions that were already read.',
    'Point the endpoint at a server of the same replication topology, or destroy the task and create it anew.',
  ),
  SOURCE_CHANGED: entry(
    'never',
    'The endpoint now leads to another server that has not the log of the former one.',
    'Point the endpoint back, or destroy the task and create it anew.',
  ),
  SOURCE_CONFIG: entry(
    'never',
    'A setting of the source makes exact capture impossible.',
    'Change the named setting.',
  ),
  SOURCE_REJECTED: entry(
    'never',
    'The source refused a statement.',
    'Read the cause; fix the source, then retry the task.',
  ),
  SOURCE_LOCKED: entry(
    'connection',
    'The source did not grant a lock in time.',
    'End the transaction or the schema change that holds the lock at the source; the task goes on by itself then.',
  ),
  SOURCE_TABLE_CHANGED: entry(
    'never',
    'The table was altered while it was being read.',
    'None needed: the table is read again.',
  ),

  // Structure
  DDL_NOT_UNDERSTOOD: entry(
    'never',
    'A schema change of the source was not understood.',
    'Use retryTask with a resolution: SKIP it, REPLACE it by your own SQL, or RELOAD the table.',
  ),
  DDL_FAILED: entry(
    'never',
    'A schema change failed at the target.',
    'Fix the cause at the target and use retryTask, with a resolution (SKIP, REPLACE, RELOAD) if it is not to run again.',
  ),
  DDL_OUTCOME_UNKNOWN: entry(
    'never',
    'The service stopped while a schema change ran and cannot tell whether it took effect.',
    'Check the object at the target, then skip or repeat the statement.',
  ),
  SCHEMA_MISMATCH: entry(
    'never',
    'A change in the source log does not fit the structure known for its table.',
    'Retry the task with the resolution RELOAD: the table is copied again.',
  ),

  // Target
  TARGET_READ_ONLY: entry(
    'other',
    'The target is read-only.',
    'Make the target writable; the task goes on by itself within its retry window.',
  ),
  TARGET_FULL: entry(
    'other',
    'The target has no space left.',
    'Free space at the target; the task goes on by itself within its retry window.',
  ),
  TARGET_LOCKED: entry(
    'other',
    'The target did not grant a lock in time.',
    'End the transaction that holds the lock at the target.',
  ),
  TARGET_ROW_CONFLICT: entry(
    'never',
    'The target has a row that the source has not.',
    "Remove the row at the target, stop what writes to the target, and retry the task. If the target had the table before the task, and the source logs parts of rows only (binlog_row_image is not FULL): drop the table's further unique keys at the target and retry.",
  ),
  TARGET_OBJECT_EXISTS: entry(
    'never',
    'An object with the same name exists at the target.',
    'Map the object to another name, drop it at the target, or choose conflict mode IGNORE.',
  ),
  TARGET_ROW_TOO_LARGE: entry(
    'never',
    'A row is larger than the target accepts.',
    'Raise max_allowed_packet at the target to more than the size of the row and retry the task.',
  ),
  TARGET_CHECKPOINT_LOST: entry(
    'never',
    'The checkpoint of the task is gone from the target.',
    'Destroy the task and create it anew.',
  ),
  CHECKPOINT_MOVED: entry(
    'other',
    'The checkpoint at the target is ahead of the task: another process has applied changes of it.',
    'Make sure that one service alone runs the task; it goes on by itself from the checkpoint at the target.',
  ),
  TARGET_REJECTED: entry(
    'never',
    'The target refused a statement.',
    'Read the cause; fix the target, then retry the task.',
  ),
  VALUE_NOT_EXACT: entry(
    'never',
    'The target could not store a value exactly.',
    'Make the target column able to hold the value, then retry the task.',
  ),

  // Service
  STORE_LOCKED: entry(
    'never',
    'Another process owns the data directory.',
    'Stop the other process or choose another data directory.',
  ),
  STORE_VERSION: entry(
    'never',
    'The store was written by a newer version of the service.',
    'Run that version or newer.',
  ),
  SECRET_KEY: entry(
    'never',
    'The key that protects the stored secrets is missing, wrong or readable by others.',
    'Give the right key by OPENDTS_SECRET_KEY or by a file with mode 0600.',
  ),
  CHANGE_LOG_CORRUPT: entry(
    'never',
    'The change log on disk is damaged before its end.',
    'Check the disk; retry the task to capture again from its applied position.',
  ),
  DISK_FULL: entry(
    'other',
    'The disk of the service is full.',
    'Free space in the data directory; the task goes on by itself.',
  ),
  WORKER_DIED: entry(
    'other',
    'The worker of the task ended without a word.',
    'None needed: it is started again from its checkpoint.',
  ),
  WORKER_STALLED: entry(
    'other',
    'The worker of the task stopped answering and was ended.',
    'None needed: it is started again from its checkpoint.',
  ),
  OUT_OF_MEMORY: entry(
    'other',
    'The worker of the task used up its memory limit.',
    'Lower the parallelism of the task or raise OPENDTS_TASK_MEMORY_MB.',
  ),
} as const satisfies Record<string, CatalogEntry>;

export type ErrorCode = keyof typeof errorCatalog;
export const errorCodes = Object.keys(errorCatalog) as ErrorCode[];

/** Facts that help to act on an error. Values are safe to show: never a secret, never row data. */
export interface ErrorDetails {
  /** Input field at fault, as a path, for example `input.host`. */
  readonly field?: string | undefined;
  /** Database object at fault, for example `shop.orders`. */
  readonly object?: string | undefined;
  /** Position in the source's log. */
  readonly position?: string | undefined;
  /** Name of the driver's code, for example `ER_DUP_ENTRY`. */
  readonly driverCode?: string | undefined;
  readonly [key: string]: string | number | boolean | readonly string[] | undefined;
}

/** A failure with a code. `message` says what happened in this case; `remedy` what to do. */
export class DtsError extends Error {
  override readonly name = 'DtsError';
  readonly code: ErrorCode;
  readonly remedy: string;
  readonly details: ErrorDetails;

  constructor(
    code: ErrorCode,
    message: string,
    options: { details?: ErrorDetails; remedy?: string; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
    this.remedy = options.remedy ?? errorCatalog[code].remedy;
  }

  get retry(): RetryClass {
    return errorCatalog[this.code].retry;
  }
}

/** Work was ended on purpose: not a failure, never shown as one. */
export class AbortedError extends Error {
  override readonly name = 'AbortedError';
  constructor(reason = 'aborted') {
    super(reason);
  }
}

/** A plain, serializable form: what crosses a thread border and what the store keeps. */
export interface ErrorReport {
  readonly code: ErrorCode;
  readonly message: string;
  readonly remedy: string;
  readonly details: ErrorDetails;
}

/** The report of any thrown value; what has no code becomes INTERNAL. */
export function reportOf(error: unknown): ErrorReport {
  if (error instanceof DtsError) {
    return { code: error.code, message: error.message, remedy: error.remedy, details: error.details };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'INTERNAL', message, remedy: errorCatalog.INTERNAL.remedy, details: {} };
}
