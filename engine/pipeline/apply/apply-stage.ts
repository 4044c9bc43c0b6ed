import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ChangeEvent, RowsEvent, SchemaEvent } from '../../core/change.ts';
import type { Clock } from '../../core/clock.ts';
import { AbortedError, DtsError } from '../../core/errors.ts';
import type { Position, PositionOrder } from '../../core/position.ts';
import { LARGE_BYTES } from '../../core/release-memory.ts';
import type { ChangeDecoder, StructureHistory } from '../../core/structure.ts';
import type { ApplySession, Checkpoint, Target, WriteMode, WriteStep } from '../../core/target.ts';
import type { ObjectMapper } from '../../transform/mapping.ts';
import type { ChangeLog } from '../change-log/change-log.ts';
import type { BeginRecord, LogRecord } from '../change-log/record-parser.ts';
import type { Meter } from '../run/meter.ts';
import { intentOf, type SchemaReplay } from '../schema/schema-replay.ts';
import type { Resolutions } from '../schema/schema-resolution.ts';
import { cascadeLookup } from '../tables/cascades.ts';
import type { TableRegistry } from '../tables/table-registry.ts';
import { Group } from './group.ts';
import { HeldMemory, release } from './held-memory.ts';
import type { MissingRowsReport } from './missing-rows.ts';
import { CopyUnfitError, movesRowsInPart } from './reduce/partial-move.ts';
import { Reducer } from './reduce/reducer.ts';
import { targetLookup } from './target-lookup.ts';

/**
 * Applies the change log to the target.
 *
 *     read ▸ decode ▸ reduce ──────────────┐ group N+1 is gathered …
 *                                 write ▸ commit with checkpoint   … while group N commits
 *
 * A group holds whole source transactions, is reduced per key and commits once, with its checkpoint in the same transaction. It
 * is closed when it is big enough, or when the log has nothing more: an idle task commits each transaction at once. A transaction
 * larger than a group is written piece by piece into one target transaction. A schema change stands between groups.
 *
 * One `run` is one attempt: it begins at the checkpoint that the target holds, so it may be repeated after any failure.
 */
export interface ApplyOptions {
  readonly taskId: string;
  readonly target: Target;
  readonly log: ChangeLog;
  readonly decoder: ChangeDecoder;
  readonly registry: TableRegistry;
  readonly mapper: ObjectMapper;
  readonly positions: PositionOrder;
  readonly schema: SchemaReplay;
  readonly resolutions: Resolutions;
  readonly meter: Meter;
  readonly missing: MissingRowsReport;
  readonly clock: Clock;
  readonly checkpoint: Checkpoint;
  readonly groupBytes: number;
  readonly signal: AbortSignal;
  /** Called between groups, when all that was read is committed, with what it is committed up to. True ends the stage. */
  readonly between: (state: AppliedState) => Promise<boolean>;
  /** Told after each commit: the stage is alive. */
  readonly onCommit: () => void;
}

export interface AppliedState {
  readonly position: Position;
  readonly history: StructureHistory;
  /** A restart begins here. */
  readonly offset: bigint;
  /** Schema changes seen so far by this attempt, of whatever tables. */
  readonly schemaChanges: number;
  /** The log holds nothing more, and the source had nothing more when it was last heard. */
  readonly idle: boolean;
}

/** A group of so many source transactions is written as soon as the target is free, so that lag stays small. */
const GROUP_TRANSACTIONS = 5000;
/** Most of them, however long the target takes. */
const MOST_TRANSACTIONS = 50_000;
/** Most memory that rows of a group may refer to, whatever is left of them. */
const MOST_BYTES = 32 * 1024 * 1024;
/** A piece of more is written before another group is gathered: two could be too much for the memory. */
const HUGE_BYTES = 4 * 1024 * 1024;
/** Between two looks at what the target answered. */
const RECORDS_PER_TURN = 256;
/** An idle source moves the checkpoint forward this often. */
const IDLE_CHECKPOINT_MILLIS = 10_000;

export class ApplyStage {
  readonly #options: ApplyOptions;
  readonly #reducer: Reducer;
  #session: ApplySession | undefined;
  #checkpoint: Checkpoint;
  #idlePosition: Position | undefined;
  #idleSavedAt = 0;
  /** Names the open transaction. */
  #begun: BeginRecord | undefined;
  /** Row changes of the open transaction. */
  #openChanges = 0;
  #schemaChanges = 0;
  #group = new Group();
  /** Of the table whose event is being added. */
  #mode: WriteMode = 'strict';
  /** The commit of the former group, under way. */
  #writing: Promise<void> = Promise.resolve();
  #isWriting = false;
  /** Waited for the target while the records of one batch were taken. */
  #writtenMillis = 0;
  readonly #held = new HeldMemory();
  readonly #broken = new AbortController();

