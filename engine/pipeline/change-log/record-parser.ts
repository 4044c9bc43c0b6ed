import type { CommitMark } from '../../core/change.ts';
import type { Position } from '../../core/position.ts';
import { releaseMemory } from '../../core/release-memory.ts';
import type { Block } from './blocks.ts';
import { corrupt } from './failure.ts';
import {
  CRC_AT,
  checksum,
  decodeLength,
  decodeMark,
  HEADER_BYTES,
  readUint32,
  recordKinds,
} from './record.ts';
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

/** A large piece of which so many bytes are there. */
interface Gathering {
  readonly bytes: Buffer;
  length: number;
}

/** Makes records of consecutive blocks. */
export class RecordParser {
  #gathering: Gathering | undefined;

  /**
   * The block's records, each made when it is asked for: of many small ones few are in memory at a time. To be taken to the end before the next
   * block. Throws CHANGE_LOG_CORRUPT.
   */
  *parse(block: Block, path: string): Generator<LogRecord, void, undefined> {
    const { bytes, end: blockEnd } = block;
    let whole = true;
    for (let at = 0; at < blockEnd; ) {
      const offset = block.offset + at;
      const kind = bytes[at + 4]!;
      const crc = readUint32(bytes, at + CRC_AT);
      const start = at + HEADER_BYTES;
      const end = start + readUint32(bytes, at);
      if (checksum(kind, bytes, offset, start, end) !== crc)
        throw corrupt(path, offset, 'A record fails its checksum');
      at = end;
      if (kind === recordKinds.transaction) {
        whole = false;
        const view = new TransactionView(bytes, start, end);
        yield new SmallBegin(view);
        for (const piece of view.pieces()) yield { kind: 'piece', bytes: piece };
        yield new SmallCommit(view, block.offset + at);
        continue;
      }
      const payload = bytes.subarray(start, end);
      switch (kind) {
        case recordKinds.begin:
          yield { kind: 'begin', transaction: textOf(payload) as Position };
          break;
        case recordKinds.piece:
          whole = false;
          yield { kind: 'piece', bytes: payload };
          break;
        case recordKinds.large:
          this.#gathering = { bytes: Buffer.allocUnsafeSlow(decodeLength(payload)), length: 0 };
          break;
        case recordKinds.part: {
          const piece = this.#gather(payload);
          if (piece) yield { kind: 'piece', bytes: piece };
          break;
        }
        case recordKinds.commit:
          if (this.#gathering) throw corrupt(path, offset, 'A piece lacks a part');
          yield { kind: 'commit', mark: decodeMark(payload), offset: BigInt(block.offset + at) };
          break;
        // For the capturing side only: a reader is told of an idle source once it has caught up.
        case recordKinds.idle:
        case recordKinds.segment:
          break;
        default:
          throw corrupt(path, offset, `A record is of the unknown kind ${kind}`);
      }
    }
    // Parts of a large piece are copied into it: nobody refers to the block.
    if (whole) releaseMemory(bytes);
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
