import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import type { CommitMark } from '../../core/change.ts';
import { diskFailure } from './failure.ts';
import { type LargeRecord, type Run, sizeOf, type Waiting, WriteQueue } from './queue.ts';
import {
  CRC_AT,
  checksum,
  checksumOfLarge,
  decodeMark,
  HEADER_BYTES,
  readUint32,
  recordKinds,
  writeHeader,
  writeUint32,
} from './record.ts';
import { createSegment, type Segment, segmentPath, syncDirectory } from './segment.ts';
import type { LogState } from './shared.ts';
import { TransactionView } from './transaction-record.ts';

const BATCH_BYTES = 8 * 1024 * 1024;
/** Below the kernel's limit of parts per write (1024). */
const BATCH_PARTS = 512;
/** Written bytes that are brought to disk even while more is waiting. */
const SYNC_BYTES = 8 * 1024 * 1024;
/** And so many writes: a source that never pauses still sees its commits durable within milliseconds. */
const SYNC_WRITES = 8;

/** The latest record that ends a transaction, or says where an idle source is. */
interface MarkRecord {
  readonly kind: number;
  readonly bytes: Buffer;
  readonly payload: number;
  readonly end: number;
}

/**
 * Writes what waits in the queue to the last segment, one loop, one write or sync at a time. While a sync runs new records gather, so that a
 * busy source shares one sync between many transactions and a quiet one gets its own at once.
 */
export class Writer {
  readonly queue = new WriteQueue();
  readonly #state: LogState;
  readonly #segmentBytes: number;
  #file: FileHandle;
  #segment: Segment;
  /** Where the next record goes. */
  #offset: number;
  /** Where the file is cut when a transaction is abandoned. */
  #kept: number;
  /** After the last commit that is written, how many are not on disk yet, and the last mark. */
  #committed: number;
  #committedCount = 0;
  #mark: CommitMark | undefined;
  #markPending = false;
  #syncedTo: number;
  #unsyncedWrites = 0;
  #ending = false;
  readonly #finished: Promise<void>;
  #wake: (() => void) | undefined;

  static async open(state: LogState, end: number, segmentBytes: number): Promise<Writer> {
    const segment = state.segments.at(-1) as Segment;
    return new Writer({ state, end, segmentBytes, segment, file: await open(segment.path, 'r+') });
  }

  private constructor(options: {
    state: LogState;
    end: number;
    segmentBytes: number;
    segment: Segment;
    file: FileHandle;
  }) {
    this.#state = options.state;
    this.#segmentBytes = options.segmentBytes;
    this.#segment = options.segment;
    this.#file = options.file;
    this.#offset = options.end;
    this.#syncedTo = options.end;
    this.#kept = options.end;
    this.#committed = options.state.durable;
    this.#mark = options.state.mark;
    this.#finished = this.#run();
  }

  /** Bytes that are queued or written and not on disk yet. */
  get pendingBytes(): number {
    return this.queue.bytes + this.#offset - this.#syncedTo;
  }

  /** After everything that is written or waiting. */
  get end(): number {
    return this.#offset + this.queue.bytes;
  }

  /** Something was added to the queue. */
  wake(): void {
    if (this.#ending || !this.queue.isEmpty) this.#wake?.();
  }

  /** Takes back the open transaction: out of the queue, or out of the file. */
  abandon(): void {
    this.queue.abandon();
    this.wake();
    this.#state.changed.notify();
  }

  /** Writes what is waiting, unless the log has failed, and closes the file. */
  async close(): Promise<void> {
    this.#ending = true;
    this.wake();
    await this.#finished;
    await this.#file.close();
  }

  async #run(): Promise<void> {
    try {
      for (;;) {
        if (this.queue.isEmpty) {
          if (this.#markPending) await this.#sync();
          else if (this.#ending) return;
          else await this.#wait();
          continue;
        }
        await this.#write();
        if (this.#isSyncDue()) await this.#sync();
        const full = this.#offset - this.#segment.start >= this.#segmentBytes;
        if (full && this.#offset === this.#kept) await this.#roll();
      }
    } catch (error) {
      // After a failed write or sync nobody knows what reached the disk: only opening again, with recovery, tells.
      this.#state.failure = diskFailure(error, this.#segment.path);
      this.queue.clear();
      this.#state.changed.notify();
    }
  }

  #isSyncDue(): boolean {
    if (this.#offset - this.#syncedTo >= SYNC_BYTES) return true;
    return this.#markPending && this.#unsyncedWrites >= SYNC_WRITES;
  }

  #wait(): Promise<void> {
    this.queue.rest();
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = undefined;
        resolve();
      };
    });
  }

