// Generated from the schema of the provider by `npm run constructs`; do not edit.
import type { IResolvable, TerraformMetaArguments } from 'cdktf';
import type { Shape } from '../shape.ts';

export interface SyncTaskDatabasesTables {
  /** Its name at the target. The default is the same name. */
  readonly target?: string | undefined;
}

export interface SyncTaskDatabases {
  /** Tables to leave out of a whole database. */
  readonly excludeTables?: readonly string[] | undefined;
  /**
   * The tables to carry, by their names at the source. Absent: the whole database with its views,
   * routines, triggers and events, and what is created later.
   */
  readonly tables?: Readonly<Record<string, SyncTaskDatabasesTables>> | IResolvable | undefined;
  /** Its name at the target. The default is the same name. */
  readonly target?: string | undefined;
}

export interface SyncTaskOptions {
  /**
   * Most bytes that recorded changes may take on the disk of the service: 1 MiB to 1 PiB. The default is
   * 16 GiB.
   */
  readonly changeLogBytes?: number | undefined;
  /** Size that chunks are cut to, bytes: 1 KiB to 1 GiB. The default is 8 MiB. */
  readonly chunkBytes?: number | undefined;
  /**
   * What to do when a table to be copied exists and has rows at the target. `report`: the precheck
   * fails. `ignore`: the rows of the source win. The default is `report`.
   */
  readonly conflictMode?: string | undefined;
  /** Chunks copied at the same time: 1 to 64. The default is 4. */
  readonly fullLoadParallelism?: number | undefined;
  /** Most bytes of changes in one transaction at the target: 1 KiB to 256 MiB. The default is 16 MiB. */
  readonly groupBytes?: number | undefined;
  /** Minutes for which lost connections are retried: 10 to 1440. The default is 720. */
  readonly retryConnectionMinutes?: number | undefined;
  /**
   * Minutes for which other passing failures are retried: 1 to 1440, less than
   * `retry_connection_minutes`. The default is 10.
   */
  readonly retryOtherMinutes?: number | undefined;
}

export interface SyncTaskTimeouts {
  /** For the check of a task and what `wait_for` says, once it was created. The default is `1h`. */
  readonly create?: string | undefined;
  /** Until a destroyed task is gone. The default is `10m`. */
  readonly delete?: string | undefined;
  /**
   * For all that a change takes: until the task takes it, and what `wait_for` says after that. The
   * default is `1h`.
   */
  readonly update?: string | undefined;
}

/** What `SyncTask` takes. */
export interface SyncTaskConfig extends TerraformMetaArguments {
  /**
   * The databases to carry, by their names at the source. A synchronization takes tables in and lets
   * others go while it runs: those that come in are checked and copied, those that go stay at the target
   * as they are. What a migration carries is fixed once it was started: a change is refused, and of a
   * task that was stopped it makes another one in its place.
   */
  readonly databases: Readonly<Record<string, SyncTaskDatabases>> | IResolvable;
  /** Name for people, 1 to 64 characters. It can be imported by this name. */
  readonly name: string;
  /**
   * Endpoint to read. It is changed in place before the task was started, and fixed afterwards: a change
   * is refused, and of a task that was stopped it makes another one in its place.
   */
  readonly sourceId: string;
  /**
   * Endpoint to write. It is changed in place before the task was started, and fixed afterwards: a
   * change is refused, and of a task that was stopped it makes another one in its place.
   */
  readonly targetId: string;
  /**
   * `stop_and_delete`: a destroy stops the task and removes it. `abandon`: the task stays at the service
   * and goes on, and endpoints that the same run destroys stay with it. `refuse_if_running`: a running
   * task is neither destroyed nor replaced. Data at the target always stays. The default is
   * `stop_and_delete`.
   */
  readonly deletionPolicy?: string | undefined;
  /**
   * What the task should be. `running`: it is checked, started, resumed and retried as needed. `paused`:
   * it keeps its place; one that was not started is checked, again by each apply until it passes, and
   * not started. `stopped`: it is ended and can never run again. The default is `running`.
   */
  readonly desiredStatus?: string | undefined;
  /**
   * `warning`: what an apply waits for in vain is a warning, and so is what a new task fails at; the
   * next plan repairs it. `error`: both fail the apply; a task that was just created is then tainted and
   * goes on: the next plan refuses to replace it, and asks for `terraform untaint` or `tofu untaint`.
   * One that has not begun is replaced. An interrupt never taints. What a change of a task fails at is
   * an error in any case. The default is `warning`.
   */
  readonly onWaitFailure?: string | undefined;
  /**
   * How the task does its work. A change is taken over while it runs, from its checkpoint on, without
   * another copy.
   */
  readonly options?: SyncTaskOptions | IResolvable | undefined;
  /** How long to wait for the service, as durations such as `90s`, `30m` or `1h30m`. */
  readonly timeouts?: SyncTaskTimeouts | IResolvable | undefined;
  /**
   * What an apply waits for when the task should run. `started`: until it works. `incremental`: until
   * the copy is whole and changes are applied as they come. The default is `started`.
   */
  readonly waitFor?: string | undefined;
}

export const syncTaskDatabasesTablesShape: Shape = {
  target: { terraform: 'target', type: 'string' },
};

export const syncTaskDatabasesShape: Shape = {
  excludeTables: { terraform: 'exclude_tables', type: { set: 'string' } },
  tables: { terraform: 'tables', type: { map: { struct: syncTaskDatabasesTablesShape } } },
  target: { terraform: 'target', type: 'string' },
};

export const syncTaskOptionsShape: Shape = {
  changeLogBytes: { terraform: 'change_log_bytes', type: 'number' },
  chunkBytes: { terraform: 'chunk_bytes', type: 'number' },
  conflictMode: { terraform: 'conflict_mode', type: 'string' },
  fullLoadParallelism: { terraform: 'full_load_parallelism', type: 'number' },
  groupBytes: { terraform: 'group_bytes', type: 'number' },
  retryConnectionMinutes: { terraform: 'retry_connection_minutes', type: 'number' },
  retryOtherMinutes: { terraform: 'retry_other_minutes', type: 'number' },
};

export const syncTaskTimeoutsShape: Shape = {
  create: { terraform: 'create', type: 'string' },
  delete: { terraform: 'delete', type: 'string' },
  update: { terraform: 'update', type: 'string' },
};

export const syncTaskShape: Shape = {
  databases: { terraform: 'databases', type: { map: { struct: syncTaskDatabasesShape } } },
  name: { terraform: 'name', type: 'string' },
  sourceId: { terraform: 'source_id', type: 'string' },
  targetId: { terraform: 'target_id', type: 'string' },
  deletionPolicy: { terraform: 'deletion_policy', type: 'string' },
  desiredStatus: { terraform: 'desired_status', type: 'string' },
  onWaitFailure: { terraform: 'on_wait_failure', type: 'string' },
  options: { terraform: 'options', type: { struct: syncTaskOptionsShape } },
  timeouts: { terraform: 'timeouts', type: { struct: syncTaskTimeoutsShape } },
  waitFor: { terraform: 'wait_for', type: 'string' },
};
