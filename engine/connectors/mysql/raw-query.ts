import type { Socket } from 'node:net';
import mysql, { type Connection } from 'mysql2';
import { releaseMemory } from '../../core/release-memory.ts';

/**
 * A COM_QUERY whose statement is exact bytes. The driver's own takes a string and encodes it, which would spoil binary literals and
 * copy every statement; here the caller's buffers go to the socket as they are, cut into packets of 16 MiB - 1 by the protocol's rule.
 */

/** The parts of the driver's connection that a command of its own may use. */
interface DriverConnection {
  readonly stream: Socket;
  readonly config: { readonly constructor: { queryOptions(config: unknown, options: unknown): unknown } };
  sequenceId: number;
  _bumpSequenceId(packets: number): void;
  write(buffer: Uint8Array): void;
}

interface DriverQuery {
  options: unknown;
  _queryOptions: object;
  _connection: unknown;
  _localStreamError: unknown;
  start(packet: unknown, connection: DriverConnection): unknown;
  resultsetHeader: unknown;
  infileOk: unknown;
}

type QueryCallback = (error: Error | null, rows?: unknown, fields?: unknown) => void;
type QueryClass = new (options: object, callback?: QueryCallback) => DriverQuery;

const Query = (
  mysql as unknown as { createQuery(sql: object, values: unknown, callback: unknown, config: object): object }
).createQuery({ sql: '' }, undefined, undefined, {}).constructor as QueryClass;

/** Bytes of a statement that are made when they are sent. */
export interface DeferredBytes {
  readonly length: number;
  bytes(): Uint8Array;
  /** What `bytes` gives is new memory each time. */
  readonly fresh?: boolean;
}

/** One stretch of a statement. */
export type SqlPart = Uint8Array | DeferredBytes;

export const bytesOf = (part: SqlPart): Uint8Array => (part instanceof Uint8Array ? part : part.bytes());

/** Large buffers in stretches, so that no more than one waits in the socket. */
function windowsOf(part: SqlPart): DeferredBytes[] {
  if (!(part instanceof Uint8Array)) return [part];
  const windows: DeferredBytes[] = [];
  for (let at = 0; at < part.length; at += WINDOW_BYTES) {
    const window = part.subarray(at, at + WINDOW_BYTES);
    windows.push({ length: window.length, bytes: () => window });
  }
  return windows;
}

const WINDOW_BYTES = 256 * 1024;
const COM_QUERY = 3;
const MAX_PAYLOAD = 0xffffff;

class RawQuery extends Query {
  readonly #parts: readonly SqlPart[];
  readonly #infile: LocalFile | undefined;

  constructor(parts: readonly SqlPart[], infile: LocalFile | undefined, callback?: QueryCallback) {
    super({ rowsAsArray: true, typeCast: false, sql: '' }, callback);
    this.#parts = parts;
    this.#infile = infile;
  }

  override start(_packet: unknown, connection: DriverConnection): unknown {
    this._connection = connection;
    this.options = connection.config.constructor.queryOptions(connection.config, this._queryOptions);
    const made: Uint8Array[] = [];
    writeAll(packetsOf(this.#parts, connection, made), made, connection);
    return this.resultsetHeader;
  }

  /** The driver's step for the server's request of a local file. */
  _streamLocalInfile(connection: DriverConnection): unknown {
    this.#sendFile(connection).catch((error) => {
      this._localStreamError = error;
    });
    return this.infileOk;
  }

  async #sendFile(connection: DriverConnection): Promise<void> {
    try {
      for await (const block of this.#infile ?? []) await writeBlock(connection, block);
    } finally {
      // The end of the file: the server answers to nothing before it.
      if (!connection.stream.destroyed) connection.write(header(0, connection));
    }
  }
}

/** A part of a local file; `release`: it is sent, or will never be. */
export interface LocalBlock {
  readonly bytes: Uint8Array;
  readonly release?: (() => void) | undefined;
}

export type LocalFile = AsyncIterable<LocalBlock>;

