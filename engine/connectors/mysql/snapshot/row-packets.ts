import type { Connection } from 'mysql2';
import { releaseMemory } from '../../../core/release-memory.ts';

/** Takes the rows of a result by the payloads of their packets. The bytes are good until the call returns. */
export interface RowReceiver {
  /** A whole row: `bytes[start, end)`. */
  row(bytes: Uint8Array, start: number, end: number): void;
  /** A part of a row that is too large to be gathered: any split of its payload, in order. */
  largePart(bytes: Uint8Array): void;
  largeEnd(): void;
}

interface Parser {
  execute(chunk: Buffer): unknown;
}

/** The parts of the driver's connection that stand between its socket and its commands. */
interface DriverConnection {
  packetParser: Parser;
  _bumpSequenceId(packets: number): void;
}

const HEADER_BYTES = 4;
const MAX_PAYLOAD = 0xffffff;
const EOF = 0xfe;
/** An EOF packet is shorter; a row may begin with the same byte. */
const EOF_BELOW = 9;
const ERR = 0xff;
/** A row that reaches over the end of a chunk is gathered up to this size, and handed on in parts above. */
const GATHERED_BYTES = 128 * 1024;
/** Chunks of the socket at least so large are given back as soon as they are read: at full speed the collector comes late. */
const SOCKET_BYTES = 16 * 1024;

/**
 * Stands before the driver's parser while a result is streamed: rows go to the receiver straight from the chunks of the socket, with
 * no object for each packet. What comes before and after the rows goes to the driver. Format: MySQL client/server protocol, text result set.
 */
export class RowPackets implements Parser {
  readonly #connection: DriverConnection;
  readonly #inner: Parser;
  #receiver: RowReceiver | undefined;
  #failed: (error: unknown) => void = () => {};
  /** The next packet is a row, or the end of them. */
  #rows = false;
  readonly #header = Buffer.alloc(HEADER_BYTES);
  #headerLength = 0;
  /** Of the packet at hand, its bytes yet to come. */
  #left = 0;
  readonly #gathered = Buffer.allocUnsafeSlow(GATHERED_BYTES);
  #gatheredLength = 0;
  #large = false;
  #goesOn = false;
  #taken = 0;

  /** Call between two answers of the server. */
  constructor(driver: Connection) {
    this.#connection = driver as unknown as DriverConnection;
    this.#inner = this.#connection.packetParser;
  }

  /** From now on, until `end`, for one statement. `failed`: the receiver threw, and gets nothing more. */
  begin(receiver: RowReceiver, failed: (error: unknown) => void): void {
    this.#receiver = receiver;
    this.#failed = failed;
    this.#connection.packetParser = this;
  }

  /** The driver has taken all that comes before the rows. */
  rowsBegin(): void {
    this.#rows = true;
  }

  end(): void {
    this.#receiver = undefined;
    this.#connection.packetParser = this.#inner;
  }

  execute(chunk: Buffer): void {
    try {
      this.#read(chunk);
    } catch (error) {
      this.#receiver = undefined;
      this.#failed(error);
    }
    releaseMemory(chunk, SOCKET_BYTES);
  }

  #read(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#headerLength === 0 && this.#rows && !this.#large && chunk.length - at > HEADER_BYTES) {
        // By far the most: whole in the chunk.
        const length = chunk[at]! | (chunk[at + 1]! << 8) | (chunk[at + 2]! << 16);
        const start = at + HEADER_BYTES;
        const end = start + length;
        if (end <= chunk.length && length < MAX_PAYLOAD && !isEnd(chunk[start]!, length)) {
          this.#receiver?.row(chunk, start, end);
          this.#taken += 1;
          at = end;
          continue;
        }
      }
      at = this.#step(chunk, at);
    }
    this.#tellTaken();
  }

  /** Takes a header, or what the chunk has of a packet; gives where it ended. */
  #step(chunk: Buffer, start: number): number {
    let at = start;
    while (this.#headerLength < HEADER_BYTES && at < chunk.length) {
      this.#header[this.#headerLength++] = chunk[at++]!;
      if (this.#headerLength === HEADER_BYTES) this.#left = this.#header.readUIntLE(0, 3);
    }
    if (this.#headerLength < HEADER_BYTES) return at;
    if (this.#left > 0 && at === chunk.length) return at;
    const size = Math.min(this.#left, chunk.length - at);
    const part = chunk.subarray(at, at + size);
    this.#left -= size;
    const large = this.#large || (this.#rows && this.#gatheredLength + size + this.#left > GATHERED_BYTES);
    if (large) this.#largePart(part);
    else if (this.#rows) this.#gather(part);
    else this.#pass(part);
    if (this.#left === 0) this.#headerLength = 0;
    return at + size;
  }

  #gather(part: Buffer): void {
    part.copy(this.#gathered, this.#gatheredLength);
    this.#gatheredLength += part.length;
    if (this.#left > 0) return;
    const payload = this.#gathered.subarray(0, this.#gatheredLength);
    this.#gatheredLength = 0;
    if (isEnd(payload[0] ?? 0, payload.length)) {
      this.#rows = false;
      this.#tellTaken();
      this.#inner.execute(Buffer.concat([this.#header, payload]));
    } else {
      this.#taken += 1;
      this.#receiver?.row(payload, 0, payload.length);
    }
  }

  #largePart(part: Buffer): void {
    if (!this.#large) {
      this.#large = true;
      if (this.#gatheredLength > 0)
        this.#receiver?.largePart(this.#gathered.subarray(0, this.#gatheredLength));
      this.#gatheredLength = 0;
    }
    if (part.length > 0) this.#receiver?.largePart(part);
    this.#goesOn = this.#header.readUIntLE(0, 3) === MAX_PAYLOAD;
    if (this.#left > 0) return;
    this.#taken += 1;
    // A payload that fills its packet goes on in the next, be it an empty one.
    if (this.#goesOn) return;
    this.#large = false;
    this.#receiver?.largeEnd();
  }

  /** One packet at a time: the driver tells with one of them that rows begin. */
  #pass(part: Buffer): void {
    const isFirst = part.length + this.#left === this.#header.readUIntLE(0, 3);
    // It may keep what is not whole.
    this.#inner.execute(isFirst ? Buffer.concat([this.#header, part]) : Buffer.from(part));
  }

  #tellTaken(): void {
    this.#connection._bumpSequenceId(this.#taken);
    this.#taken = 0;
  }
}

/** An error, or the end of the rows. */
const isEnd = (first: number, length: number): boolean =>
  first === ERR || (first === EOF && length < EOF_BELOW);
