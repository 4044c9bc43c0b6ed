import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../core/clock.ts';
import { DtsError, reportOf } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { ObjectSelection } from '../core/selection.ts';
import {
  defaultTaskOptions,
  type PrecheckReport,
  type TableProgress,
  type Task,
  type TaskKind,
  type TaskOptions,
  type TaskProgress,
  taskKinds,
} from '../core/task.ts';
import type {
  Claim,
  Page,
  PageRequest,
  PrecheckPreview,
  SchemaChangeResolution,
  TaskConfiguration,
  TaskFilter,
  Tasks,
} from '../engine.ts';
import { afterOperation, allowedOperations, isStarted } from '../lifecycle/lifecycle.ts';
import type { Operation } from '../lifecycle/operations.ts';
import type { Store } from '../store/store.ts';
import type { StoredTable } from '../store/task-state.ts';
import { addedObjects } from './added-objects.ts';
import { checkConfigOf } from './config.ts';
import { ANSWER_MILLIS, within } from './deadline.ts';
import type { Enquiries } from './enquiries.ts';
import type { EventService } from './events.ts';
import type { ProgressService } from './progress.ts';
import {
  changedMeanwhile,
  invalid,
  refusedOperation,
  requirePassed,
  requireSameWork,
  requireVersion,
} from './refusals.ts';
import { saveResolution } from './resolution.ts';
import type { TaskRunner } from './runner-port.ts';
import type { TaskRecords } from './task-records.ts';
import { validateName, validateOptions, validateSelection } from './validate.ts';

/** Operations that the engine offers so far; the lifecycle knows more. */
const offered: ReadonlySet<Operation> = new Set<Operation>([
  'configureTask',
  'runPrecheck',
  'startTask',
  'pauseTask',
  'resumeTask',
  'stopTask',
  'completeTask',
  'retryTask',
  'modifyObjects',
  'destroyTask',
]);

export class TaskService implements Tasks {
  readonly #store: Store;
  readonly #records: TaskRecords;
  readonly #events: EventService;
  readonly #progress: ProgressService;
  readonly #runner: TaskRunner;
  readonly #enquiries: Enquiries;
  readonly #clock: Clock;
  readonly #logger: Logger;

  constructor(options: {
    store: Store;
    records: TaskRecords;
    events: EventService;
    progress: ProgressService;
    runner: TaskRunner;
    enquiries: Enquiries;
    clock: Clock;
    logger: Logger;
  }) {
    this.#store = options.store;
    this.#records = options.records;
    this.#events = options.events;
    this.#progress = options.progress;
    this.#runner = options.runner;
    this.#enquiries = options.enquiries;
    this.#clock = options.clock;
    this.#logger = options.logger;
  }

