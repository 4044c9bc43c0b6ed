import { type BinlogEvent, eventTypes, headerLength } from './event.ts';

const wrap = 2 ** 32;

/** File and 64-bit offset after the last event. Headers hold 32 bits of it: files may be larger than 4 GiB. */
export class LogPlace {
  file: string;
  offset: number;
  /** Events before this offset of the first file were asked for only because the dump command's offset has 32 bits. */
  readonly #skipFile: string;
  readonly #skipTo: number;

  constructor(from: { file: string; offset: number; gtid?: string | undefined }) {
    this.file = from.file;
    this.offset = from.offset;
    this.#skipFile = from.file;
    this.#skipTo = from.gtid === undefined && from.offset >= wrap ? from.offset : 0;
  }

  /** Moves over an event; false when the reader does not want it. */
  advance(event: BinlogEvent): boolean {
    const { type, bytes, nextOffset } = event;
    if (type === eventTypes.rotate) {
      this.offset = Number(bytes.readBigUInt64LE(headerLength));
      this.file = bytes.toString('utf8', headerLength + 8);
    } else if (type === eventTypes.heartbeat) {
      const file = bytes.toString('utf8', headerLength);
      if (file === this.file) this.#moveTo(nextOffset);
      else {
        this.file = file;
        this.offset = nextOffset;
      }
    } else if (nextOffset !== 0 && !event.artificial && type !== eventTypes.formatDescription) {
      this.#moveTo(nextOffset);
      return this.file !== this.#skipFile || this.offset > this.#skipTo;
    }
    return true;
  }

  #moveTo(low: number): void {
    const high = this.offset - (this.offset % wrap);
    this.offset = high + low < this.offset ? high + wrap + low : high + low;
  }
}
