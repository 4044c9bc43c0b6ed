import { releaseMemory } from '../../core/release-memory.ts';
import type { RowMemory } from '../../core/row.ts';

/** Rows are moved together once they refer to so much memory and need less than half of it. */
const SPARSE_BYTES = 8 * 1024 * 1024;
const SLAB_BYTES = 1024 * 1024;
/** Less is left to the garbage collector. */
const RELEASED_BYTES = 64 * 1024;

/** Memory of the change log that rows of the open group may refer to, and no later ones: it is given back once they are written. */
export class HeldMemory {
  #held: Uint8Array[] = [];
  #bytes = 0;
  /** Where the group began inside a block: rows of the group before, which may still be under way, refer to it too. */
  #shared: Uint8Array | undefined;
  #beganInBlock = false;
  readonly #sparseBytes: number;

  constructor(sparseBytes = SPARSE_BYTES) {
    this.#sparseBytes = sparseBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** A piece with memory of its own. */
  addPiece(bytes: Uint8Array): void {
    this.#held.push(bytes);
    this.#bytes += bytes.length;
  }

  /** A block of the log, once all its records are taken. */
  addBlock(bytes: Uint8Array): void {
    this.addPiece(bytes);
    if (this.#beganInBlock) this.#shared = bytes;
    this.#beganInBlock = false;
  }

  /** Hands all of it over; to be released by the caller, after what was handed over before. */
  take(): readonly Uint8Array[] {
    const held = this.#held;
    this.#held = [];
    this.#bytes = 0;
    this.#shared = undefined;
    this.#beganInBlock = true;
    return held;
  }

  /** Most of it is of rows that changed again since; `needed` bytes are not. */
  isSparse(needed: number): boolean {
    return this.#bytes >= this.#sparseBytes && this.#bytes > 2 * needed;
  }

  /** Lets `keep` copy what is needed and gives back the rest; `keep` says false where it did not. */
  moveTogether(keep: (memory: RowMemory) => boolean): void {
    const slabs = new Slabs();
    if (!keep(slabs)) return;
    release(this.#held.filter((bytes) => bytes !== this.#shared));
    this.#held = this.#shared ? [...slabs.all, this.#shared] : slabs.all;
    this.#bytes = this.#held.reduce((sum, bytes) => sum + bytes.length, 0);
  }
}

export function release(held: readonly Uint8Array[]): void {
  for (const bytes of held) releaseMemory(bytes, RELEASED_BYTES);
}

class Slabs implements RowMemory {
  readonly all: Uint8Array[] = [];
  bytes: Buffer = Buffer.alloc(0);
  #end = 0;

  copy(from: Uint8Array, start: number, end: number): number {
    const length = end - start;
    if (this.#end + length > this.bytes.length) {
      this.bytes = Buffer.allocUnsafeSlow(Math.max(length, SLAB_BYTES));
      this.#end = 0;
      this.all.push(this.bytes);
    }
    const at = this.#end;
    this.bytes.set(start === 0 && end === from.length ? from : from.subarray(start, end), at);
    this.#end = at + length;
    return at;
  }
}
