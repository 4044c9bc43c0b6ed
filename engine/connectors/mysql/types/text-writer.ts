/** What is kept between two texts; a longer one takes memory of its own. */
const KEPT_BYTES = 64 * 1024;
/** From so many bytes on a call into the runtime is faster than a loop. */
const CALL_BYTES = 24;
const ZERO = 0x30;
const MINUS = 0x2d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** What stands behind the backslash, by the escaped byte; other control characters are `\u001f`. */
const escapes: Readonly<Record<number, string>> = {
  8: 'b',
  9: 't',
  10: 'n',
  12: 'f',
  13: 'r',
  [QUOTE]: '"',
  [BACKSLASH]: '\\',
};

/** UTF-8 put together byte by byte. The string is made once, at the end: a call into the runtime costs as much as fifty bytes. */
export class TextWriter {
  #bytes = Buffer.allocUnsafeSlow(KEPT_BYTES);
  #length = 0;
  /** All bytes so far, or'ed: below 128 for ASCII. */
  #bits = 0;

  /** What was written since the last call. */
  take(): string {
    const bytes = this.#bytes;
    const text = bytes.toString(this.#bits < 0x80 ? 'latin1' : 'utf8', 0, this.#length);
    this.reset();
    return text;
  }

  /** Forgets what was written. */
  reset(): void {
    if (this.#bytes.length > KEPT_BYTES) this.#bytes = Buffer.allocUnsafeSlow(KEPT_BYTES);
    this.#length = 0;
    this.#bits = 0;
  }

  /** An ASCII character. */
  byte(value: number): void {
    if (this.#length === this.#bytes.length) this.#room(1);
    this.#bytes[this.#length++] = value;
  }

  ascii(text: string): void {
    const { length } = text;
    this.#room(length);
    const bytes = this.#bytes;
    let end = this.#length;
    for (let i = 0; i < length; i++) bytes[end++] = text.charCodeAt(i);
    this.#length = end;
  }

  /** An integer of at most 32 bits, signed or not. */
  integer(value: number): void {
    const magnitude = Math.abs(value);
    if (magnitude > 999_999_999) {
      this.ascii(String(value));
      return;
    }
    if (value < 0) this.byte(MINUS);
    let digits = 1;
    for (let limit = 10; limit <= magnitude; limit *= 10) digits++;
    this.digits(magnitude, digits);
  }

  /** So many digits of a whole number below 10^9, zeros in front. */
  digits(value: number, count: number): void {
    this.#room(count);
    const bytes = this.#bytes;
    const end = this.#length + count;
    let rest = value | 0;
    for (let at = end - 1; at >= this.#length; at--) {
      const next = (rest / 10) | 0;
      bytes[at] = ZERO + rest - next * 10;
      rest = next;
    }
    this.#length = end;
  }

  /** A JSON string of the UTF-8 in [start, end), quoted and escaped. */
  quoted(from: Buffer, start: number, end: number): void {
    this.byte(QUOTE);
    let run = start;
    let bits = 0;
    for (let i = start; i < end; i++) {
      const byte = from[i]!;
      bits |= byte;
      if (byte >= 0x20 && byte !== QUOTE && byte !== BACKSLASH) continue;
      this.#copy(from, run, i);
      this.#escape(byte);
      run = i + 1;
    }
    this.#copy(from, run, end);
    this.byte(QUOTE);
    this.#bits |= bits;
  }

  #copy(from: Buffer, start: number, end: number): void {
    const length = end - start;
    this.#room(length);
    const bytes = this.#bytes;
    let at = this.#length;
    if (length >= CALL_BYTES) from.copy(bytes, at, start, end);
    else for (let i = start; i < end; i++) bytes[at++] = from[i]!;
    this.#length += length;
  }

  #escape(byte: number): void {
    this.ascii(`\\${escapes[byte] ?? `u${byte.toString(16).padStart(4, '0')}`}`);
  }

  #room(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, needed));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}
