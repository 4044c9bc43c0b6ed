import { type FileHandle, open } from 'node:fs/promises';
import type { CommitMark } from '../../core/change.ts';
import { AbortedError } from '../../core/errors.ts';
import type { Position } from '../../core/position.ts';
import { releaseMemory } from '../../core/release-memory.ts';
import { type Block, readBlock } from './blocks.ts';
import { corrupt, diskFailure } from './failure.ts';
import {
  CRC_AT,
  checksum,
  decodeLength,
  decodeMark,
  HEADER_BYTES,
  readUint32,
  recordKinds,
} from './record.ts';
import type { Segment } from './segment.ts';
import type { IdleMark, LogState } from './shared.ts';
import { TransactionView } from './transaction-record.ts';

/** Names and marks may be decoded where they are asked for: most never are. */
export type LogRecord =
  | BeginRecord
  | { readonly kind: 'piece'; readonly bytes: Uint8Array }
  | CommitRecord
  /** All before is read, and the source had written nothing after `position` at `timeMicros`. */
  | {
      readonly kind: 'idle';
      readonly position: Position;
      readonly timeMicros: number;
      readonly offset: bigint;
    };

export interface BeginRecord {
  readonly kind: 'begin';
  /** Names the transaction alone, as CaptureSink.begin got it. */
  readonly transaction: Position;
}

export interface CommitRecord {
  readonly kind: 'commit';
  readonly mark: CommitMark;
  /** Reading from there gives what follows the transaction. */
  readonly offset: bigint;
}

interface OpenSegment {
  readonly segment: Segment;
  readonly file: FileHandle;
}

/** Records from `from` on, several at a time, for ever: see ChangeLog.readBatches. */
export async function* readLog(
  state: LogState,
  from: number,
  signal: AbortSignal,
): AsyncGenerator<readonly LogRecord[], void, undefined> {
  let offset = from;
  let current: OpenSegment | undefined;
  let ahead: Promise<Block> | undefined;
  let idleShown: IdleMark | undefined;
  const parser = new Parser();
  if (from > state.durable)
    throw corrupt(state.dir, from, 'The log ends before what was read from it already');
  try {
    for (;;) {
      if (signal.aborted || state.closed) throw new AbortedError();
      if (offset >= state.durable) {
        const idle = state.idle;
        if (idle !== undefined && idle !== idleShown && state.commitsPending === 0) {
          idleShown = idle;
          yield [idleRecord(idle.mark, offset)];
        } else if (state.failure !== undefined) {
          throw state.failure;
        } else {
          await state.changed.next(signal);
        }
        continue;
      }
      if (current === undefined || offset >= endOf(state, current.segment)) {
        await ahead?.catch(() => undefined);
        ahead = undefined;
        await current?.file.close();
        current = undefined;
        current = await openSegment(state, offset);
      }
      const { segment, file } = current;
      let block = await ahead;
      ahead = undefined;
      // A large record is never read ahead: two of them at once could be too much.
      if (block === undefined || block.end === 0) {
        block = await readBlock(file, segment.start, offset, endOf(state, segment));
      }
      if (block.end === 0) throw corrupt(segment.path, offset, 'A record is cut off');
      const next = offset + block.end;
      if (next < endOf(state, segment)) {
        ahead = readBlock(file, segment.start, next, endOf(state, segment), false);
        ahead.catch(() => undefined);
      }
      const records = parser.parse(block, segment.path);
      // Parts of a large piece are copied into it.
      if (records.length === 0) releaseMemory(block.bytes);
      offset = next;
      if (records.length > 0) yield records;
    }
  } catch (error) {
    throw error instanceof AbortedError ? error : diskFailure(error, state.dir);
  } finally {
    await ahead?.catch(() => undefined);
    await current?.file.close();
  }
}

/** Where the durable part of a segment ends. */
function endOf(state: LogState, segment: Segment): number {
  const next = state.segments.find((other) => other.start > segment.start);
  return Math.min(next?.start ?? state.durable, state.durable);
}

