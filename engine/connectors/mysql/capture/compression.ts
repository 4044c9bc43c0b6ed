import { createZstdDecompress, inflateSync, zstdDecompressSync } from 'node:zlib';
import { BinlogEvent, corrupt, eventTypes, headerLength } from './event.ts';
import { type EventStream, eventHeadLength, eventLength, joinedEvent } from './event-stream.ts';
import { readLengthEncoded } from './length-encoded.ts';
import { zstdFrames } from './zstd-frames.ts';

/** A transaction payload event of MySQL 8.0.20+ (binlog_transaction_compression): all events of a transaction in one. */
export interface TransactionPayload {
  readonly compressed: Buffer;
  readonly zstd: boolean;
  /** Bytes of the events inside. */
  readonly size: number;
}

/** Body: fields of (type, length, value), all length-encoded integers, up to type 0; then the payload. */
export function parseTransactionPayload(event: BinlogEvent): TransactionPayload {
  const body = event.bytes.subarray(headerLength);
  let offset = 0;
  let zstd = false;
  let payloadSize = -1;
  let size = -1;
  for (;;) {
    const type = readLengthEncoded(body, offset);
    offset = type.end;
    if (type.value === 0) break;
    const length = readLengthEncoded(body, offset);
    const { value } = readLengthEncoded(body, length.end);
    offset = length.end + length.value;
    if (type.value === 1) payloadSize = value;
    else if (type.value === 2) zstd = value === 0;
    else if (type.value === 3) size = value;
  }
  const compressed = body.subarray(offset);
  if (compressed.length !== payloadSize) throw corrupt('a compressed transaction is cut short');
  return { compressed, zstd, size: size < 0 ? payloadSize : size };
}

/** Payloads up to this many bytes are unpacked at once; larger ones as a stream, so that memory stays bounded. */
const streamedFrom = 1 << 20;

/** The bytes of the events inside, in order, in chunks of any size. */
export function unpackPayload(payload: TransactionPayload): Iterable<Buffer> | AsyncIterable<Buffer> {
  const { compressed, zstd, size } = payload;
  if (zstd && size > streamedFrom) return unpackStream(payload);
  const chunks = zstd ? Array.from(zstdFrames(compressed), unpackFrame) : [compressed];
  requireSize(
    payload,
    chunks.reduce((sum, chunk) => sum + chunk.length, 0),
  );
  return chunks;
}

async function* unpackStream(payload: TransactionPayload): AsyncIterable<Buffer> {
  let unpacked = 0;
  for (const frame of zstdFrames(payload.compressed)) {
    const stream = createZstdDecompress({ chunkSize: 256 * 1024 });
    stream.end(frame);
    try {
      for await (const chunk of stream) {
        unpacked += (chunk as Buffer).length;
        yield chunk as Buffer;
      }
    } catch (error) {
      throw damaged(error);
    }
  }
  requireSize(payload, unpacked);
}

function unpackFrame(frame: Buffer): Buffer {
  try {
    return zstdDecompressSync(frame);
  } catch (error) {
    throw damaged(error);
  }
}

function requireSize({ size }: TransactionPayload, unpacked: number): void {
  if (unpacked !== size)
    throw corrupt(`a compressed transaction has ${unpacked} bytes, not ${size} as it says`);
}

/** Of an error that zlib raised; what is coded already stays. */
const damaged = (error: unknown): unknown =>
  error instanceof Error && 'errno' in error ? corrupt('a compressed transaction cannot be unpacked') : error;

/** Events of so many bytes are taken as they come. */
const largeEvent = 4 << 20;

/** Cuts a stream of bytes into events. Yields events whose bytes may be kept. */
export class EventCutter {
  readonly #onLarge: (head: Buffer) => EventStream | undefined;
  #rest: Buffer[] = [];
  #length = 0;
  /** Takes the event at hand, of which so many bytes are to come. */
  #taking: EventStream | undefined;
  #toCome = 0;
  #joined: Buffer | undefined;

  /** `onLarge` is given the head of a large event and may take the event as it comes: it is not yielded then. */
  constructor(onLarge: (head: Buffer) => EventStream | undefined) {
    this.#onLarge = onLarge;
  }

