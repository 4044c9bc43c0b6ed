import { createZstdDecompress, inflateSync, zstdDecompressSync } from 'node:zlib';
import { type BinlogEvent, corrupt, eventTypes, headerLength } from './event.ts';
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

/** Cuts a stream of bytes into events. Yields events whose bytes may be kept. */
export class EventCutter {
  #rest: Buffer[] = [];
  #length = 0;

  *push(chunk: Buffer): Iterable<Buffer> {
    this.#rest.push(chunk);
    this.#length += chunk.length;
    while (this.#length >= headerLength) {
      if (this.#rest[0]!.length < headerLength) this.#join();
      const needed = this.#rest[0]!.readUInt32LE(9);
      if (needed < headerLength) throw corrupt('a compressed transaction holds an event without a length');
      if (this.#length < needed) return;
      if (this.#rest[0]!.length < needed) this.#join();
      const first = this.#rest[0]!;
      yield first.subarray(0, needed);
      this.#rest[0] = first.subarray(needed);
      this.#length -= needed;
    }
  }

  /** Throws when the last event was cut short. */
  finish(): void {
    if (this.#length > 0) throw corrupt('a compressed transaction ends inside an event');
  }

  #join(): void {
    this.#rest = [Buffer.concat(this.#rest)];
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
  return { ...event, type, bytes };
}

function inflate(data: Buffer): Buffer {
  try {
    return inflateSync(data);
  } catch {
    throw corrupt('a compressed event cannot be unpacked');
  }
}
