import type { SqlPart } from './raw-query.ts';

const QUOTE = 0x27;
const MINUS = 0x2d;
const ZERO = 0x30;
const BILLION = 1_000_000_000;
/** Values at least so long, cut into stretches of this length, go into the statement as buffers of their own instead of being copied into the growing one. */
const LARGE = 64 * 1024;

/**
 * Builds SQL as bytes. For sessions with sql_mode NO_BACKSLASH_ESCAPES and character_set_client `binary`: inside quotes every byte
 * stands for itself but the quote, which is doubled. So a value is copied whole, and searched for one byte only.
 */
export class SqlWriter {
  #buffer: Buffer;
  /** Start of what is not yet in `#parts`, and end of it. */
  #start = 0;
  #end = 0;
  #parts: SqlPart[] = [];
  #partBytes = 0;

  constructor(initialBytes = 64 * 1024) {
    this.#buffer = Buffer.allocUnsafeSlow(initialBytes);
  }

  /** Bytes written since the last reset. */
  get length(): number {
    return this.#partBytes + this.#end - this.#start;
  }

  /** Forgets all; buffers given out by `take` are reused from now on. */
  reset(): void {
    this.#start = 0;
    this.#end = 0;
    this.#parts = [];
    this.#partBytes = 0;
  }

  /**
   * Gives what was written, and the memory that it is in, out of hand, and goes on in `memory`, which nobody uses any longer: the
   * next statements are written while these are on their way.
   */
  exchange(memory: Buffer): { readonly parts: readonly SqlPart[]; readonly memory: Buffer } {
    const parts = this.take();
    const used = this.#buffer;
    this.#buffer = memory;
    this.reset();
    return { parts, memory: used };
  }

  /** What was written, as consecutive buffers; good until the next `reset`. */
  take(): readonly SqlPart[] {
    this.#closePart();
    return this.#parts;
  }

  byte(value: number): void {
    if (this.#end === this.#buffer.length) this.#room(1);
    this.#buffer[this.#end++] = value;
  }

  /** Text that is known to be ASCII, as it is. */
  ascii(text: string): void {
    this.#room(text.length);
    this.#end += this.#buffer.write(text, this.#end, 'latin1');
  }

  /** Any text as UTF-8, as it is. */
  text(text: string): void {
    this.#room(text.length * 3);
    this.#end += this.#buffer.write(text, this.#end, 'utf8');
  }

  /** Bytes as they are. */
  bytes(bytes: Uint8Array): void {
    if (bytes.length >= LARGE) this.#addPart(bytes);
    else {
      this.#room(bytes.length);
      this.#buffer.set(bytes, this.#end);
      this.#end += bytes.length;
    }
  }

  integer(value: number): void {
    if (!Number.isSafeInteger(value)) {
      this.ascii(String(value));
      return;
    }
    this.#room(17);
    if (value < 0) this.#buffer[this.#end++] = MINUS;
    const magnitude = Math.abs(value);
    if (magnitude < BILLION) this.#digits(magnitude, digitsOf(magnitude));
    else {
      const upper = Math.floor(magnitude / BILLION);
      this.#digits(upper, digitsOf(upper));
      this.#digits(magnitude - upper * BILLION, 9);
    }
  }

  /** So many digits of a number below 10^9, for which there is room. */
  #digits(value: number, count: number): void {
    const buffer = this.#buffer;
    const end = this.#end + count;
    let rest = value | 0;
    for (let at = end - 1; at >= this.#end; at--) {
      const next = (rest / 10) | 0;
      buffer[at] = ZERO + rest - next * 10;
      rest = next;
    }
    this.#end = end;
  }

  /** A quoted literal of exactly these bytes. */
  quoted(bytes: Uint8Array): void {
    this.byte(QUOTE);
    const { length } = bytes;
    if (length >= LARGE) {
      for (let at = 0; at < length; at += LARGE) this.#addPart(doubled(bytes.subarray(at, at + LARGE)));
    } else {
      this.#room(length * 2 + 1);
      const buffer = this.#buffer;
      let end = this.#end;
      if (length < 20) {
        // For few bytes a loop is faster than calls into the runtime.
        for (let i = 0; i < length; i++) {
          const byte = bytes[i] as number;
          buffer[end++] = byte;
          if (byte === QUOTE) buffer[end++] = QUOTE;
        }
      } else {
        let from = 0;
        for (let at = bytes.indexOf(QUOTE); at >= 0; at = bytes.indexOf(QUOTE, from)) {
          buffer.set(bytes.subarray(from, at + 1), end);
          end += at + 1 - from;
          buffer[end++] = QUOTE;
          from = at + 1;
        }
        buffer.set(from === 0 ? bytes : bytes.subarray(from), end);
        end += length - from;
      }
      this.#end = end;
    }
    this.byte(QUOTE);
  }

  /** A quoted literal of text without quotes, ASCII only: dates, times, numbers. */
  quotedAscii(text: string): void {
    this.#room(text.length + 2);
    this.#buffer[this.#end++] = QUOTE;
    this.#end += this.#buffer.write(text, this.#end, 'latin1');
    this.#buffer[this.#end++] = QUOTE;
  }

  /** A quoted literal of text as UTF-8. */
  quotedText(text: string): void {
    if (text.length >= LARGE || text.includes("'")) {
      this.quoted(Buffer.from(text, 'utf8'));
      return;
    }
    this.#room(text.length * 3 + 2);
    this.#buffer[this.#end++] = QUOTE;
    this.#end += this.#buffer.write(text, this.#end, 'utf8');
    this.#buffer[this.#end++] = QUOTE;
  }

  /** A name between backticks. */
  identifier(name: string): void {
    this.text(`\`${name.replaceAll('`', '``')}\``);
  }

  #room(bytes: number): void {
    if (this.#end + bytes <= this.#buffer.length) return;
    const used = this.#end - this.#start;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.#buffer.length * 2, used + bytes));
    this.#buffer.copy(grown, 0, this.#start, this.#end);
    this.#buffer = grown;
    this.#start = 0;
    this.#end = used;
  }

  #addPart(bytes: SqlPart): void {
    this.#closePart();
    this.#parts.push(bytes);
    this.#partBytes += bytes.length;
  }

  #closePart(): void {
    if (this.#end === this.#start) return;
    this.#parts.push(this.#buffer.subarray(this.#start, this.#end));
    this.#partBytes += this.#end - this.#start;
    this.#start = this.#end;
  }
}

function digitsOf(value: number): number {
  let digits = 1;
  for (let limit = 10; limit <= value; limit *= 10) digits++;
  return digits;
}

/** The bytes with each quote doubled, when they are sent; themselves if they have none. */
function doubled(bytes: Uint8Array): SqlPart {
  let quotes = 0;
  for (let at = bytes.indexOf(QUOTE); at >= 0; at = bytes.indexOf(QUOTE, at + 1)) quotes++;
  if (quotes === 0) return bytes;
  return { length: bytes.length + quotes, bytes: () => withDoubled(bytes, quotes), fresh: true };
}

function withDoubled(bytes: Uint8Array, quotes: number): Uint8Array {
  const out = Buffer.allocUnsafeSlow(bytes.length + quotes);
  let end = 0;
  let from = 0;
  for (let at = bytes.indexOf(QUOTE); at >= 0; at = bytes.indexOf(QUOTE, from)) {
    out.set(bytes.subarray(from, at + 1), end);
    end += at + 1 - from;
    out[end++] = QUOTE;
    from = at + 1;
  }
  out.set(bytes.subarray(from), end);
  return out;
}