  *push(chunk: Buffer): Iterable<Buffer> {
    this.#rest.push(chunk);
    this.#length += chunk.length;
    for (;;) {
      if (this.#taking) {
        this.#feed(this.#taking);
        if (this.#joined) yield this.#joined;
        this.#joined = undefined;
      }
      if (this.#taking || this.#length < headerLength) return;
      const needed = eventLength(this.#front(headerLength));
      if (needed < headerLength) throw corrupt('a compressed transaction holds an event without a length');
      if (needed < largeEvent) {
        if (this.#length < needed) return;
        const event = this.#front(needed).subarray(0, needed);
        this.#drop(needed);
        yield event;
      } else {
        if (this.#length < eventHeadLength) return;
        this.#toCome = needed;
        this.#taking =
          this.#onLarge(this.#front(eventHeadLength).subarray(0, eventHeadLength)) ??
          joinedEvent(needed, (bytes) => {
            this.#joined = bytes;
          });
      }
    }
  }

  /** Throws when the last event was cut short. */
  finish(): void {
    if (this.#length > 0 || this.#taking) throw corrupt('a compressed transaction ends inside an event');
  }

  #feed(stream: EventStream): void {
    while (this.#toCome > 0 && this.#length > 0) {
      const part = this.#rest[0]!.subarray(0, this.#toCome);
      stream.part(part);
      this.#toCome -= part.length;
      this.#drop(part.length);
    }
    if (this.#toCome > 0) return;
    this.#taking = undefined;
    stream.end();
  }

  /** At least so many of the waiting bytes in one buffer. */
  #front(length: number): Buffer {
    if (this.#rest[0]!.length < length) this.#rest = [Buffer.concat(this.#rest)];
    return this.#rest[0]!;
  }

  /** Removes bytes that stand in the first buffer. */
  #drop(length: number): void {
    const first = this.#rest[0]!;
    if (length === first.length) this.#rest.shift();
    else this.#rest[0] = first.subarray(length);
    this.#length -= length;
  }
}

/** The plain form of MariaDB's compressed query and rows events (log_bin_compress); other events as they are. */
export function expandMariadbEvent(event: BinlogEvent): BinlogEvent {
  const { type, bytes } = event;
  if (type === eventTypes.mariadbQueryCompressed) {
    const statusLength = bytes.readUInt16LE(headerLength + 11);
    const textStart = headerLength + 13 + statusLength + bytes[headerLength + 8]! + 1;
    return expand(event, eventTypes.query, textStart);
  }
  if (type < eventTypes.mariadbWriteRowsCompressedV1 || type > eventTypes.mariadbDeleteRowsCompressed)
    return event;
  const second = type > 168;
  const plain = (second ? eventTypes.writeRows - 169 : eventTypes.writeRowsV1 - 166) + type;
  let offset = headerLength + 8;
  if (second) offset += bytes.readUInt16LE(offset);
  const width = readLengthEncoded(bytes, offset);
  const update = plain === eventTypes.updateRows || plain === eventTypes.updateRowsV1;
  return expand(event, plain, width.end + Math.ceil(width.value / 8) * (update ? 2 : 1));
}

/** Envelope: one byte (0x80, algorithm in bits 4 to 6 (0 zlib), count of length bytes), length big endian, data. */
function expand(event: BinlogEvent, type: number, start: number): BinlogEvent {
  const head = event.bytes[start];
  const lengthBytes = (head ?? 0) & 0x07;
  if (head === undefined || (head & 0xf0) !== 0x80 || lengthBytes < 1 || lengthBytes > 4) {
    throw corrupt('a compressed event has an unknown envelope');
  }
  const data = inflate(event.bytes.subarray(start + 1 + lengthBytes));
  if (data.length !== event.bytes.readUIntBE(start + 1, lengthBytes)) {
    throw corrupt('a compressed event has another length than it says');
  }
  const bytes = Buffer.concat([event.bytes.subarray(0, start), data]);
  bytes[4] = type;
  return new BinlogEvent(bytes);
}

function inflate(data: Buffer): Buffer {
  try {
    return inflateSync(data);
  } catch {
    throw corrupt('a compressed event cannot be unpacked');
  }
}
