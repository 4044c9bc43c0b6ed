import type { CommitMark } from '../../core/change.ts';
import type { Position } from '../../core/position.ts';
import {
  decodeMark,
  HEADER_BYTES,
  MARK_TIME_BYTES,
  readUint32,
  recordKinds,
  writeHeader,
  writeUint32,
} from './record.ts';

/**
 * A small transaction as one record: the log of a busy source is mostly these. Payload:
 *
 *   0  where the mark begins, u32
 *   4  length of the name, u32
 *   8  name: what CaptureSink.begin got, UTF-8
 *      pieces, each with its length (u32) before it
 *      mark, as in a commit record
 */
const FIXED_BYTES = 8;

/** Bytes of a transaction's record, up to which it is written as one. */
export const TRANSACTION_BYTES = 16 * 1024;

/** One that is being put together in memory which another owns. Nothing of it counts before `end`. */
export class TransactionDraft {
  readonly #bytes: Buffer;
  readonly #start: number;
  /** Behind what is there. */
  #at: number;
  readonly #nameEnd: number;

  /** `bytes` has room for TRANSACTION_BYTES from `start` on. Undefined where the name alone is too long. */
  static begin(bytes: Buffer, start: number, name: Position): TransactionDraft | undefined {
    // A character is at most three bytes.
    if (HEADER_BYTES + FIXED_BYTES + name.length * 3 > TRANSACTION_BYTES) return undefined;
    return new TransactionDraft(bytes, start, name);
  }

  private constructor(bytes: Buffer, start: number, name: Position) {
    this.#bytes = bytes;
    this.#start = start;
    const nameAt = start + HEADER_BYTES + FIXED_BYTES;
    const length = bytes.write(name, nameAt);
    writeUint32(bytes, start + HEADER_BYTES + 4, length);
    this.#nameEnd = nameAt + length;
    this.#at = this.#nameEnd;
  }

  /** Copies a piece; false where the record would become too large. */
  piece(bytes: Uint8Array): boolean {
    if (this.#at + 4 + bytes.length - this.#start > TRANSACTION_BYTES) return false;
    writeUint32(this.#bytes, this.#at, bytes.length);
    this.#bytes.set(bytes, this.#at + 4);
    this.#at += 4 + bytes.length;
    return true;
  }

  /** Makes it a record, but for the checksum; gives its end, or undefined where it would become too large. */
  end(mark: CommitMark): number | undefined {
    const { position } = mark;
    const markAt = this.#at;
    if (markAt + MARK_TIME_BYTES + position.length * 3 - this.#start > TRANSACTION_BYTES) return undefined;
    this.#bytes.writeDoubleLE(mark.committedAtMicros, markAt);
    const end = markAt + MARK_TIME_BYTES + this.#bytes.write(position, markAt + MARK_TIME_BYTES);
    const payload = this.#start + HEADER_BYTES;
    writeHeader(this.#bytes, this.#start, recordKinds.transaction, end - payload, 0);
    writeUint32(this.#bytes, payload, markAt - payload);
    return end;
  }

  get name(): Uint8Array {
    return this.#bytes.subarray(this.#start + HEADER_BYTES + FIXED_BYTES, this.#nameEnd);
  }

  /** Copies of what was given so far. */
  pieces(): Uint8Array[] {
    return piecesBetween(this.#bytes, this.#nameEnd, this.#at).map((piece) => new Uint8Array(piece));
  }
}

/** The parts of a transaction's record in a block that was read; decoded where they are asked for. */
export class TransactionView {
  readonly #bytes: Buffer;
  readonly #payload: number;
  readonly #end: number;

  constructor(bytes: Buffer, payload: number, end: number) {
    this.#bytes = bytes;
    this.#payload = payload;
    this.#end = end;
  }

  get name(): Position {
    const nameAt = this.#payload + FIXED_BYTES;
    return this.#bytes.toString('utf8', nameAt, this.#nameEnd) as Position;
  }

  get mark(): CommitMark {
    return decodeMark(this.#bytes.subarray(this.#markAt, this.#end));
  }

  /** Views of the block. */
  pieces(): Uint8Array[] {
    return piecesBetween(this.#bytes, this.#nameEnd, this.#markAt);
  }

  get #nameEnd(): number {
    return this.#payload + FIXED_BYTES + readUint32(this.#bytes, this.#payload + 4);
  }

  get #markAt(): number {
    return this.#payload + readUint32(this.#bytes, this.#payload);
  }
}

function piecesBetween(bytes: Buffer, from: number, to: number): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = from; at < to; ) {
    const start = at + 4;
    at = start + readUint32(bytes, at);
    pieces.push(bytes.subarray(start, at));
  }
  return pieces;
}
