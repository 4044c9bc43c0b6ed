import type { RowBlock } from '../../../core/source.ts';

/** Large enough that per-block costs vanish, small enough that a few of them per chunk are nothing. */
const BLOCK_BYTES = 512 * 1024;

const TAB = 0x09;
const LF = 0x0a;
const BACKSLASH = 0x5c;
const LETTER_N = 0x4e;
const LENGTH_NULL = 0xfb;
/** A NULL is one byte in a row packet and three (`\N` and a separator) in the text: no other field grows as much. */
const WORST_GROWTH = 3;
/** Below it a loop copies faster than a call. */
const SHORT_COPY = 24;

/**
 * Re-frames row packets of the text protocol (Protocol::ResultsetRow: length-encoded fields) to the text of LOAD DATA, without decoding.
 * Rows stand whole in blocks, except that a row too large for one block goes on through several (`rows` counts it where it ends).
 */
export class RowTextEncoder {
  readonly #escaped: readonly boolean[];
  readonly #emit: (block: RowBlock) => void;
  #block: Buffer = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  #length = 0;
  #rows = 0;
  /** Within a large row: fields begun, bytes left of the last one, and what is read of the length of the next. */
  #field = 0;
  #fieldLeft = 0;
  readonly #prefix = new Uint8Array(9);
  #prefixLength = 0;

  /** @param escaped per column: false when its text can never hold TAB, LF or a backslash (numbers, dates). */
  constructor(escaped: readonly boolean[], emit: (block: RowBlock) => void) {
    this.#escaped = escaped;
    this.#emit = emit;
  }

  /** Adds the row whose packet's payload is `packet[start, end)`. */
  row(packet: Uint8Array, start: number, end: number): void {
    const worst = (end - start) * WORST_GROWTH + 1;
    if (worst > BLOCK_BYTES) {
      this.largePart(packet.subarray(start, end));
      this.largeEnd();
      return;
    }
    if (worst > BLOCK_BYTES - this.#length) this.flush();
    const out = this.#block;
    const escaped = this.#escaped;
    let o = this.#length;
    let p = start;
    for (let field = 0; field < escaped.length; field += 1) {
      if (field > 0) out[o++] = TAB;
      let length = packet[p++]!;
      if (length === LENGTH_NULL) {
        out[o++] = BACKSLASH;
        out[o++] = LETTER_N;
        continue;
      }
      if (length > LENGTH_NULL) {
        const size = length === 0xfc ? 2 : length === 0xfd ? 3 : 8;
        length = readUnsigned(packet, p, size);
        p += size;
      }
      const stop = p + length;
      if (escaped[field]) {
        o = escapeInto(out, o, packet, p, stop);
      } else if (length <= SHORT_COPY) {
        for (let i = p; i < stop; i += 1) out[o++] = packet[i]!;
      } else {
        out.set(packet.subarray(p, stop), o);
        o += length;
      }
      p = stop;
    }
    out[o++] = LF;
    this.#length = o;
    this.#rows += 1;
  }

  /** Emits what has gathered. */
  flush(): void {
    if (this.#length === 0) return;
    const block = { bytes: this.#block.subarray(0, this.#length), rows: this.#rows };
    this.#block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
    this.#length = 0;
    this.#rows = 0;
    this.#emit(block);
  }

  /** Adds a part of a row that is too large to be held whole: any split of its payload, in order. */
  largePart(part: Uint8Array): void {
    let p = 0;
    while (p < part.length) {
      if (this.#fieldLeft > 0) {
        this.#room(2);
        // Every byte may need another before it.
        const stop = Math.min(part.length, p + this.#fieldLeft, p + ((BLOCK_BYTES - this.#length) >> 1));
        this.#length = escapeInto(this.#block, this.#length, part, p, stop);
        this.#fieldLeft -= stop - p;
        p = stop;
        continue;
      }
      const prefix = this.#prefix;
      prefix[this.#prefixLength++] = part[p++]!;
      const first = prefix[0]!;
      const size = first <= LENGTH_NULL ? 0 : first === 0xfc ? 2 : first === 0xfd ? 3 : 8;
      if (this.#prefixLength <= size) continue;
      this.#prefixLength = 0;
      this.#room(3);
      if (this.#field > 0) this.#block[this.#length++] = TAB;
      this.#field += 1;
      if (first === LENGTH_NULL) {
        this.#block[this.#length++] = BACKSLASH;
        this.#block[this.#length++] = LETTER_N;
      } else this.#fieldLeft = size === 0 ? first : readUnsigned(prefix, 1, size);
    }
  }

  /** Ends the row of the parts so far. */
  largeEnd(): void {
    this.#room(1);
    this.#block[this.#length++] = LF;
    this.#rows += 1;
    this.#field = 0;
  }

  #room(bytes: number): void {
    if (BLOCK_BYTES - this.#length < bytes) this.flush();
  }
}

function escapeInto(out: Uint8Array, at: number, from: Uint8Array, start: number, stop: number): number {
  let o = at;
  for (let i = start; i < stop; i += 1) {
    const byte = from[i]!;
    if (byte === BACKSLASH || byte === TAB || byte === LF) out[o++] = BACKSLASH;
    out[o++] = byte;
  }
  return o;
}

function readUnsigned(from: Uint8Array, at: number, size: number): number {
  let value = 0;
  for (let i = size - 1; i >= 0; i -= 1) value = value * 256 + from[at + i]!;
  return value;
}
