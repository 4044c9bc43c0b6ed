import type { Connection } from 'mysql2';
import { COPIED_PIECE_BYTES } from '../../../core/change.ts';
import { releaseMemory } from '../../../core/release-memory.ts';

/** Takes the payload of one packet that is too large to be held twice: part by part, as the socket brings it. */
export interface LargePayload {
  /** The bytes are good until the call returns. */
  part(bytes: Buffer): void;
  end(): void;
}

/** Takes what the server sends during a dump. */
export interface DumpReceiver {
  /**
   * The payload of one packet: `bytes` from `start` up to `end`. Up to COPIED_PIECE_BYTES they are good until the call returns; a larger one has
   * memory of its own, which is the receiver's from then on.
   */
  packet(bytes: Buffer, start: number, end: number): void;
  /** A payload of 16 MiB and more begins. */
  large(): LargePayload;
  /** All is taken that the socket has brought: so many bytes since the last time. */
  drained(bytes: number): void;
}

/** The parts of the driver's connection that stand between its socket and its commands. */
interface DriverConnection {
  packetParser: { execute(chunk: Buffer): unknown };
  readonly stream: { pause(): unknown; resume(): unknown; readonly readableLength: number };
}

const HEADER_BYTES = 4;
const MAX_PAYLOAD = 0xffffff;
/** Chunks of the socket at least so large are given back as soon as they are taken: at full speed the collector comes late. */
const SOCKET_BYTES = 16 * 1024;

/**
 * Cuts the stream of a dump into packets in place of the driver, whose objects and calls for each packet cost more than all else that a small
 * event needs. Taken over between two packets of the server; there is no way back.
 *
 * Packet: payload length 3, sequence number 1, payload. A payload of 16 MiB and more comes in several, each but the last full
 * (https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_packets.html).
 */
export class DumpPackets {
  readonly #connection: DriverConnection;
  readonly #receiver: DumpReceiver;
  /** The start of a packet that goes on in the next chunk: its header, then as much of its payload as has come. */
  #open: Buffer | undefined;
  #filled = 0;
  /** Of a packet of a large payload that is still to come. */
  #left = 0;
  #goesOn = false;
  #large: LargePayload | undefined;
  #paused = false;
  /** Came before the socket stopped. */
  #held: Buffer[] = [];
  /** Taken since all was. */
  #taken = 0;

  constructor(driver: Connection, receiver: DumpReceiver) {
    this.#connection = driver as unknown as DriverConnection;
    this.#receiver = receiver;
    this.#connection.packetParser = this;
  }

  /** Gives no packet until `resume`. */
  pause(): void {
    this.#paused = true;
    this.#connection.stream.pause();
  }

  resume(): void {
    this.#paused = false;
    while (!this.#paused) {
      const chunk = this.#held.shift();
      if (chunk === undefined) break;
      this.#take(chunk);
    }
    if (!this.#paused) this.#connection.stream.resume();
  }

  /** Called by the driver with each chunk of the socket. */
  execute(chunk: Buffer): void {
    if (this.#paused) {
      this.#held.push(chunk);
      return;
    }
    this.#take(chunk);
    if (this.#paused || this.#connection.stream.readableLength > 0) return;
    const taken = this.#taken;
    this.#taken = 0;
    this.#receiver.drained(taken);
  }

  #take(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#paused) {
        this.#taken += at;
        this.#held.unshift(chunk.subarray(at));
        return;
      }
      if (this.#left > 0) at = this.#takeLarge(chunk, at);
      else if (this.#open) at = this.#complete(this.#open, chunk, at);
      else at = this.#begin(chunk, at);
    }
    this.#taken += at;
    releaseMemory(chunk, SOCKET_BYTES);
  }

  /** A packet begins at `at`; gives where it, or the chunk, ends. */
  #begin(chunk: Buffer, at: number): number {
    const start = at + HEADER_BYTES;
    if (start > chunk.length) {
      this.#open = Buffer.alloc(HEADER_BYTES);
      this.#filled = chunk.copy(this.#open, 0, at);
      return chunk.length;
    }
    const length = payloadLength(chunk, at);
    const end = start + length;
    if (length === MAX_PAYLOAD || this.#large) {
      this.#beginLarge(length);
      return start;
    }
    if (end <= chunk.length) {
      if (length <= COPIED_PIECE_BYTES) this.#receiver.packet(chunk, start, end);
      else this.#receiver.packet(ownCopy(chunk, start, end), 0, length);
      return end;
    }
    this.#open = Buffer.allocUnsafeSlow(end - at);
    this.#filled = chunk.copy(this.#open, 0, at);
    return chunk.length;
  }

  /** Goes on with a packet that began in an earlier chunk; gives where it ends in this one. */
  #complete(open: Buffer, chunk: Buffer, from: number): number {
    const copied = chunk.copy(open, this.#filled, from);
    this.#filled += copied;
    if (this.#filled < open.length) return from + copied;
    this.#open = undefined;
    if (open.length > HEADER_BYTES) this.#receiver.packet(open, HEADER_BYTES, open.length);
    else {
      const length = payloadLength(open, 0);
      if (length === MAX_PAYLOAD || this.#large) this.#beginLarge(length);
      else {
        this.#open = Buffer.allocUnsafeSlow(HEADER_BYTES + length);
        open.copy(this.#open);
        this.#filled = HEADER_BYTES;
      }
    }
    return from + copied;
  }

  #beginLarge(length: number): void {
    this.#large ??= this.#receiver.large();
    this.#goesOn = length === MAX_PAYLOAD;
    this.#left = length;
    if (length === 0) this.#endLarge();
  }

  #takeLarge(chunk: Buffer, at: number): number {
    const end = Math.min(at + this.#left, chunk.length);
    this.#large!.part(chunk.subarray(at, end));
    this.#left -= end - at;
    if (this.#left === 0 && !this.#goesOn) this.#endLarge();
    return end;
  }

  #endLarge(): void {
    const ended = this.#large!;
    this.#large = undefined;
    ended.end();
  }
}

function ownCopy(bytes: Buffer, start: number, end: number): Buffer {
  const copy = Buffer.allocUnsafeSlow(end - start);
  bytes.copy(copy, 0, start, end);
  return copy;
}

const payloadLength = (bytes: Buffer, at: number): number =>
  bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);
