import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import ZongJi from '@vlasky/zongji';
import type { Connection } from 'mysql2';
import { LargePackets, type LargePayload } from '../large-packets.ts';
import type { BinlogPosition } from '../position.ts';
import { type EventStream, eventHeadLength } from './event-stream.ts';

export interface DumpOptions {
  /** A connection to the source: the dump gets one of its own to the same address. */
  readonly control: Connection;
  readonly from: BinlogPosition;
  readonly readerId: number;
  readonly heartbeatMillis: number;
  readonly serverUuid: string;
  /** One whole event, checksum included. The bytes belong to the receiver from then on. */
  readonly onEvent: (bytes: Buffer) => void;
  /** An event of 16 MiB and more begins, with these bytes: who takes it, from its first byte on. */
  readonly onLargeEvent: (head: Buffer) => EventStream;
  readonly onError: (error: unknown) => void;
}

/** A running dump of a binary log. */
export interface DumpConnection {
  /** Reads nothing more from the socket until `resume`. */
  pause(): void;
  resume(): void;
  /** Drops the connection. The server ends its side when it next writes, or when the same reader comes again. */
  destroy(): void;
}

/** The packet of mysql2 as far as it is used here: the event stands after one status byte. */
interface Packet {
  readonly buffer: Buffer;
  readonly offset: number;
  readonly end: number;
  isEOF(): boolean;
  isError(): boolean;
  asError(encoding: string): Error;
}

interface ZongJiInternals {
  connection: (Connection & { readonly stream: Socket; readonly clientEncoding: string }) | null;
  stopped: boolean;
  BinlogClass: BinlogCommand;
}
type BinlogCommand = new (callback: unknown) => { start(packet: unknown, connection: unknown): unknown };

/**
 * Asks the source for its binary log. zongji does connection, checksum negotiation and dump command; its decoding is replaced before the
 * command is sent, so that events arrive as raw bytes.
 */
export function openDump(options: DumpOptions): DumpConnection {
  const { control, from, onEvent, onLargeEvent, onError } = options;
  const reader = new ZongJi(control);
  const internals = reader as unknown as ZongJiInternals;
  let destroyed = false;
  const fail = (error: unknown) => {
    if (!destroyed) onError(error);
  };
  reader.on('error', fail);
  // Emitted just before the dump command is queued: what is queued here runs before it.
  reader.on('ready', () => {
    const { connection } = internals;
    if (!connection) return;
    connection.on('end', () => fail(connectionLost()));
    for (const statement of dumpSession(options)) {
      connection.query(statement, (error) => error && fail(error));
    }
    LargePackets.of(connection).receiver = largePayload(onLargeEvent);
    internals.BinlogClass = rawDump(internals.BinlogClass, onEvent, fail);
  });
  reader.start({ serverId: options.readerId, ...startOf(from) });
  const socket = internals.connection?.stream;
  const connection = internals.connection;
  return {
    pause: () => connection?.pause(),
    resume: () => connection?.resume(),
    destroy() {
      destroyed = true;
      internals.stopped = true;
      connection?.destroy();
      socket?.destroy();
    },
  };
}

function startOf(from: BinlogPosition): { gtidSet: string } | { filename: string; position: number } {
  if (from.gtid !== undefined) return { gtidSet: from.gtid };
  // The command has 32 bits for the offset: a later place is reached from the start of its file.
  return { filename: from.file, position: from.offset < 2 ** 32 ? from.offset : 4 };
}

function dumpSession({ heartbeatMillis, readerId, serverUuid, from }: DumpOptions): string[] {
  const nanoseconds = BigInt(heartbeatMillis) * 1_000_000n;
  const uuid = readerUuid(readerId, serverUuid);
  return [
    // Both words: which one a server reads depends on its version. A server knows its reader again by the UUID and ends its former dump.
    `SET @master_heartbeat_period=${nanoseconds}, @source_heartbeat_period=${nanoseconds}`,
    `SET @slave_uuid='${uuid}', @replica_uuid='${uuid}'`,
    "SET @master_binlog_checksum='CRC32', @source_binlog_checksum='CRC32'",
    // A paused reader is not a dead one.
    'SET SESSION net_write_timeout=31536000',
    ...(from.flavour === 'mariadb' && from.gtid === undefined ? ['SET @slave_connect_state=NULL'] : []),
  ];
}

/** The same for the same reader of the same source, over restarts. */
function readerUuid(readerId: number, serverUuid: string): string {
  const hex = createHash('sha256').update(`opendts reader ${readerId} ${serverUuid}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function largePayload(onLargeEvent: DumpOptions['onLargeEvent']): LargePayload {
  // One status byte stands before the event.
  const start = Buffer.alloc(1 + eventHeadLength);
  let startLength = 0;
  let event: EventStream | undefined;
  return {
    part(bytes) {
      let from = 0;
      if (event === undefined) {
        from = bytes.copy(start, startLength);
        startLength += from;
        if (startLength < start.length) return;
        event = onLargeEvent(start.subarray(1));
        event.part(start.subarray(1));
      }
      if (from < bytes.length) event.part(bytes.subarray(from));
    },
    end() {
      const ended = event;
      startLength = 0;
      event = undefined;
      ended?.end();
    },
  };
}

function rawDump(
  base: BinlogCommand,
  onEvent: (bytes: Buffer) => void,
  fail: (error: unknown) => void,
): BinlogCommand {
  return class RawDump extends base {
    override start(packet: unknown, connection: unknown): unknown {
      super.start(packet, connection);
      return this.receive;
    }

    receive(packet: Packet): unknown {
      if (packet.isEOF()) fail(connectionLost());
      else if (packet.isError()) fail(packet.asError('utf8'));
      else onEvent(packet.buffer.subarray(packet.offset + 1, packet.end));
      return this.receive;
    }
  };
}

const connectionLost = () =>
  Object.assign(new Error('the server closed the connection'), { code: 'PROTOCOL_CONNECTION_LOST' });
