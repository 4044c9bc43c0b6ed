import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CaptureSink, CommitMark } from '../../core/change.ts';
import type { Clock } from '../../core/clock.ts';
import { DtsError } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { Position } from '../../core/position.ts';
import { diskFailure } from './failure.ts';
import { type LogBlock, readLog } from './reader.ts';
import { encodeLength, encodeMark, type RecordKind, recordKinds } from './record.ts';
import type { LogRecord } from './record-parser.ts';
import { finishReset, recoverLog, resetPath } from './recovery.ts';
import { createSegment, syncDirectory } from './segment.ts';
import { type LogState, newState } from './shared.ts';
import { Writer } from './writer.ts';

export interface ChangeLogOptions {
  /** Directory of this log alone; made if missing. */
  readonly dir: string;
  /** Bytes on disk above which capture waits for `trim`. A single larger transaction still passes. */
  readonly maxBytes: number;
  /** Size at which a segment ends, at the next commit. Default 64 MiB, and never more than a quarter of maxBytes. */
  readonly segmentBytes?: number | undefined;
  readonly logger: Logger;
  readonly clock: Clock;
}

/** Bytes on their way to the disk above which capture waits. */
const PENDING_BYTES = 16 * 1024 * 1024;
/** Within a large piece: bytes in memory. The apply may hold another such piece. */
const QUEUED_BYTES = 4 * 1024 * 1024;
const SEGMENT_BYTES = 64 * 1024 * 1024;
/** How often the position of an idle source is written, so that capture resumes near it. */
const IDLE_WRITE_MILLIS = 10_000;

/**
 * The durable, bounded queue between capture and apply, on disk. One process opens it at a time.
 *
 * Laws: what is read was committed and is on disk; transactions come in the order of their commits, whole, once; a crash at any
 * instruction loses only what was not durable, which capture brings again from `lastMark`. After a failure of the disk
 * (DISK_FULL) the log takes nothing more: close it and open it again.
 */
export class ChangeLog implements CaptureSink {
  readonly #options: ChangeLogOptions;
  readonly #segmentBytes: number;
  readonly #state: LogState;
  #writer: Writer | undefined;
  #open = false;
  /** Bytes of a large piece that are still to come. */
  #toCome = 0;
  #idleWrittenAt = 0;
  #captured: CommitMark | undefined;

  static async open(options: ChangeLogOptions): Promise<ChangeLog> {
    try {
      await mkdir(options.dir, { recursive: true, mode: 0o700 });
      const state = newState(options.dir);
      const found = await recoverLog(options.dir);
      if (found !== undefined) {
        state.segments = found.segments;
        state.durable = found.durable;
        state.mark = found.mark;
      }
      const log = new ChangeLog(options, state);
      if (found !== undefined) log.#writer = await Writer.open(state, found.end, log.#segmentBytes);
      return log;
    } catch (error) {
      throw diskFailure(error, options.dir);
    }
  }

  private constructor(options: ChangeLogOptions, state: LogState) {
    this.#options = options;
    this.#state = state;
    this.#segmentBytes = Math.min(options.segmentBytes ?? SEGMENT_BYTES, Math.floor(options.maxBytes / 4));
  }

