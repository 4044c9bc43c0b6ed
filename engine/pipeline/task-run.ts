import { AbortedError, DtsError } from '../core/errors.ts';
import type { Position } from '../core/position.ts';
import type { Source } from '../core/source.ts';
import type { StructureHistory } from '../core/structure.ts';
import type { Checkpoint, Target } from '../core/target.ts';
import { createMapper, type ObjectMapper } from '../transform/mapping.ts';
import { type AppliedState, ApplyStage } from './apply/apply-stage.ts';
import { MissingRowsReport } from './apply/missing-rows.ts';
import { CopyUnfitError } from './apply/reduce/partial-move.ts';
import { beginRun } from './begin-run.ts';
import { areChangesAwaited } from './capture/awaited-changes.ts';
import { captureChanges } from './capture/capture-stage.ts';
import type { ChangeLog } from './change-log/change-log.ts';
import { Completion } from './completion.ts';
import type { FullLoadOptions } from './full-load/copy-rows.ts';
import { copyTables } from './full-load/full-load.ts';
import { Reloader } from './full-load/reload.ts';
import { MarkReview, marksOfCopies } from './mark-review.ts';
import { type ProgressReports, startProgressReports } from './progress-report.ts';
import { Meter } from './run/meter.ts';
import { type RetryOptions, withRetry } from './run/retry.ts';
import { sourceIdOf, type TableRun, targetIdOf } from './run/run-state.ts';
import { RunPhases } from './run-phases.ts';
import { DeferredViews } from './schema/deferred-views.ts';
import { createActors, createStructure } from './schema/object-creation.ts';
import { SchemaReplay } from './schema/schema-replay.ts';
import { Resolutions, refusalOf } from './schema/schema-resolution.ts';
import { historyAt, type StructureFiles } from './schema/structure-file.ts';
import { CascadeGroups } from './tables/cascade-groups.ts';
import { actingTables, parentsAtTarget } from './tables/cascades.ts';
import { completeTables } from './tables/complete-tables.ts';
import { join, leaveOut } from './tables/reselection.ts';
import { TableRegistry } from './tables/table-registry.ts';
import { retryOptionsOf } from './task-retry.ts';
import type { TaskRunOptions } from './task-run-options.ts';

/** A caught-up task lags less than this. */
const CAUGHT_UP_MILLIS = 5000;

/** One run of a task: what `runTask` opened for it, and the stages on top of one another. */
export class TaskRun {
  readonly #options: TaskRunOptions;
  readonly #source: Source;
  readonly #target: Target;
  readonly #files: StructureFiles;
  readonly #log: ChangeLog;
  readonly #mapper: ObjectMapper;
  readonly #meter: Meter;
  /** Aborts with the first failure of any stage, and with the task's own signal. */
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #retry: RetryOptions;
  #registry!: TableRegistry;
  #groups!: CascadeGroups;
  #phases!: RunPhases;
  #reports!: ProgressReports;
  readonly #review: MarkReview;
  readonly #missing: MissingRowsReport;
  readonly #completion: Completion;

  constructor(
    options: TaskRunOptions,
    parts: { source: Source; target: Target; files: StructureFiles; log: ChangeLog },
  ) {
    this.#options = options;
    this.#source = parts.source;
    this.#target = parts.target;
    this.#files = parts.files;
    this.#log = parts.log;
    this.#mapper = createMapper(options.selection);
    this.#meter = new Meter(options.clock);
    this.#missing = new MissingRowsReport({ ...options, meter: this.#meter });
    this.#review = new MarkReview({ ...options, source: this.#source });
    this.#completion = new Completion({ ...options, source: this.#source });
    this.#signal = AbortSignal.any([options.signal, this.#stop.signal]);
    this.#retry = { ...retryOptionsOf(options), signal: this.#signal };
  }

