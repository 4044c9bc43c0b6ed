import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import type { CommitMark } from '../../core/change.ts';
import { releaseMemory } from '../../core/release-memory.ts';
import { diskFailure } from './failure.ts';
import {
  checksum,
  checksumOfLarge,
  HEADER_BYTES,
  type RecordKind,
  recordKinds,
  writeHeader,
} from './record.ts';
import { createSegment, type Segment, segmentPath, syncDirectory } from './segment.ts';
import type { LogState } from './shared.ts';

/** What waits to be written. `abandon` takes back what is written of the open transaction. */
export interface Entry {
  readonly kind: RecordKind | 'abandon';
  readonly payload: Uint8Array;
  readonly mark?: CommitMark | undefined;
}

/** Smaller payloads are copied beside their headers; larger ones are written from where they are. */
const COPIED_BYTES = 2048;
const SLAB_BYTES = 1024 * 1024;
const BATCH_BYTES = 8 * 1024 * 1024;
/** Below the kernel's limit of parts per write (1024). */
const BATCH_PARTS = 512;
/** Written bytes that are brought to disk even while more is waiting. */
const SYNC_BYTES = 8 * 1024 * 1024;
/** And so many writes: a source that never pauses still sees its commits durable within milliseconds. */
const SYNC_WRITES = 8;

/**
 * Writes entries to the last segment, one loop, one write or sync at a time. While a sync runs new entries gather, so that a
 * busy source shares one sync between many transactions and a quiet one gets its own at once.
 */
export class Writer {
  readonly #state: LogState;
  readonly #segmentBytes: number;
  readonly #slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
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
  #queue: Entry[] = [];
  #queuedBytes = 0;
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

  /** Bytes in memory. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** Bytes that are queued or written and not on disk yet. */
  get pendingBytes(): number {
    return this.#queuedBytes + this.#offset - this.#syncedTo;
  }

  /** After everything that is written or waiting. */
  get end(): number {
    return this.#offset + this.#queuedBytes;
  }

  add(entry: Entry): void {
    this.#queue.push(entry);
    this.#queuedBytes += sizeOf(entry);
    this.#wake?.();
  }

  /** Takes back the open transaction: out of the queue, or out of the file. */
  abandon(): void {
    const begin = this.#queue.findLastIndex((entry) => entry.kind === recordKinds.begin);
    const dropped = this.#queue.splice(Math.max(begin, 0));
    for (const entry of dropped) this.#queuedBytes -= sizeOf(entry);
    if (begin === -1) this.add({ kind: 'abandon', payload: Buffer.alloc(0) });
    this.#state.changed.notify();
  }

  /** Writes what is waiting, unless the log has failed, and closes the file. */
  async close(): Promise<void> {
    this.#ending = true;
    this.#wake?.();
    await this.#finished;
    await this.#file.close();
  }

  async #run(): Promise<void> {
    try {
      for (;;) {
        if (this.#queue.length === 0) {
          if (this.#markPending) await this.#sync();
          else if (this.#ending) return;
          else await this.#wait();
          continue;
        }
        await this.#write(this.#take());
        if (this.#isSyncDue()) await this.#sync();
        const full = this.#offset - this.#segment.start >= this.#segmentBytes;
        if (full && this.#offset === this.#kept) await this.#roll();
      }
    } catch (error) {
      // After a failed write or sync nobody knows what reached the disk: only opening again, with recovery, tells.
      this.#state.failure = diskFailure(error, this.#segment.path);
      this.#queue = [];
      this.#queuedBytes = 0;
      this.#state.changed.notify();
    }
  }

  #isSyncDue(): boolean {
    if (this.#offset - this.#syncedTo >= SYNC_BYTES) return true;
    return this.#markPending && this.#unsyncedWrites >= SYNC_WRITES;
  }

  #wait(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = undefined;
        resolve();
      };
    });
  }

  /** The next entries that go out in one write: never past the commit at which the segment is full. */
  #take(): Entry[] {
    let bytes = 0;
    let slab = 0;
    let parts = 0;
    let count = 0;
    for (const entry of this.#queue) {
      if (entry.kind === 'abandon') {
        if (count === 0) count = 1;
        break;
      }
      const size = sizeOf(entry);
      const copied = entry.payload.length <= COPIED_BYTES;
      const fits = slab + (copied ? size : HEADER_BYTES) <= SLAB_BYTES && bytes + size <= BATCH_BYTES;
      if (count > 0 && (!fits || parts >= BATCH_PARTS)) break;
      count++;
      bytes += size;
      slab += copied ? size : HEADER_BYTES;
      if (!copied) parts += 1;
      const end = this.#offset + bytes - this.#segment.start;
      if (entry.mark !== undefined && end >= this.#segmentBytes) break;
    }
    return this.#queue.splice(0, count);
  }

  async #write(entries: readonly Entry[]): Promise<void> {
    if (entries[0]?.kind === 'abandon') {
      await this.#file.truncate(this.#kept - this.#segment.start);
      this.#offset = this.#kept;
      this.#syncedTo = Math.min(this.#syncedTo, this.#kept);
      this.#state.changed.notify();
      return;
    }
    const parts: Uint8Array[] = [];
    let used = 0;
    let from = 0;
    let offset = this.#offset;
    for (const { kind, payload, mark } of entries as readonly (Entry & { kind: RecordKind })[]) {
      const crc =
        payload.length <= BATCH_BYTES
          ? checksum(kind, payload, offset)
          : await checksumOfLarge(kind, payload, offset);
      writeHeader(this.#slab, used, kind, payload.length, crc);
      used += HEADER_BYTES;
      if (payload.length <= COPIED_BYTES) {
        this.#slab.set(payload, used);
        used += payload.length;
      } else {
        parts.push(this.#slab.subarray(from, used), payload);
        from = used;
      }
      offset += HEADER_BYTES + payload.length;
      if (mark !== undefined) {
        this.#kept = offset;
        this.#mark = mark;
        this.#markPending = true;
        if (kind === recordKinds.commit) {
          this.#committed = offset;
          this.#committedCount++;
        }
      }
    }
    if (used > from) parts.push(this.#slab.subarray(from, used));
    await writeAll(this.#file, parts, this.#offset - this.#segment.start);
    for (const { payload } of entries) releaseMemory(payload);
    this.#queuedBytes -= offset - this.#offset;
    this.#offset = offset;
    this.#unsyncedWrites++;
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

function sizeOf(entry: Entry): number {
  return entry.kind === 'abandon' ? 0 : HEADER_BYTES + entry.payload.length;
}

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