  /** Writes the next records: never past the commit at which the segment is full. */
  async #write(): Promise<void> {
    const parts: Uint8Array[] = [];
    const taken: Waiting[] = [];
    let offset = this.#offset;
    let mark: MarkRecord | undefined;
    while (parts.length < BATCH_PARTS && offset - this.#offset < BATCH_BYTES) {
      const next = this.queue.take();
      if (next === undefined) break;
      if (next.what === 'abandon') {
        if (taken.length > 0) this.queue.putBackWhole(next);
        else await this.#cut();
        break;
      }
      taken.push(next);
      if (next.what === 'large') parts.push(await headerOf(next, offset), next.payload);
      else {
        mark = this.#seal(next, offset) ?? mark;
        parts.push(next.slab.bytes.subarray(next.from, next.to));
      }
      offset += sizeOf(next);
      if (mark && this.#kept === offset && offset - this.#segment.start >= this.#segmentBytes) break;
    }
    if (parts.length === 0) return;
    if (mark) {
      this.#mark = markOf(mark);
      this.#markPending = true;
    }
    await writeAll(this.#file, parts, this.#offset - this.#segment.start);
    for (const each of taken) this.queue.written(each);
    this.#offset = offset;
    this.#unsyncedWrites++;
    this.#state.changed.notify();
  }

  /** Completes the records of a run, which begins at `offset`, with their checksums; gives the last that holds a mark. */
  #seal(run: Run, start: number): MarkRecord | undefined {
    const { bytes } = run.slab;
    let mark: MarkRecord | undefined;
    let offset = start;
    for (let at = run.from; at < run.to; ) {
      const kind = bytes[at + 4]!;
      const payload = at + HEADER_BYTES;
      const end = payload + readUint32(bytes, at);
      writeUint32(bytes, at + CRC_AT, checksum(kind, bytes, offset, payload, end));
      offset += end - at;
      at = end;
      const commits = kind === recordKinds.transaction || kind === recordKinds.commit;
      if (!commits && kind !== recordKinds.idle) continue;
      mark = { kind, bytes, payload, end };
      this.#kept = offset;
      if (commits) {
        this.#committed = offset;
        this.#committedCount++;
      }
      if (offset - this.#segment.start >= this.#segmentBytes) this.queue.putBack(run, end);
    }
    return mark;
  }

  /** Cuts what is written of the open transaction. */
  async #cut(): Promise<void> {
    await this.#file.truncate(this.#kept - this.#segment.start);
    this.#offset = this.#kept;
    this.#syncedTo = Math.min(this.#syncedTo, this.#kept);
    this.#state.changed.notify();
  }

  async #sync(): Promise<void> {
    await this.#file.datasync();
    this.#syncedTo = this.#offset;
    this.#unsyncedWrites = 0;
    this.#state.durable = this.#committed;
    this.#state.mark = this.#mark;
    this.#markPending = false;
    this.#state.commitsPending -= this.#committedCount;
    this.#committedCount = 0;
    this.#state.changed.notify();
  }

  async #roll(): Promise<void> {
    await this.#sync();
    const start = this.#offset;
    const path = segmentPath(this.#state.dir, start);
    const { file, bytes } = await createSegment(path, start, this.#mark as CommitMark);
    const former = this.#file;
    this.#file = file;
    this.#segment = { start, path };
    await former.close();
    await syncDirectory(this.#state.dir);
    this.#offset = start + bytes;
    this.#kept = this.#offset;
    this.#syncedTo = this.#offset;
    this.#state.segments = [...this.#state.segments, this.#segment];
    this.#state.changed.notify();
  }
}

async function headerOf({ kind, payload }: LargeRecord, offset: number): Promise<Buffer> {
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  const crc =
    payload.length <= BATCH_BYTES
      ? checksum(kind, payload, offset)
      : await checksumOfLarge(kind, payload, offset);
  writeHeader(header, 0, kind, payload.length, crc);
  return header;
}

const markOf = ({ kind, bytes, payload, end }: MarkRecord): CommitMark =>
  kind === recordKinds.transaction
    ? new TransactionView(bytes, payload, end).mark
    : decodeMark(bytes.subarray(payload, end));

/** One gathering write, and more where the system takes only a part of it. */
async function writeAll(file: FileHandle, parts: readonly Uint8Array[], position: number): Promise<void> {
  let left = parts;
  let at = position;
  while (left.length > 0) {
    const { bytesWritten } = await file.writev(left, at);
    at += bytesWritten;
    left = afterBytes(left, bytesWritten);
  }
}

function afterBytes(parts: readonly Uint8Array[], written: number): readonly Uint8Array[] {
  let rest = written;
  let whole = 0;
  for (const part of parts) {
    if (rest < part.length) return [part.subarray(rest), ...parts.slice(whole + 1)];
    rest -= part.length;
    whole++;
  }
  return [];
}
