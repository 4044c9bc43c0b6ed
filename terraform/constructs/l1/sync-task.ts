// Generated from the schema of the provider by `npm run constructs`; do not edit.
import {
  ComplexObject,
  Fn,
  ImportableResource,
  type IResolvable,
  type TerraformProvider,
  TerraformResource,
} from 'cdktf';
import type { Construct } from 'constructs';
import { generatorMetadata, metaArguments } from '../metadata.ts';
import { OutputMap } from '../outputs.ts';
import { type Changeable, toHcl, toTerraform } from '../shape.ts';
import {
  type SyncTaskConfig,
  type SyncTaskDatabases,
  type SyncTaskOptions,
  type SyncTaskTimeouts,
  syncTaskShape,
} from './sync-task-config.ts';

/** A reference to a `SyncTaskDatabasesTables`. */
export class SyncTaskDatabasesTablesOutput extends ComplexObject {
  /** Its name at the target. The default is the same name. */
  get target(): string {
    return this.getStringAttribute('target');
  }
}

/** A reference to a `SyncTaskDatabases`. */
export class SyncTaskDatabasesOutput extends ComplexObject {
  /** Tables to leave out of a whole database. */
  get excludeTables(): string[] {
    return Fn.tolist(this.getListAttribute('exclude_tables'));
  }

  /**
   * The tables to carry, by their names at the source. Absent: the whole database with its views,
   * routines, triggers and events, and what is created later.
   */
  get tables(): OutputMap<SyncTaskDatabasesTablesOutput> {
    return new OutputMap(this, 'tables', SyncTaskDatabasesTablesOutput);
  }

  /** Its name at the target. The default is the same name. */
  get target(): string {
    return this.getStringAttribute('target');
  }
}

/** A reference to a `SyncTaskOptions`. */
export class SyncTaskOptionsOutput extends ComplexObject {
  /**
   * Most bytes that recorded changes may take on the disk of the service: 1 MiB to 1 PiB. The default is
   * 16 GiB.
   */
  get changeLogBytes(): number {
    return this.getNumberAttribute('change_log_bytes');
  }

  /** Size that chunks are cut to, bytes: 1 KiB to 1 GiB. The default is 8 MiB. */
  get chunkBytes(): number {
    return this.getNumberAttribute('chunk_bytes');
  }

  /**
   * What to do when a table to be copied exists and has rows at the target. `report`: the precheck
   * fails. `ignore`: the rows of the source win. The default is `report`.
   */
  get conflictMode(): string {
    return this.getStringAttribute('conflict_mode');
  }

  /** Chunks copied at the same time: 1 to 64. The default is 4. */
  get fullLoadParallelism(): number {
    return this.getNumberAttribute('full_load_parallelism');
  }

  /** Most bytes of changes in one transaction at the target: 1 KiB to 256 MiB. The default is 16 MiB. */
  get groupBytes(): number {
    return this.getNumberAttribute('group_bytes');
  }

  /** Minutes for which lost connections are retried: 10 to 1440. The default is 720. */
  get retryConnectionMinutes(): number {
    return this.getNumberAttribute('retry_connection_minutes');
  }

  /**
   * Minutes for which other passing failures are retried: 1 to 1440, less than
   * `retry_connection_minutes`. The default is 10.
   */
  get retryOtherMinutes(): number {
    return this.getNumberAttribute('retry_other_minutes');
  }
}

/** A reference to a `SyncTaskTimeouts`. */
export class SyncTaskTimeoutsOutput extends ComplexObject {
  /** For the check of a task and what `wait_for` says, once it was created. The default is `1h`. */
  get create(): string {
    return this.getStringAttribute('create');
  }

  /** Until a destroyed task is gone. The default is `10m`. */
  get delete(): string {
    return this.getStringAttribute('delete');
  }

  /**
   * For all that a change takes: until the task takes it, and what `wait_for` says after that. The
   * default is `1h`.
   */
  get update(): string {
    return this.getStringAttribute('update');
  }
}

/**
 * A synchronization: it copies databases while they stay in use, and keeps the target in step until it
 * is stopped. A task whose copy is under way is not tainted unless `on_wait_failure` asks for it: what
 * goes wrong is a warning, and the next plan repairs it. An apply that is cut off and run again goes
 * on with the task that it made.
 */
export class SyncTask extends TerraformResource {
  static readonly tfResourceType = 'opendts_sync_task';

  /** Lets the deployment import the object `importFromId`, as the construct `importToId`, instead of creating it. */
  static generateConfigForImport(
    scope: Construct,
    importToId: string,
    importFromId: string,
    provider?: TerraformProvider,
  ): ImportableResource {
    const terraformResourceType = SyncTask.tfResourceType;
    return new ImportableResource(scope, importToId, {
      terraformResourceType,
      importId: importFromId,
      provider,
    });
  }

  #config: Changeable<SyncTaskConfig>;

  constructor(scope: Construct, id: string, config: SyncTaskConfig) {
    super(scope, id, {
      ...metaArguments(config),
      terraformResourceType: SyncTask.tfResourceType,
      terraformGeneratorMetadata: generatorMetadata,
    });
    this.#config = { ...config };
  }

  /**
   * The databases to carry, by their names at the source. A synchronization takes tables in and lets
   * others go while it runs: those that come in are checked and copied, those that go stay at the target
   * as they are. What a migration carries is fixed once it was started: a change is refused, and of a
   * task that was stopped it makes another one in its place.
   */
  get databases(): OutputMap<SyncTaskDatabasesOutput> {
    return new OutputMap(this, 'databases', SyncTaskDatabasesOutput);
  }

