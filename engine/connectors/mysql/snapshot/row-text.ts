import type { RowBlock, TypedRow } from '../../../core/source.ts';
import { documentOf } from './json-types.ts';

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
 * Rows with JSON that is more than its text are set apart.
 */
export class RowTextEncoder {
  readonly #escaped: readonly boolean[];
  readonly #documents: readonly number[];
  readonly #emit: (block: RowBlock) => void;
  #typed: TypedRow[] = [];
  #typedBytes = 0;
  /** Within a large row: fields of types that were NULL; the parts of a row that has types. */
  #untyped = 0;
  #typedParts: Buffer[] | undefined;
  #block: Buffer = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  #blockView = viewOf(this.#block);
  /** What the rows at hand stand in: the same for many of them. */
  #from: Uint8Array = this.#block;
  #fromView = this.#blockView;
  #length = 0;
  #rows = 0;
  /** Within a large row: fields begun, bytes left of the last one, and what is read of the length of the next. */
  #field = 0;
  #fieldLeft = 0;
  readonly #prefix = new Uint8Array(9);
  #prefixLength = 0;

  /**
   * @param escaped per column: false when its text can never hold TAB, LF or a backslash (numbers, dates).
   * @param documents columns (indexes) of JSON whose types were selected, see `typesOf`: each in a field of its own, before the columns.
   */
  constructor(escaped: readonly boolean[], documents: readonly number[], emit: (block: RowBlock) => void) {
    this.#escaped = escaped;
    this.#documents = documents;
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
    this.#reads(packet);
    const out = this.#block;
    const outView = this.#blockView;
    const view = this.#fromView;
    const escaped = this.#escaped;
    let o = this.#length;
    let p = start;
    for (let i = 0; i < this.#documents.length; i += 1) {
      if (packet[p++] === LENGTH_NULL) continue;
      this.#addTyped(packet.subarray(start, end));
      return;
    }
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
        o = escapeInto(outView, o, view, p, stop);
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
    if (this.#length === 0 && this.#typed.length === 0) return;
    const { buffer } = this.#block;
    const block = {
      bytes: this.#block.subarray(0, this.#length),
      rows: this.#rows,
      release: () => void (buffer as ArrayBuffer).transfer(0),
    };
    const typed = this.#typed;
    this.#block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
    this.#blockView = viewOf(this.#block);
    this.#length = 0;
    this.#rows = 0;
    this.#typed = [];
    this.#typedBytes = 0;
    this.#emit(typed.length > 0 ? { ...block, typed } : block);
  }

  /** Adds a row with a document that is more than its text. */
  #addTyped(row: Uint8Array): void {
    const fields = fieldsOf(row);
    const types = fields.splice(0, this.#documents.length);
    const typed: TypedRow[number][] = fields;
    for (const [i, column] of this.#documents.entries()) {
      const text = fields[column];
      if (types[i] && text) typed[column] = documentOf(text.toString(), types[i].toString()) ?? text;
    }
    this.#typed.push(typed);
    this.#typedBytes += row.length;
    this.#rows += 1;
    if (this.#typedBytes >= BLOCK_BYTES) this.flush();
  }

  /** Adds a part of a row that is too large to be held whole: any split of its payload, in order. */
  largePart(part: Uint8Array): void {
    let p = 0;
    while (this.#typedParts === undefined && this.#untyped < this.#documents.length && p < part.length) {
      if (part[p] === LENGTH_NULL) {
        this.#untyped += 1;
        p += 1;
      } else this.#typedParts = [Buffer.alloc(this.#untyped, LENGTH_NULL)];
    }
    if (this.#typedParts !== undefined) {
      this.#typedParts.push(Buffer.from(part.subarray(p)));
      return;
    }
    this.#reads(part);
    while (p < part.length) {
      if (this.#fieldLeft > 0) {
        this.#room(2);
        // Every byte may need another before it.
        const stop = Math.min(part.length, p + this.#fieldLeft, p + ((BLOCK_BYTES - this.#length) >> 1));
        this.#length = escapeInto(this.#blockView, this.#length, this.#fromView, p, stop);
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
    this.#untyped = 0;
    if (this.#typedParts !== undefined) {
      const row = Buffer.concat(this.#typedParts);
      this.#typedParts = undefined;
      this.#addTyped(row);
      return;
    }
    this.#room(1);
    this.#block[this.#length++] = LF;
    this.#rows += 1;
    this.#field = 0;
  }

  #reads(from: Uint8Array): void {
    if (from === this.#from) return;
    this.#from = from;
    this.#fromView = viewOf(from);
  }

  #room(bytes: number): void {
    if (BLOCK_BYTES - this.#length < bytes) this.flush();
  }
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Copies `from[start, stop)`, with a backslash before what LOAD DATA would take for its own; gives the end in `out`. */
function escapeInto(out: DataView, at: number, from: DataView, start: number, stop: number): number {
  let o = at;
  let i = start;
  for (;;) {
    // Four bytes at once where none needs an escape: three times as fast as byte by byte.
    for (; i + 4 <= stop; i += 4, o += 4) {
      const word = from.getInt32(i, true);
      if (mayNeedEscape(word)) break;
      out.setInt32(o, word, true);
    }
    if (i >= stop) return o;
    for (const end = Math.min(stop, i + 4); i < end; i += 1) {
      const byte = from.getUint8(i);
      if (byte === BACKSLASH || byte === TAB || byte === LF) out.setUint8(o++, BACKSLASH);
      out.setUint8(o++, byte);
    }
  }
}

/** True when one of four bytes is a backslash or below a space: a byte-wise test of a word, see "Bit Twiddling Hacks" (hasless, haszero). */
function mayNeedEscape(word: number): boolean {
  const backslashes = word ^ 0x5c5c5c5c;
  const found = ((word - 0x20202020) & ~word) | ((backslashes - 0x01010101) & ~backslashes);
  return (found & 0x80808080) !== 0;
}

/** The fields of a row packet's payload, as views. */
function fieldsOf(row: Uint8Array): (Buffer | null)[] {
  const bytes = Buffer.from(row);
  const fields: (Buffer | null)[] = [];
  let p = 0;
  while (p < bytes.length) {
    const first = bytes[p++]!;
    if (first === LENGTH_NULL) {
      fields.push(null);
      continue;
    }
    const size = first < LENGTH_NULL ? 0 : first === 0xfc ? 2 : first === 0xfd ? 3 : 8;
    const length = size === 0 ? first : readUnsigned(bytes, p, size);
    p += size;
    fields.push(bytes.subarray(p, p + length));
    p += length;
  }
  return fields;
}

function readUnsigned(from: Uint8Array, at: number, size: number): number {
  let value = 0;
  for (let i = size - 1; i >= 0; i -= 1) value = value * 256 + from[at + i]!;
  return value;
}
