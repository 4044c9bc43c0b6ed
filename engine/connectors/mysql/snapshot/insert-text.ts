import type { ColumnForm } from './column-form.ts';

const TAB = 0x09;
const LF = 0x0a;
const BACKSLASH = 0x5c;
const QUOTE = 0x27;
const LETTER_N = 0x4e;

/**
 * Turns LOAD DATA text into statements of many rows, every value a quoted string as LOAD DATA would see it. The escapes of the text
 * mean the same in a SQL string; only quotes are added. Fed block by block: rows, fields and escapes may go on in the next.
 */
export class InsertText {
  readonly #head: Buffer;
  readonly #open: readonly Buffer[];
  readonly #close: readonly Buffer[];
  readonly #targetBytes: number;
  #out: Buffer;
  #length = 0;
  #field = 0;
  /** Where in a field the text stands: before its first byte, within, right after a backslash, after `\N`. */
  #state: 'start' | 'value' | 'escape' | 'null' = 'start';
  #opened = false;

  constructor(options: { head: string; forms: readonly ColumnForm[]; targetBytes: number }) {
    this.#head = Buffer.from(options.head);
    this.#targetBytes = options.targetBytes;
    this.#out = Buffer.allocUnsafe(options.targetBytes * 2);
    const around = options.forms.map((form) => (form.write ?? String)("'\0'").split('\0'));
    this.#open = around.map(([open], i) => Buffer.from((i === 0 ? '(' : ',') + open));
    this.#close = around.map(([, close]) => Buffer.from(close!));
  }

  /** Statements that are full after this text, in order. Each is the caller's to keep. */
  *add(text: Uint8Array): Generator<Buffer> {
    for (let i = 0; i < text.length; i += 1) {
      const byte = text[i]!;
      if (this.#state === 'escape') {
        if (byte === LETTER_N && !this.#opened) {
          this.#state = 'null';
          this.#append(this.#field === 0 ? NULL_FIRST : NULL_NEXT);
        } else {
          this.#begin();
          this.#byte(BACKSLASH);
          this.#byte(byte);
        }
      } else if (byte === BACKSLASH) {
        this.#state = 'escape';
      } else if (byte === TAB) {
        this.#endField();
        this.#field += 1;
      } else if (byte === LF) {
        this.#endField();
        this.#field = 0;
        this.#append(END_OF_ROW);
        if (this.#length >= this.#targetBytes) yield this.#take();
      } else {
        this.#begin();
        if (byte === QUOTE) this.#byte(QUOTE);
        this.#byte(byte);
      }
    }
  }

  /** The statement of the rows that remain. */
  end(): Buffer | undefined {
    return this.#length > 0 ? this.#take() : undefined;
  }

  #begin(): void {
    this.#state = 'value';
    if (this.#opened) return;
    this.#opened = true;
    this.#append(this.#open[this.#field]!);
  }

  #endField(): void {
    if (this.#state !== 'null') {
      this.#begin();
      this.#append(this.#close[this.#field]!);
    }
    this.#state = 'start';
    this.#opened = false;
  }

  #append(bytes: Buffer): void {
    if (this.#length === 0 && bytes !== this.#head) this.#append(this.#head);
    this.#room(bytes.length);
    this.#length += bytes.copy(this.#out, this.#length);
  }

  #byte(byte: number): void {
    if (this.#length === this.#out.length) this.#room(1);
    this.#out[this.#length++] = byte;
  }

  #room(bytes: number): void {
    if (this.#length + bytes <= this.#out.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#out.length * 2, this.#length + bytes));
    this.#out.copy(larger, 0, 0, this.#length);
    this.#out = larger;
  }

  /** Cuts the comma after the last row. */
  #take(): Buffer {
    const statement = Buffer.from(this.#out.subarray(0, this.#length - 1));
    this.#length = 0;
    return statement;
  }
}

const NULL_FIRST = Buffer.from('(NULL');
const NULL_NEXT = Buffer.from(',NULL');
const END_OF_ROW = Buffer.from('),');