async function openSegment(state: LogState, offset: number): Promise<OpenSegment> {
  const segment = state.segments.findLast((candidate) => candidate.start <= offset);
  if (segment === undefined) throw corrupt(state.dir, offset, 'The log no longer holds what is to be read');
  return { segment, file: await open(segment.path, 'r') };
}

/** A large piece of which so many bytes are there. */
interface Gathering {
  readonly bytes: Buffer;
  length: number;
}

/** Makes records of consecutive blocks. */
class Parser {
  #gathering: Gathering | undefined;

  parse(block: Block, path: string): LogRecord[] {
    const records: LogRecord[] = [];
    const { bytes, end } = block;
    for (let at = 0; at < end; ) {
      const offset = block.offset + at;
      const kind = bytes[at + 4]!;
      const crc = readUint32(bytes, at + CRC_AT);
      const start = at + HEADER_BYTES;
      const end = start + readUint32(bytes, at);
      if (checksum(kind, bytes, offset, start, end) !== crc)
        throw corrupt(path, offset, 'A record fails its checksum');
      at = end;
      if (kind === recordKinds.transaction) {
        const view = new TransactionView(bytes, start, end);
        records.push(new SmallBegin(view));
        for (const piece of view.pieces()) records.push({ kind: 'piece', bytes: piece });
        records.push(new SmallCommit(view, block.offset + at));
        continue;
      }
      const payload = bytes.subarray(start, end);
      switch (kind) {
        case recordKinds.begin:
          records.push({ kind: 'begin', transaction: textOf(payload) as Position });
          break;
        case recordKinds.piece:
          records.push({ kind: 'piece', bytes: payload });
          break;
        case recordKinds.large:
          this.#gathering = { bytes: Buffer.allocUnsafeSlow(decodeLength(payload)), length: 0 };
          break;
        case recordKinds.part: {
          const whole = this.#gather(payload);
          if (whole) records.push({ kind: 'piece', bytes: whole });
          break;
        }
        case recordKinds.commit:
          if (this.#gathering) throw corrupt(path, offset, 'A piece lacks a part');
          records.push({ kind: 'commit', mark: decodeMark(payload), offset: BigInt(block.offset + at) });
          break;
        // For the capturing side only: a reader is told of an idle source once it has caught up.
        case recordKinds.idle:
        case recordKinds.segment:
          break;
        default:
          throw corrupt(path, offset, `A record is of the unknown kind ${kind}`);
      }
    }
    return records;
  }

  /** Lays a part to those before; gives the piece when it is whole. */
  #gather(part: Uint8Array): Buffer | undefined {
    const piece = this.#gathering;
    if (piece === undefined) return undefined;
    piece.bytes.set(part, piece.length);
    piece.length += part.length;
    if (piece.length < piece.bytes.length) return undefined;
    this.#gathering = undefined;
    return piece.bytes;
  }
}

class SmallBegin implements BeginRecord {
  readonly kind = 'begin';
  readonly #view: TransactionView;

  constructor(view: TransactionView) {
    this.#view = view;
  }

  get transaction(): Position {
    return this.#view.name;
  }
}

class SmallCommit implements CommitRecord {
  readonly kind = 'commit';
  readonly #view: TransactionView;
  readonly #offset: number;

  constructor(view: TransactionView, offset: number) {
    this.#view = view;
    this.#offset = offset;
  }

  get mark(): CommitMark {
    return this.#view.mark;
  }

  get offset(): bigint {
    return BigInt(this.#offset);
  }
}

const textOf = (payload: Uint8Array) =>
  Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('utf8');

function idleRecord(mark: CommitMark, offset: number): LogRecord {
  const { position, committedAtMicros: timeMicros } = mark;
  return { kind: 'idle', position, timeMicros, offset: BigInt(offset) };
}