/** Sends a block in packets; resolves when the socket takes more. Rejects when the connection is gone. */
async function writeBlock(connection: DriverConnection, { bytes, release }: LocalBlock): Promise<void> {
  const { stream } = connection;
  if (stream.destroyed) throw new Error('the connection is closed');
  let takesMore = true;
  stream.cork();
  for (let at = 0; at < bytes.length; at += MAX_PAYLOAD) {
    const part = bytes.subarray(at, at + MAX_PAYLOAD);
    stream.write(header(part.length, connection));
    const isLast = at + MAX_PAYLOAD >= bytes.length;
    takesMore = stream.write(part, isLast && release ? () => release() : undefined);
  }
  stream.uncork();
  if (!takesMore && stream.writableLength > 0) await drained(stream);
}

const drained = (stream: Socket): Promise<void> =>
  new Promise((resolve, reject) => {
    const settle = () => {
      stream.off('drain', settle);
      stream.off('close', settle);
      if (stream.destroyed) reject(new Error('the connection is closed'));
      else resolve();
    };
    stream.on('drain', settle);
    stream.on('close', settle);
  });

/** Below it the socket is given more without waiting: its own limit would make small writes of large statements. */
const BUFFERED_BYTES = 1024 * 1024;
const LEAST_RELEASED = 16 * 1024;

/**
 * A large statement goes out as the socket takes it: what waits in the socket, TLS holds twice more. `made`: what `buffers` has made to be
 * sent, and nobody needs once it is sent.
 */
function writeAll(buffers: Iterator<Uint8Array>, made: Uint8Array[], connection: DriverConnection): void {
  const { stream } = connection;
  if (stream.destroyed) return;
  stream.cork();
  let next = buffers.next();
  while (!next.done) {
    connection.write(next.value);
    next = buffers.next();
    if (!next.done && stream.writableLength > BUFFERED_BYTES) {
      const first = next.value;
      const sent = made.splice(0, made.length - 1);
      stream.once('drain', () => {
        for (const bytes of sent) releaseMemory(bytes, LEAST_RELEASED);
        writeRest(first, buffers, made, connection);
      });
      break;
    }
  }
  stream.uncork();
}

function writeRest(
  first: Uint8Array,
  rest: Iterator<Uint8Array>,
  made: Uint8Array[],
  connection: DriverConnection,
): void {
  if (connection.stream.destroyed) return;
  connection.write(first);
  writeAll(rest, made, connection);
}

/** Headers and payload slices in the order they go to the socket; counts the packets on the connection's sequence. */
function* packetsOf(
  parts: readonly SqlPart[],
  connection: DriverConnection,
  made: Uint8Array[],
): Generator<Uint8Array, void> {
  let left = 1;
  for (const part of parts) left += part.length;
  // The command byte travels with the first header.
  let room = Math.min(left, MAX_PAYLOAD);
  yield Uint8Array.of(room & 0xff, (room >> 8) & 0xff, room >> 16, connection.sequenceId, COM_QUERY);
  connection._bumpSequenceId(1);
  let full = room === MAX_PAYLOAD;
  left -= room;
  room -= 1;
  for (const { length, bytes, fresh } of parts.flatMap(windowsOf)) {
    const part = bytes();
    if (fresh) made.push(part);
    let offset = 0;
    while (offset < length) {
      if (room === 0) {
        room = Math.min(left, MAX_PAYLOAD);
        left -= room;
        full = room === MAX_PAYLOAD;
        yield header(room, connection);
      }
      const size = Math.min(room, length - offset);
      yield part.subarray(offset, offset + size);
      offset += size;
      room -= size;
    }
  }
  // A payload that fills its last packet is ended by an empty one.
  if (full) yield header(0, connection);
}

function header(length: number, connection: DriverConnection): Uint8Array {
  const bytes = Uint8Array.of(length & 0xff, (length >> 8) & 0xff, length >> 16, connection.sequenceId);
  connection._bumpSequenceId(1);
  return bytes;
}

/** The driver's query object: with a callback it collects rows; without it emits `fields`, `result`, `error` and `end`. */
export function sendRaw(
  connection: Connection,
  sql: readonly SqlPart[],
  options: {
    /** Answers the server's request for a LOAD DATA LOCAL file. */ readonly infile?: LocalFile | undefined;
  },
  callback?: QueryCallback,
): NodeJS.EventEmitter {
  const query = new RawQuery(sql, options.infile, callback);
  (connection as unknown as { addCommand(command: unknown): void }).addCommand(query);
  return query as unknown as NodeJS.EventEmitter;
}