  create({ claimed = true, ...input }: TaskConfiguration & Claim & { kind: TaskKind; name: string }): Task {
    return this.#store.transaction(() => {
      const task = { ...this.#draft(input), claimed };
      this.#store.tasks.insert(task);
      this.#events.append(task.id, { kind: 'OPERATION', message: 'createTask', state: task.state });
      return task;
    });
  }

  claim(id: string): Task {
    this.#store.tasks.claim(id);
    return this.#records.require(id);
  }

  configure(id: string, change: TaskConfiguration, expectedVersion?: number): Task {
    return this.#operate(id, 'configureTask', expectedVersion, (task) => {
      const configured = this.#configured(task, change);
      if (isStarted(task)) requireSameWork(task, configured);
      else this.#store.tasks.deleteReport(id);
      return configured;
    });
  }

  async modifyObjects(id: string, objects: ObjectSelection, expectedVersion?: number): Promise<Task> {
    const task = this.#records.require(id);
    requireVersion(task, expectedVersion);
    if (afterOperation(task, 'modifyObjects') === undefined)
      throw refusedOperation(task, 'modifyObjects', offeredTo(task));
    validateSelection(objects);
    if (objects.databases.length === 0) throw invalid('input.objects', 'No objects would be left');
    const added = addedObjects(task.objects, objects);
    if (added.databases.length > 0) {
      const config = checkConfigOf(this.#store, { ...task, objects: added });
      const items = await within(ANSWER_MILLIS, 'The precheck of what is added', (signal) =>
        this.#enquiries.precheck(config, signal),
      );
      requirePassed(items);
    }
    return this.#operate(id, 'modifyObjects', expectedVersion, (now) => {
      if (!isDeepStrictEqual(now.objects, task.objects)) throw changedMeanwhile(now);
      return { objects };
    });
  }

  runPrecheck(id: string, expectedVersion?: number): Task {
    return this.#store.transaction(() => {
      const checking = this.#operate(id, 'runPrecheck', expectedVersion, (task) => {
        requireComplete(task);
        this.#store.tasks.deleteReport(id);
        return {};
      });
      this.#store.afterCommit(() => this.#runner.precheck(id));
      return checking;
    });
  }

  start(id: string, expectedVersion?: number): Task {
    return this.#operate(id, 'startTask', expectedVersion);
  }

  pause(id: string, expectedVersion?: number): Task {
    return this.#operate(id, 'pauseTask', expectedVersion);
  }

  resume(id: string, expectedVersion?: number): Task {
    return this.#operate(id, 'resumeTask', expectedVersion);
  }

  stop(id: string, expectedVersion?: number): Task {
    return this.#operate(id, 'stopTask', expectedVersion);
  }

  complete(id: string, expectedVersion?: number): Task {
    return this.#operate(id, 'completeTask', expectedVersion);
  }

  retry(id: string, expectedVersion?: number, resolution?: SchemaChangeResolution): Task {
    return this.#operate(id, 'retryTask', expectedVersion, (task) => {
      if (resolution !== undefined) saveResolution(this.#store, task, resolution);
      return {};
    });
  }

  async destroy(id: string, expectedVersion?: number): Promise<void> {
    // In the recycle bin, already expired, it takes no other order while it goes; after a crash the next start destroys it.
    this.#operate(id, 'destroyTask', expectedVersion, () => ({ isolatedUntil: this.#clock.now() }));
    try {
      await this.#runner.forget(id);
    } catch (error) {
      // A target that is gone must not keep the task; its checkpoint row names a task that never comes again.
      this.#logger.warn({ taskId: id, error: reportOf(error) }, 'destroyed task left traces at its target');
    }
    this.#store.transaction(() => {
      if (this.#store.tasks.get(id) === undefined) return;
      this.#events.append(id, { kind: 'OPERATION', message: 'destroyed' });
      this.#store.tasks.delete(id);
    });
    this.#progress.changed(id);
  }

  /** Destroys what has been in the recycle bin for its time. */
  async destroyExpired(): Promise<void> {
    for (const id of this.#store.tasks.expired(this.#clock.now())) await this.destroy(id);
  }

  get(id: string): Task | undefined {
    return this.#records.get(id);
  }

  list(filter: TaskFilter, page: PageRequest): Page<Task> {
    return this.#store.tasks.list(filter, page);
  }

  progress(id: string): TaskProgress | undefined {
    return this.#progress.latest(id);
  }

  watchProgress(id: string, perSecond: number, signal: AbortSignal): AsyncIterable<TaskProgress> {
    this.#records.require(id);
    return this.#progress.watch(id, perSecond, signal);
  }

  /** `after`: `database\0name` of the last table that was shown. */
  tables(id: string, page: { first: number; after?: string | undefined }): Page<TableProgress> {
    this.#records.require(id);
    const [database, name] = page.after?.split('\0') ?? [];
    const after = database === undefined || name === undefined ? undefined : { database, name };
    const { items, hasMore } = this.#store.taskState.tablePage(id, { first: page.first, after });
    return { items: items.map(tableProgressOf), hasMore };
  }

  async previewPrecheck(
    input: TaskConfiguration & { kind: TaskKind },
    {
      limitMillis = ANSWER_MILLIS,
      addedTo,
      insteadOf,
    }: { limitMillis?: number; addedTo?: string; insteadOf?: string } = {},
  ): Promise<PrecheckPreview> {
    const task = this.#draft({ ...input, name: input.name ?? 'preview' });
    requireComplete(task);
    const former = addedTo === undefined ? { databases: [] } : this.#records.require(addedTo).objects;
    const objects = addedObjects(former, task.objects);
    if (objects.databases.length === 0) return { passed: true, items: [] };
    const config = checkConfigOf(this.#store, { ...task, id: addedTo ?? insteadOf ?? task.id, objects });
    const items = await within(limitMillis, 'The precheck', (signal) =>
      this.#enquiries.precheck(config, signal),
    );
    return { passed: items.every(({ grade }) => grade !== 'FAIL'), items };
  }

  precheckReport(id: string): PrecheckReport | undefined {
    return this.#store.tasks.report(id);
  }

  allowed(id: string): readonly string[] {
    return offeredTo(this.#records.require(id));
  }

  /** A task as it would be, checked; nothing is stored. */
  #draft(input: TaskConfiguration & { kind: TaskKind; name: string }): Task {
    if (!taskKinds.includes(input.kind)) throw invalid('input.kind', `Unknown kind ${input.kind}`);
    const now = this.#clock.now();
    return {
      id: this.#store.newId(),
      kind: input.kind,
      state: 'DRAFT',
      desiredState: 'IDLE',
      ...this.#configured({ name: '', objects: { databases: [] }, options: defaultTaskOptions }, input),
      claimed: true,
      createdAt: now,
      updatedAt: now,
      version: 1,
    };
  }

  /** The operation, its event and what `change` adds in one transaction; then the runner hears of it. */
  #operate(
    id: string,
    operation: Operation,
    expectedVersion: number | undefined,
    change: (task: Task) => Partial<Task> = () => ({}),
  ): Task {
    return this.#store.transaction(() => {
      const task = this.#records.require(id);
      requireVersion(task, expectedVersion);
      const next = afterOperation(task, operation);
      if (next === undefined) throw refusedOperation(task, operation, offeredTo(task));
      const changes = change(task);
      this.#events.append(id, { kind: 'OPERATION', message: operation, state: next.state });
      const changed = this.#records.change(task, { ...changes, ...next });
      this.#store.afterCommit(() => this.#runner.reconcile(id));
      return changed;
    });
  }

  /** The configuration after a change, checked. */
  #configured(
    former: Pick<Task, 'name' | 'sourceId' | 'targetId' | 'objects' | 'options'>,
    change: TaskConfiguration,
  ): Pick<Task, 'name' | 'sourceId' | 'targetId' | 'objects' | 'options'> {
    const name = change.name ?? former.name;
    const objects = change.objects ?? former.objects;
    const options = withOptions(former.options, change.options);
    validateName(name, 'input.name');
    validateSelection(objects);
    validateOptions(options);
    const sourceId = this.#endpoint(change.sourceId, 'input.sourceId') ?? former.sourceId;
    const targetId = this.#endpoint(change.targetId, 'input.targetId') ?? former.targetId;
    return { name, objects, options, sourceId, targetId };
  }

  #endpoint(id: string | undefined, field: string): string | undefined {
    if (id !== undefined && this.#store.endpoints.get(id) === undefined) {
      throw new DtsError('NOT_FOUND', `There is no endpoint ${id}`, { details: { field, object: id } });
    }
    return id;
  }
}

function offeredTo(task: Task): readonly Operation[] {
  return allowedOperations(task).filter((operation) => offered.has(operation));
}

function requireComplete(task: Task): void {
  if (task.sourceId === undefined) throw invalid('input.sourceId', 'The task has no source yet');
  if (task.targetId === undefined) throw invalid('input.targetId', 'The task has no target yet');
  if (task.objects.databases.length === 0) throw invalid('input.objects', 'The task has no objects yet');
}

function withOptions(former: TaskOptions, change: Partial<TaskOptions> | undefined): TaskOptions {
  const given = Object.entries(change ?? {}).filter(([, value]) => value !== undefined);
  return { ...former, ...Object.fromEntries(given) };
}

function tableProgressOf(table: StoredTable): TableProgress {
  return {
    database: table.database,
    name: table.name,
    target: `${table.targetDatabase}.${table.targetName}`,
    state: table.state,
    fullLoadRows: table.rowsCopied,
    estimatedRows: table.estimatedRows,
    inserts: table.inserts,
    updates: table.updates,
    deletes: table.deletes,
    ddls: table.ddls,
  };
}