  constructor(options: ApplyOptions) {
    this.#options = options;
    this.#checkpoint = options.checkpoint;
    this.#reducer = new Reducer({
      targetOf: targetLookup(options.registry, options.mapper),
      modeOf: () => this.#mode,
      cascadesOf: cascadeLookup(() => options.decoder.history),
    });
  }

  /** The source's transaction that is being applied. */
  get transaction(): Position | undefined {
    return this.#begun?.transaction;
  }

  async run(): Promise<void> {
    const { log, signal, meter, clock } = this.#options;
    const reading = AbortSignal.any([signal, this.#broken.signal]);
    try {
      // A schema change that was cut off comes first: until then tables may already bear the names that it gives them.
      if (intentOf(this.#checkpoint) === undefined && (await this.#pause(false))) return;
      let since = clock.now();
      for await (const { records, bytes } of log.readBlocks({
        from: this.#checkpoint.logOffset,
        signal: reading,
      })) {
        const got = clock.now();
        this.#writtenMillis = 0;
        let taken = 0;
        for (const record of records) {
          const pending = this.#take(record);
          if (pending !== undefined && (await pending)) return;
          taken += 1;
          // Else the target would wait for its next statements until the whole block is taken.
          if (taken % RECORDS_PER_TURN === 0 && this.#isWriting) await nextTurn();
        }
        this.#endBlock(bytes);
        meter.waits.add('SOURCE', got - since);
        meter.waits.add('TARGET', this.#writtenMillis);
        since = clock.now();
        meter.waits.add('DECODE', since - got - this.#writtenMillis);
      }
    } catch (error) {
      if (this.#broken.signal.aborted && !signal.aborted) throw this.#broken.signal.reason;
      throw error;
    } finally {
      await this.#writing.catch(() => undefined);
      this.#options.missing.abandoned();
      await this.#session?.close();
    }
    throw new AbortedError();
  }

  /** All records of a block are taken. */
  #endBlock(bytes: Uint8Array | undefined): void {
    if (bytes === undefined) return;
    // The name must outlive the block.
    if (this.#begun) this.#begun = { kind: 'begin', transaction: this.#begun.transaction };
    this.#held.addBlock(bytes);
    if (!this.#held.isSparse(this.#reducer.bytes)) return;
    this.#group.settle();
    this.#held.moveTogether((memory) => this.#reducer.keep(memory));
  }

  /** Handles one record; undefined when that is done at once, as for most, else whether the stage is to end. */
  #take(record: LogRecord): Promise<boolean> | undefined {
    const { decoder } = this.#options;
    switch (record.kind) {
      case 'begin':
        decoder.beginTransaction();
        this.#begun = record;
        this.#openChanges = 0;
        return undefined;
      case 'piece':
        return this.#piece(record.bytes);
      case 'commit': {
        this.#group.closeTransaction(record);
        const behind = this.#options.log.holdsMoreThan(record.offset);
        return behind && !this.#isFull() ? undefined : this.#endGroup(behind);
      }
      case 'idle':
        return this.#idle(record.position, record.offset, record.timeMicros);
    }
  }

  async #endGroup(behind: boolean): Promise<boolean> {
    await this.#flush();
    return behind && !this.#watching() ? false : await this.#pause(false);
  }

  /** Whether the group is to be written although more is there to be gathered. */
  #isFull(): boolean {
    const { transactions } = this.#group;
    if (this.#isLarge() || transactions >= MOST_TRANSACTIONS) return true;
    // While the target is busy with the former group this one can only wait: meanwhile the same rows may change again.
    if (this.#isWriting) return false;
    return transactions >= GROUP_TRANSACTIONS || this.#held.bytes >= this.#options.groupBytes;
  }

  #isLarge(): boolean {
    return this.#reducer.bytes >= this.#options.groupBytes || this.#held.bytes >= MOST_BYTES;
  }

  #piece(bytes: Uint8Array): Promise<boolean> | undefined {
    const before = this.#options.decoder.history;
    if (bytes.length >= LARGE_BYTES) this.#held.addPiece(bytes);
    const events = this.#decode(bytes);
    if (events.some((event) => event.kind === 'schema')) return this.#eventsInTurn(events, before);
    for (const event of events) if (event.kind === 'rows') this.#rows(event);
    return this.#isLarge() ? this.#spill() : undefined;
  }

  async #eventsInTurn(events: readonly ChangeEvent[], history: StructureHistory): Promise<boolean> {
    let before = history;
    for (const event of events) {
      if (event.kind === 'schema') await this.#schema(event, before);
      else this.#rows(event);
      before = this.#options.decoder.history;
    }
    return false;
  }

  #decode(bytes: Uint8Array): readonly ChangeEvent[] {
    const { decoder, resolutions, positions } = this.#options;
    const sql = resolutions.isGiven ? resolutions.substitute(this.transaction) : undefined;
    try {
      return sql === undefined ? [...decoder.decode(bytes)] : [...decoder.substitute(bytes, sql)];
    } catch (error) {
      if (resolutions.passesOver(error, this.transaction)) {
        this.#schemaChanges += 1;
        return [];
      }
      if (!(error instanceof DtsError) || this.transaction === undefined) throw error;
      throw new DtsError(error.code, error.message, {
        cause: error,
        remedy: error.remedy,
        details: { position: positions.describe(this.transaction), ...error.details },
      });
    }
  }

  #rows(event: RowsEvent): void {
    const { registry } = this.#options;
    const disposition = registry.disposition(event.table.id, this.#begun!);
    if (disposition === 'drop') return;
    if (disposition === 'idempotent' && movesRowsInPart(event)) throw new CopyUnfitError(event.table.id);
    this.#group.count(event);
    this.#openChanges += event.changes.length;
    this.#mode = disposition;
    this.#reducer.add(event);
  }

  /** Writes what is gathered without committing: a transaction larger than a group is under way. */
  async #spill(): Promise<boolean> {
    await this.#written();
    const since = this.#options.clock.now();
    const steps = this.#reducer.drain();
    if (steps.length > 0) await this.#write(steps);
    await this.#session?.flush();
    release(this.#held.take());
    this.#writtenMillis += this.#options.clock.now() - since;
    return false;
  }

  /** The commit of the former group. */
  async #written(): Promise<void> {
    const since = this.#options.clock.now();
    await this.#writing;
    this.#writtenMillis += this.#options.clock.now() - since;
  }

  async #write(steps: readonly WriteStep[]): Promise<ApplySession> {
    const { target, taskId, missing } = this.#options;
    this.#session ??= await target.openApply(taskId, { onMissing: missing.add });
    for (const step of steps) await this.#session.write(step);
    return this.#session;
  }

  /** Closes the group and starts its commit; resolves when the former one is committed and this one is on its way. */
  async #flush(): Promise<void> {
    const group = this.#group;
    if (group.last === undefined) return;
    const { offset, mark } = group.last;
    const checkpoint: Checkpoint = {
      logOffset: offset,
      position: mark.position,
      committedAtMicros: mark.committedAtMicros,
    };
    this.#group = new Group();
    await this.#written();
    const steps = this.#reducer.drain();
    const held = this.#held.take();
    this.#isWriting = true;
    this.#writing = this.#commit(steps, checkpoint, group).finally(() => {
      this.#isWriting = false;
      release(held);
    });
    this.#writing.catch((error) => this.#broken.abort(error));
    // Another group beside it could be too much for the memory.
    if (held.some((bytes) => bytes.length > HUGE_BYTES)) await this.#written();
  }

  async #commit(steps: readonly WriteStep[], checkpoint: Checkpoint, group: Group): Promise<void> {
    const { registry, meter, missing, clock, log } = this.#options;
    const session = await this.#write(steps);
    await session.commit(checkpoint);
    missing.committed();
    meter.bytes.add(Number(checkpoint.logOffset - this.#checkpoint.logOffset));
    this.#checkpoint = checkpoint;
    for (const entry of group.counted.values()) registry.count(entry.table, entry);
    meter.changesApplied += group.changes;
    meter.rows.add(group.changes);
    meter.transactions.add(group.transactions);
    meter.appliedOffset = checkpoint.logOffset;
    meter.applied = checkpoint.position;
    meter.lag.applied(checkpoint.logOffset, clock.now() - checkpoint.committedAtMicros / 1000);
    this.#options.onCommit();
    await log.trim(checkpoint.logOffset);
  }

  async #schema(event: SchemaEvent, before: StructureHistory): Promise<void> {
    this.#schemaChanges += 1;
    if (this.#openChanges > 0) {
      throw new DtsError(
        'DDL_NOT_UNDERSTOOD',
        'A schema change stands inside a transaction after changes of rows.',
        {
          details: { position: this.#options.positions.describe(this.transaction!) },
        },
      );
    }
    await this.#flush();
    await this.#writing;
    const { schema, decoder } = this.#options;
    await schema.replay({
      event,
      before,
      after: decoder.history,
      checkpoint: this.#checkpoint,
      transaction: this.transaction!,
    });
  }

  async #idle(position: Position, offset: bigint, timeMicros: number): Promise<boolean> {
    const { clock, meter } = this.#options;
    await this.#written();
    this.#options.missing.tell();
    // Whatever failed before: all that the log holds is at the target.
    this.#options.onCommit();
    this.#idlePosition = position;
    meter.lag.applied(offset, 0);
    meter.appliedOffset = offset;
    meter.applied = position;
    const now = clock.now();
    if (now - this.#idleSavedAt >= IDLE_CHECKPOINT_MILLIS && position !== this.#checkpoint.position) {
      this.#idleSavedAt = now;
      const checkpoint: Checkpoint = { logOffset: offset, position, committedAtMicros: timeMicros };
      await this.#options.target.writeCheckpoint(this.#options.taskId, checkpoint);
      this.#checkpoint = checkpoint;
    }
    return await this.#pause(true);
  }

  /** True while something waits for a position: a table's copy to be passed, a reload. */
  #watching(): boolean {
    return this.#options.registry.waiting();
  }

  async #pause(idle: boolean): Promise<boolean> {
    await this.#written();
    const position =
      idle && this.#idlePosition !== undefined ? this.#idlePosition : this.#checkpoint.position;
    return await this.#options.between({
      position,
      history: this.#options.decoder.history,
      offset: this.#checkpoint.logOffset,
      schemaChanges: this.#schemaChanges,
      idle,
    });
  }
}
