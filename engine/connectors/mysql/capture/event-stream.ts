import { crc32 } from 'node:zlib';
import { type ChecksumAlgorithm, checksumLength, corrupt, headerLength, mismatch } from './event.ts';

/** Takes one event as it comes. */
export interface EventStream {
  /** The bytes are good until the call returns. */
  part(bytes: Buffer): void;
  end(): void;
}

/** What is read of an event before it is decided who takes it: its header, and of a rows event the table's id and the flags. */
export const eventHeadLength = headerLength + 8;

/** Length of the whole event, by its header. */
export const eventLength = (head: Buffer): number => head.readUInt32LE(9);

/** Puts an event together in memory of its exact size. */
export function joinedEvent(length: number, onEvent: (bytes: Buffer) => void): EventStream {
  const event = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  return {
    part(bytes) {
      filled += bytes.copy(event, filled);
    },
    end: () => onEvent(event.subarray(0, filled)),
  };
}

/** Body bytes are handed on in stretches of this length. */
const STRETCH_BYTES = 1024 * 1024;

/** Checks an event as it passes and hands on its body, which then is never in memory as a whole. */
export class BodyStream implements EventStream {
  readonly #length: number;
  /** Where the checksum begins. */
  readonly #end: number;
  readonly #onBody: (bytes: Buffer) => void;
  readonly #type: number;
  readonly #expected: Buffer;
  #at = 0;
  /** Of the body, beyond the open stretch. */
  #left: number;
  #sum = 0;
  #stretch = Buffer.alloc(0);
  #filled = 0;

  /** `onBody` becomes the owner of what it is given. */
  constructor(head: Buffer, checksum: ChecksumAlgorithm, onBody: (bytes: Buffer) => void) {
    this.#type = head[4]!;
    this.#length = eventLength(head);
    this.#expected = Buffer.alloc(checksumLength(checksum));
    this.#end = this.#length - this.#expected.length;
    this.#left = this.#end - headerLength;
    this.#onBody = onBody;
  }

  part(bytes: Buffer): void {
    const start = this.#at;
    this.#at += bytes.length;
    const summed = bytes.subarray(0, Math.max(0, this.#end - start));
    if (this.#expected.length > 0) this.#sum = crc32(summed, this.#sum);
    this.#give(summed.subarray(Math.max(0, headerLength - start)));
    bytes.copy(this.#expected, Math.max(0, start - this.#end), summed.length);
  }

  /** Throws SOURCE_LOG_CORRUPT. */
  end(): void {
    if (this.#at !== this.#length) throw corrupt('an event is shorter or longer than its header says');
    if (this.#expected.length > 0 && this.#expected.readUInt32LE() !== this.#sum) throw mismatch(this.#type);
    this.#handOn();
  }

  #give(body: Buffer): void {
    for (let from = 0; from < body.length; ) {
      if (this.#filled === this.#stretch.length) {
        this.#handOn();
        this.#stretch = Buffer.allocUnsafeSlow(Math.min(STRETCH_BYTES, this.#left));
        this.#left -= this.#stretch.length;
      }
      const copied = body.copy(this.#stretch, this.#filled, from);
      this.#filled += copied;
      from += copied;
    }
  }

  #handOn(): void {
    if (this.#filled > 0) this.#onBody(this.#stretch.subarray(0, this.#filled));
    this.#stretch = Buffer.alloc(0);
    this.#filled = 0;
  }
}
