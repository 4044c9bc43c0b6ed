import type { Socket } from 'node:net';
import mysql, { type Connection } from 'mysql2';

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
  start(packet: unknown, connection: DriverConnection): unknown;
  resultsetHeader: unknown;
}

type QueryCallback = (error: Error | null, rows?: unknown, fields?: unknown) => void;
type QueryClass = new (options: object, callback?: QueryCallback) => DriverQuery;

const Query = (
  mysql as unknown as { createQuery(sql: object, values: unknown, callback: unknown, config: object): object }
).createQuery({ sql: '' }, undefined, undefined, {}).constructor as QueryClass;

const COM_QUERY = 3;
const MAX_PAYLOAD = 0xffffff;

class RawQuery extends Query {
  readonly #parts: readonly Uint8Array[];

  constructor(parts: readonly Uint8Array[], options: object, callback?: QueryCallback) {
    super({ ...options, sql: '' }, callback);
    this.#parts = parts;
  }

  override start(_packet: unknown, connection: DriverConnection): unknown {
    this._connection = connection;
    this.options = connection.config.constructor.queryOptions(connection.config, this._queryOptions);
    connection.stream.cork();
    for (const buffer of packetsOf(this.#parts, connection)) connection.write(buffer);
    connection.stream.uncork();
    return this.resultsetHeader;
  }
}

/** Headers and payload slices in the order they go to the socket; counts the packets on the connection's sequence. */
function* packetsOf(parts: readonly Uint8Array[], connection: DriverConnection): Iterable<Uint8Array> {
  let left = 1;
  for (const part of parts) left += part.length;
  // The command byte travels with the first header.
  let room = Math.min(left, MAX_PAYLOAD);
  yield Uint8Array.of(room & 0xff, (room >> 8) & 0xff, room >> 16, connection.sequenceId, COM_QUERY);
  connection._bumpSequenceId(1);
  let full = room === MAX_PAYLOAD;
  left -= room;
  room -= 1;
  for (const part of parts) {
    let offset = 0;
    while (offset < part.length) {
      if (room === 0) {
        room = Math.min(left, MAX_PAYLOAD);
        left -= room;
        full = room === MAX_PAYLOAD;
        yield header(room, connection);
      }
      const size = Math.min(room, part.length - offset);
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

export interface RawQueryOptions {
  /** Answers the server's request for a LOAD DATA LOCAL stream. */
  readonly infile?: (() => NodeJS.ReadableStream) | undefined;
}

/** The driver's query object: with a callback it collects rows; without it emits `fields`, `result`, `error` and `end`. */
export function sendRaw(
  connection: Connection,
  sql: readonly Uint8Array[],
  options: RawQueryOptions,
  callback?: QueryCallback,
): NodeJS.EventEmitter {
  const query = new RawQuery(
    sql,
    {
      rowsAsArray: true,
      typeCast: false,
      ...(options.infile ? { infileStreamFactory: options.infile } : {}),
    },
    callback,
  );
  (connection as unknown as { addCommand(command: unknown): void }).addCommand(query);
  return query as unknown as NodeJS.EventEmitter;
}