  set databases(value: Readonly<Record<string, SyncTaskDatabases>> | IResolvable) {
    this.#config.databases = value;
  }

  get databasesInput(): Readonly<Record<string, SyncTaskDatabases>> | IResolvable {
    return this.#config.databases;
  }

  /** Name for people, 1 to 64 characters. It can be imported by this name. */
  get name(): string {
    return this.getStringAttribute('name');
  }

  set name(value: string) {
    this.#config.name = value;
  }

  get nameInput(): string {
    return this.#config.name;
  }

  /**
   * Endpoint to read. It is changed in place before the task was started, and fixed afterwards: a change
   * is refused, and of a task that was stopped it makes another one in its place.
   */
  get sourceId(): string {
    return this.getStringAttribute('source_id');
  }

  set sourceId(value: string) {
    this.#config.sourceId = value;
  }

  get sourceIdInput(): string {
    return this.#config.sourceId;
  }

  /**
   * Endpoint to write. It is changed in place before the task was started, and fixed afterwards: a
   * change is refused, and of a task that was stopped it makes another one in its place.
   */
  get targetId(): string {
    return this.getStringAttribute('target_id');
  }

  set targetId(value: string) {
    this.#config.targetId = value;
  }

  get targetIdInput(): string {
    return this.#config.targetId;
  }

  /**
   * `stop_and_delete`: a destroy stops the task and removes it. `abandon`: the task stays at the service
   * and goes on, and endpoints that the same run destroys stay with it. `refuse_if_running`: a running
   * task is neither destroyed nor replaced. Data at the target always stays. The default is
   * `stop_and_delete`.
   */
  get deletionPolicy(): string {
    return this.getStringAttribute('deletion_policy');
  }

  set deletionPolicy(value: string | undefined) {
    this.#config.deletionPolicy = value;
  }

  get deletionPolicyInput(): string | undefined {
    return this.#config.deletionPolicy;
  }

  /**
   * What the task should be. `running`: it is checked, started, resumed and retried as needed. `paused`:
   * it keeps its place; one that was not started is checked, again by each apply until it passes, and
   * not started. `stopped`: it is ended and can never run again. The default is `running`.
   */
  get desiredStatus(): string {
    return this.getStringAttribute('desired_status');
  }

  set desiredStatus(value: string | undefined) {
    this.#config.desiredStatus = value;
  }

  get desiredStatusInput(): string | undefined {
    return this.#config.desiredStatus;
  }

  /** Made by the service. It never changes. */
  get id(): string {
    return this.getStringAttribute('id');
  }

  /**
   * `warning`: what an apply waits for in vain is a warning, and so is what a new task fails at; the
   * next plan repairs it. `error`: both fail the apply; a task that was just created is then tainted and
   * goes on: the next plan refuses to replace it, and asks for `terraform untaint` or `tofu untaint`.
   * One that has not begun is replaced. An interrupt never taints. What a change of a task fails at is
   * an error in any case. The default is `warning`.
   */
  get onWaitFailure(): string {
    return this.getStringAttribute('on_wait_failure');
  }

  set onWaitFailure(value: string | undefined) {
    this.#config.onWaitFailure = value;
  }

  get onWaitFailureInput(): string | undefined {
    return this.#config.onWaitFailure;
  }

  /**
   * How the task does its work. A change is taken over while it runs, from its checkpoint on, without
   * another copy.
   */
  get options(): SyncTaskOptionsOutput {
    return new SyncTaskOptionsOutput(this, 'options', false);
  }

  set options(value: SyncTaskOptions | IResolvable | undefined) {
    this.#config.options = value;
  }

  get optionsInput(): SyncTaskOptions | IResolvable | undefined {
    return this.#config.options;
  }

  /**
   * What the task is: `not_started`, `running`, `paused`, `stopped`, `finished` or `failed`. The finer
   * state is told by the data source opendts_task.
   */
  get status(): string {
    return this.getStringAttribute('status');
  }

  /** Why the task failed or retries or did not pass its precheck, and what to do about it. */
  get statusReason(): string {
    return this.getStringAttribute('status_reason');
  }

  /** How long to wait for the service, as durations such as `90s`, `30m` or `1h30m`. */
  get timeouts(): SyncTaskTimeoutsOutput {
    return new SyncTaskTimeoutsOutput(this, 'timeouts', false);
  }

  set timeouts(value: SyncTaskTimeouts | IResolvable | undefined) {
    this.#config.timeouts = value;
  }

  get timeoutsInput(): SyncTaskTimeouts | IResolvable | undefined {
    return this.#config.timeouts;
  }

  /**
   * What an apply waits for when the task should run. `started`: until it works. `incremental`: until
   * the copy is whole and changes are applied as they come. The default is `started`.
   */
  get waitFor(): string {
    return this.getStringAttribute('wait_for');
  }

  set waitFor(value: string | undefined) {
    this.#config.waitFor = value;
  }

  get waitForInput(): string | undefined {
    return this.#config.waitFor;
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return toTerraform(this.#config, syncTaskShape);
  }

  protected override synthesizeHclAttributes(): Record<string, unknown> {
    return toHcl(this.#config, syncTaskShape);
  }
}
