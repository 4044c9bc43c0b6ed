import type { Connection } from 'mysql2';
import { releaseMemory } from '../../core/release-memory.ts';

/** Takes the payload of one packet that is too large to be held twice: part by part, as the socket brings it. */
export interface LargePayload {
  /** The bytes are good until the call returns. */
  part(bytes: Buffer): void;
  end(): void;
}

interface Parser {
  execute(chunk: Buffer): unknown;
}

/** The parts of the driver's connection that stand between its socket and its commands. */
interface DriverConnection {
  packetParser: Parser;
  readonly _paused: boolean;
  _bumpSequenceId(packets: number): void;
  resume(): void;
}

const HEADER_BYTES = 4;
const MAX_PAYLOAD = 0xffffff;
/** Chunks of the socket at least so large are given back as soon as they are taken: at full speed the collector comes late. */
const SOCKET_BYTES = 16 * 1024;

/**
 * Stands before the driver's parser. A payload of 16 MiB and more comes in several packets, which the driver gathers and then joins,
 * at twice its size; here it is handed on as it comes. All else goes to the driver as it is, many packets at a time.
 */
export class LargePackets implements Parser {
  /** Who takes large payloads; without one they go to the driver. */
  receiver: LargePayload | undefined;
  readonly #connection: DriverConnection;
  readonly #inner: Parser;
  readonly #header = Buffer.alloc(HEADER_BYTES);
  #headerLength = 0;
  /** Of the packet at hand. */
  #left = 0;
  #taking: LargePayload | undefined;
  #goesOn = false;
  /** Came while the connection was paused. */
  #held: Buffer[] = [];

  /** The one of this connection; made at the first call, which must come between two answers of the server. */
  static of(driver: Connection): LargePackets {
    const connection = driver as unknown as DriverConnection;
    if (connection.packetParser instanceof LargePackets) return connection.packetParser;
    return new LargePackets(connection);
  }

  private constructor(connection: DriverConnection) {
    this.#connection = connection;
    this.#inner = connection.packetParser;
    connection.packetParser = this;
    const resume = connection.resume.bind(connection);
    connection.resume = () => {
      resume();
      for (const chunk of this.#held.splice(0)) this.execute(chunk);
    };
  }

  execute(chunk: Buffer): void {
    if (this.#held.length > 0) {
      this.#held.push(chunk);
      return;
    }
    let at = 0;
    /** Bytes from here on have not gone to the driver. */
    let kept = 0;
    let whole = false;
    while (at < chunk.length) {
      if (this.#left > 0) {
        const size = Math.min(this.#left, chunk.length - at);
        if (this.#taking) {
          if (this.#connection._paused) {
            this.#held.push(chunk.subarray(at));
            return;
          }
          this.#taking.part(chunk.subarray(at, at + size));
          kept = at + size;
          // Nobody else has seen the chunk.
          if (size === chunk.length) whole = true;
        }
        at += size;
        this.#left -= size;
        if (this.#left === 0) this.#endPacket();
        continue;
      }
      const start = at;
      while (this.#headerLength < HEADER_BYTES && at < chunk.length) {
        this.#header[this.#headerLength++] = chunk[at++]!;
      }
      if (this.#headerLength < HEADER_BYTES) {
        this.#pass(chunk.subarray(kept, start));
        return;
      }
      this.#headerLength = 0;
      const length = this.#header.readUIntLE(0, 3);
      this.#left = length;
      if (this.#taking || (length === MAX_PAYLOAD && this.receiver)) {
        this.#pass(chunk.subarray(kept, start));
        kept = at;
        this.#taking ??= this.receiver;
        this.#goesOn = length === MAX_PAYLOAD;
        this.#connection._bumpSequenceId(1);
        if (length === 0) this.#endPacket();
      } else if (at - start < HEADER_BYTES) {
        // Its first bytes came with the chunk before.
        this.#pass(Buffer.from(this.#header));
        kept = at;
      }
    }
    if (whole) releaseMemory(chunk, SOCKET_BYTES);
    else this.#pass(chunk.subarray(kept));
  }

  #pass(bytes: Buffer): void {
    if (bytes.length > 0) this.#inner.execute(bytes);
  }

  #endPacket(): void {
    if (!this.#taking || this.#goesOn) return;
    const taking = this.#taking;
    this.#taking = undefined;
    taking.end();
  }
}