  async live(checkpoint: Checkpoint | undefined): Promise<void> {
    const { port, clock } = this.#options;
    let { run, tables } = this.#options;
    if (run === undefined) {
      ({ run, tables } = await this.#retrying('begin', () => this.#begin()));
    } else if (checkpoint === undefined) {
      throw new DtsError('TARGET_CHECKPOINT_LOST', 'The target has no checkpoint of this task.');
    }
    this.#phases = new RunPhases({ run, port, clock });
    const { positions } = this.#source;
    this.#registry = new TableRegistry({ tables, positions, port });
    await leaveOut(this.#reselection());
    const { logsCascades } = await this.#retrying('begin', () => this.#source.identity());
    this.#groups = new CascadeGroups({ registry: this.#registry, positions, logged: logsCascades });
    this.#meter.changesApplied = run.totals.changesApplied;
    this.#meter.changesCaptured = run.totals.changesCaptured;
    this.#meter.rowsMissing = run.totals.rowsMissing ?? 0;
    this.#reports = startProgressReports({
      ...this.#options,
      phases: this.#phases,
      registry: this.#registry,
      meter: this.#meter,
      log: this.#log,
      positions,
    });
    await this.#phases.begin('CAPTURE');
    const { offset } = this.#log.durable();
    if (checkpoint !== undefined && offset > checkpoint.logOffset)
      this.#meter.lag.inherited(offset, checkpoint.committedAtMicros / 1000);
    const capturing = this.#capture(run.startPosition as Position);
    capturing.catch((error) => this.#stop.abort(error));
    try {
      // Once triggers begin to stand at the target, no row may be applied any more.
      if (!this.#phases.isDone('APPLY')) {
        await this.#copyStructure();
        await this.#copyRows();
        await this.#apply();
      }
      this.#stop.abort(new AbortedError('complete'));
      await capturing.catch(() => undefined);
      await this.#phases.end('CAPTURE');
      await this.#actors();
    } catch (error) {
      const first =
        this.#stop.signal.aborted && !(this.#stop.signal.reason instanceof AbortedError)
          ? this.#stop.signal.reason
          : error;
      throw this.#options.signal.aborted ? new AbortedError() : first;
    } finally {
      if (!this.#stop.signal.aborted) this.#stop.abort(new AbortedError());
      await capturing.catch(() => undefined);
      await this.#reports.stop();
    }
  }

  #retrying<T>(stage: string, work: () => Promise<T>): Promise<T> {
    return withRetry(this.#retry, async () => {
      this.#options.logger.debug({ stage }, 'working');
      return await work();
    });
  }