  /**
   * Empties the log and begins it anew at a position of the source: at the start of a task, or after CHANGE_LOG_CORRUPT from the
   * applied checkpoint, whose offset it then continues. Happens as a whole or not at all.
   */
  async reset(mark: CommitMark, offset = 0n): Promise<void> {
    const { dir } = this.#options;
    await this.#writer?.close();
    this.#writer = undefined;
    const start = Number(offset);
    try {
      const draft = join(dir, 'reset.tmp');
      await rm(draft, { force: true });
      const { file } = await createSegment(draft, start, mark);
      await file.close();
      await rename(draft, resetPath(dir, start));
      await syncDirectory(dir);
      await finishReset(dir, start);
      const found = await recoverLog(dir);
      if (found === undefined) throw new DtsError('INTERNAL', 'The change log is gone right after its reset');
      Object.assign(this.#state, newState(dir), { changed: this.#state.changed });
      this.#state.segments = found.segments;
      this.#state.durable = found.durable;
      this.#state.mark = found.mark;
      this.#open = false;
      this.#toCome = 0;
      this.#captured = undefined;
      this.#writer = await Writer.open(this.#state, found.end, this.#segmentBytes);
    } catch (error) {
      throw diskFailure(error, dir);
    }
    this.#options.logger.info({ dir, offset: start, position: mark.position }, 'change log begun');
  }

  begin(transaction: Position): void {
    const writer = this.#ready();
    if (this.#open) throw new DtsError('INTERNAL', 'A transaction began inside another');
    this.#open = true;
    this.#state.idle = undefined;
    writer.queue.begin(transaction);
  }

  piece(bytes: Uint8Array): void {
    const writer = this.#inside('A piece');
    writer.queue.piece(bytes);
    writer.wake();
  }

  largePiece(length: number): void {
    add(this.#inside('A piece'), recordKinds.large, encodeLength(length));
    this.#toCome = length;
  }

  part(bytes: Uint8Array): void {
    const writer = this.#ready();
    if (bytes.length > this.#toCome) throw new DtsError('INTERNAL', 'A part came outside a large piece');
    this.#toCome -= bytes.length;
    add(writer, recordKinds.part, bytes);
  }

  commit(mark: CommitMark): void {
    const writer = this.#inside('A commit');
    this.#open = false;
    this.#state.commitsPending++;
    this.#captured = mark;
    writer.queue.commit(mark);
    writer.wake();
  }

  abandon(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#toCome = 0;
    if (this.#state.failure === undefined) this.#writer?.abandon();
  }

  idle(position: Position, timeMicros: number): void {
    const writer = this.#ready();
    if (this.#open) return;
    const mark = { position, committedAtMicros: timeMicros };
    this.#state.idle = { mark };
    this.#captured = mark;
    const now = this.#options.clock.now();
    if (position !== this.#state.mark?.position && now - this.#idleWrittenAt >= IDLE_WRITE_MILLIS) {
      this.#idleWrittenAt = now;
      add(writer, recordKinds.idle, encodeMark(mark));
    }
    this.#state.changed.notify();
  }

  pressure(): Promise<void> | undefined {
    return this.#hasRoom() ? undefined : this.#room();
  }

  /** After the last transaction that is on disk. The mark is undefined before the first reset. */
  durable(): { readonly offset: bigint; readonly mark: CommitMark | undefined } {
    return { offset: BigInt(this.#state.durable), mark: this.#state.mark };
  }

  /**
   * Where capture goes on after a broken connection: behind what was given to the log, on disk already or not. What is not yet
   * durable needs no second capture as long as this process lives.
   */
  captured(): CommitMark | undefined {
    return this.#captured ?? this.#state.mark;
  }

  /** Where capture resumes after a restart: the last commit on disk, or where an idle source was later. Undefined before the first reset. */
  lastMark(): CommitMark | undefined {
    return this.#state.mark;
  }

  /** The latest word of an idle source; undefined since the next transaction began. */
  idleMark(): CommitMark | undefined {
    return this.#state.idle?.mark;
  }

  /** Bytes on disk, with what is on its way there. */
  bytes(): number {
    const first = this.#state.segments[0];
    return first === undefined || this.#writer === undefined ? 0 : this.#writer.end - first.start;
  }

  /** Whether transactions behind this offset are on disk. */
  holdsMoreThan(offset: bigint): boolean {
    return this.#state.durable > Number(offset);
  }

  /** Offset behind all that was given to the log, on disk already or not. */
  end(): bigint {
    return BigInt(this.#writer?.end ?? this.#state.durable);
  }

  /** Offset from which the log can be read. */
  begins(): bigint {
    return BigInt(this.#state.segments[0]?.start ?? 0);
  }

  /**
   * Records from a resume offset on, then new ones as they become durable; a transaction's pieces come while it is read, never
   * gathered. Reads one block ahead. Throws AbortedError when the signal aborts or the log closes, CHANGE_LOG_CORRUPT for damage
   * and for an offset that the log does not hold, and after all durable records the failure of the writing side, if it failed.
   */
  async *read(options: { from: bigint; signal: AbortSignal }): AsyncGenerator<LogRecord, void, undefined> {
    for await (const { records } of this.readBlocks(options)) yield* records;
  }

  /** As `read`, a block at a time: cheaper where records are small. */
  readBlocks(options: { from: bigint; signal: AbortSignal }): AsyncGenerator<LogBlock, void, undefined> {
    return readLog(this.#state, Number(options.from), options.signal);
  }

  /** Removes whole segments that end at or before an applied offset. */
  async trim(before: bigint): Promise<void> {
    const { segments } = this.#state;
    const kept = segments.findIndex((_, i) => {
      const next = segments[i + 1];
      return next === undefined || next.start > Number(before);
    });
    if (kept <= 0) return;
    this.#state.segments = segments.slice(kept);
    this.#state.changed.notify();
    for (const segment of segments.slice(0, kept)) await rm(segment.path, { force: true });
  }

  /** Writes what was committed and ends readers. The open transaction is dropped. */
  async close(): Promise<void> {
    if (this.#state.closed) return;
    this.abandon();
    await this.#writer?.close();
    this.#state.closed = true;
    this.#state.changed.notify();
  }

  #inside(what: string): Writer {
    const writer = this.#ready();
    if (!this.#open) throw new DtsError('INTERNAL', `${what} came outside a transaction`);
    if (this.#toCome > 0) throw new DtsError('INTERNAL', `${what} came inside a large piece`);
    return writer;
  }

  #ready(): Writer {
    if (this.#state.failure !== undefined) throw this.#state.failure;
    if (this.#writer === undefined || this.#state.closed) {
      throw new DtsError('INTERNAL', 'The change log is closed or was never begun');
    }
    return this.#writer;
  }

  /** True when the budget on disk is used up: capture waits for `trim`. */
  isFull(): boolean {
    // With one segment left nothing could be trimmed: only a transaction that is larger than the budget gets here, and must pass.
    return this.#state.segments.length >= 2 && this.bytes() >= this.#options.maxBytes;
  }

  #hasRoom(): boolean {
    if (this.#writer === undefined || this.#state.closed) return true;
    if (this.#state.failure !== undefined || this.#writer.pendingBytes >= PENDING_BYTES) return false;
    if (this.#toCome > 0 && this.#writer.queue.bytes >= QUEUED_BYTES) return false;
    return !this.isFull();
  }

  async #room(): Promise<void> {
    while (!this.#hasRoom()) {
      if (this.#state.failure !== undefined) throw this.#state.failure;
      await this.#state.changed.next();
    }
  }
}

function add(writer: Writer, kind: RecordKind, payload: Uint8Array): void {
  writer.queue.add(kind, payload);
  writer.wake();
}