  #begin() {
    return beginRun({
      ...this.#options,
      source: this.#source,
      target: this.#target,
      mapper: this.#mapper,
      log: this.#log,
      files: this.#files,
      retry: this.#retry,
    });
  }

  #capture(start: Position): Promise<void> {
    const { selection, readerId } = this.#options;
    return captureChanges({
      source: this.#source,
      log: this.#log,
      start,
      selection,
      readerId,
      retry: this.#retry,
      meter: this.#meter,
      clock: this.#options.clock,
      isAwaited: () => areChangesAwaited({ phases: this.#phases, meter: this.#meter, log: this.#log }),
      onCommit: (mark, changes) => {
        this.#meter.changesCaptured += changes;
        this.#meter.captured = mark.position;
      },
      onIdle: (position) => {
        this.#meter.captured = position;
      },
    });
  }

  async #copyStructure(): Promise<void> {
    if (this.#phases.isDone('SCHEMA_1')) return;
    await this.#phases.begin('SCHEMA_1');
    await createStructure(this.#creation(), await this.#files.loadDefinitions());
    await this.#phases.end('SCHEMA_1');
  }

  async #copyRows(): Promise<void> {
    if (this.#phases.isDone('FULL_LOAD')) return;
    await this.#phases.begin('FULL_LOAD');
    const history = await historyAt(this.#files, this.#source, BigInt(this.#phases.run.startOffset));
    const schema = this.#schemaReplay();
    await this.#retrying('schema', () => schema.bringInStep(history));
    await this.#copy(this.#registry.all(), history, schema);
    await this.#phases.end('FULL_LOAD');
  }

  async #copy(tables: readonly TableRun[], history: StructureHistory, schema: SchemaReplay): Promise<void> {
    const { options, port, logger } = this.#options;
    const load: FullLoadOptions = {
      source: this.#source,
      target: this.#target,
      registry: this.#registry,
      meter: this.#meter,
      clock: this.#options.clock,
      history,
      port,
      logger,
      parallelism: options.fullLoadParallelism,
      chunkBytes: options.chunkBytes,
      signal: this.#signal,
      acting: actingTables(history),
      retrying: (stage, work) => this.#retrying(stage, work),
      onTableChanged: (table, cause) =>
        this.#retrying('schema', () => schema.markReloading(sourceIdOf(table), history, cause.message)),
    };
    await copyTables(
      load,
      tables.filter(({ state }) => state === 'PENDING' || state === 'COPYING'),
    );
    await this.#addActingForeignKeys(tables, history);
  }

  /** What cascades did at the source since the copy has to happen at the target again: before the first change is applied. */
  async #addActingForeignKeys(tables: readonly TableRun[], history: StructureHistory): Promise<void> {
    for (const run of tables) {
      const structure = history.table(sourceIdOf(run));
      if (structure === undefined || this.#registry.get(sourceIdOf(run))?.state !== 'COPIED') continue;
      const table = { source: structure, id: targetIdOf(run) };
      const parents = parentsAtTarget(structure, history, (id) => this.#registry.targetOf(id));
      await this.#retrying('schema', () =>
        this.#target.structure.addActingForeignKeys(table, this.#mapper, parents),
      );
    }
  }

  async #apply(): Promise<void> {
    await this.#phases.begin('SCHEMA_2');
    this.#meter.lag.applying();
    await withRetry(this.#retry, async (alive) => {
      let over = false;
      while (!over) over = await this.#applyFromCheckpoint(alive);
    });
    await this.#phases.end('APPLY');
  }

  /** False when a table turned out to need another copy: what came after the checkpoint is applied again, without that table. */
  async #applyFromCheckpoint(alive: () => void): Promise<boolean> {
    const completion = this.#options.completion;
    const checkpoint = await this.#target.readCheckpoint(this.#options.taskId);
    if (checkpoint === undefined)
      throw new DtsError('TARGET_CHECKPOINT_LOST', 'The target has no checkpoint of this task.');
    const history = await historyAt(this.#files, this.#source, checkpoint.logOffset);
    const schema = this.#schemaReplay();
    const setApart = schema.setApart.bind(schema);
    await join({ ...this.#parts(), ...this.#reselection(), history, setApart });
    await this.#setApart(schema, history);
    await this.#resumeReloads(schema, history);
    const decoder = this.#source.decoder(history, this.#options.selection, {
      ignores: (id) => !this.#mapper.selects(id) || (this.#registry.get(id)?.detached ?? false),
    });
    const reloader = new Reloader({
      ...this.#parts(),
      positions: this.#source.positions,
      files: this.#files,
      adopt: (structure) => decoder.adopt(structure),
      bringInStep: (structure) => schema.bringInStep(structure),
      copy: (tables, structure) => this.#copy(tables, structure, schema),
    });
    const stage = new ApplyStage({
      ...this.#parts(),
      taskId: this.#options.taskId,
      log: this.#log,
      decoder,
      positions: this.#source.positions,
      schema,
      resolutions: new Resolutions(this.#phases.run.resolution),
      meter: this.#meter,
      missing: this.#missing,
      checkpoint,
      groupBytes: this.#options.options.groupBytes,
      signal: this.#signal,
      between: (state) => this.#between(state, reloader, completion),
      onCommit: alive,
    });
    try {
      await stage.run();
      return true;
    } catch (error) {
      if (error instanceof CopyUnfitError) {
        await this.#retrying('schema', () =>
          schema.markReloading(error.table, decoder.history, error.message),
        );
        return false;
      }
      const at = { transaction: stage.transaction, history: decoder.history, mapper: this.#mapper };
      const refusal = refusalOf(error, at);
      if (refusal !== undefined) await this.#phases.save({ refusal });
      throw error;
    }
  }

  /** What a failure in the middle of a reload left behind. */
  async #resumeReloads(schema: SchemaReplay, history: StructureHistory): Promise<void> {
    for (const run of this.#registry.all()) {
      if (run.state === 'PENDING' || run.state === 'COPYING')
        await schema.markReloading(sourceIdOf(run), history, 'The copy was interrupted.');
    }
    await schema.bringInStep(history);
    await this.#addActingForeignKeys(this.#registry.all(), history);
  }

  /** Tables that the user wants copied again instead of a change that could not be carried. */
  async #setApart(schema: SchemaReplay, history: StructureHistory): Promise<void> {
    const { resolution } = this.#phases.run;
    if (resolution?.tables === undefined) return;
    await schema.setApart(resolution.tables, history);
    await this.#phases.save({ resolution: { ...resolution, tables: undefined } });
  }

  /** Between groups: what waited for a position that is now reached. */
  async #between(state: AppliedState, reloader: Reloader, completion: AbortSignal): Promise<boolean> {
    const parallelism = this.#options.options.fullLoadParallelism;
    const completing = { ...this.#parts(), history: state.history, parallelism };
    await completeTables(completing, this.#registry.passed(state.position));
    if (state.idle || this.#near()) await reloader.attempt(state);
    await this.#deferredViews().run();
    if (this.#registry.waiting()) {
      await this.#review.review(marksOfCopies(this.#registry), state.idle);
      return false;
    }
    if (!this.#phases.isDone('SCHEMA_2')) {
      await this.#phases.end('SCHEMA_2');
      await this.#phases.begin('APPLY');
      this.#reports.now();
    }
    await this.#files.prune(this.#log.begins());
    if (state.idle || this.#near()) this.#options.port.caughtUp();
    if (!completion.aborted) return false;
    return await this.#completion.isReached(state);
  }

  #near(): boolean {
    return (this.#meter.lag.millis ?? Number.POSITIVE_INFINITY) < CAUGHT_UP_MILLIS;
  }

  async #actors(): Promise<void> {
    if (this.#options.kind !== 'MIGRATION' || this.#phases.isDone('SCHEMA_3')) return;
    await this.#phases.begin('SCHEMA_3');
    // The stages are over: only the task's own signal still counts.
    const retry = { ...this.#retry, signal: this.#options.signal };
    const creation = {
      ...this.#creation(),
      retrying: <T>(_: string, work: () => Promise<T>) => withRetry(retry, work),
    };
    await createActors(creation, this.#source, this.#options.selection);
    await this.#phases.end('SCHEMA_3');
  }

  #parts() {
    const { port, clock } = this.#options;
    return {
      source: this.#source,
      target: this.#target,
      mapper: this.#mapper,
      registry: this.#registry,
      groups: this.#groups,
      port,
      clock,
      retrying: <T>(stage: string, work: () => Promise<T>) => this.#retrying(stage, work),
    };
  }

  #reselection() {
    const { port, selection } = this.#options;
    return { port, selection, phases: this.#phases, registry: this.#registry, mapper: this.#mapper };
  }

  #creation() {
    const { target, mapper, port, retrying } = this.#parts();
    return { target, mapper, port, retrying };
  }

  #schemaReplay(): SchemaReplay {
    return new SchemaReplay({
      ...this.#parts(),
      taskId: this.#options.taskId,
      positions: this.#source.positions,
      files: this.#files,
      logger: this.#options.logger,
      resolutions: new Resolutions(this.#phases.run.resolution),
      deferred: this.#deferredViews(),
    });
  }

  #deferredViews(): DeferredViews {
    return new DeferredViews({
      ...this.#parts(),
      taskId: this.#options.taskId,
      run: () => this.#phases.run,
      save: (deferred) => this.#phases.save({ deferred }),
    });
  }
}
