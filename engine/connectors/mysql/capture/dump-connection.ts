import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import ZongJi from '@vlasky/zongji';
import type { Connection } from 'mysql2';
import type { BinlogPosition } from '../position.ts';
import { DumpPackets, type DumpReceiver, type LargePayload } from './dump-packets.ts';
import { type EventStream, eventHeadLength } from './event-stream.ts';

export interface DumpOptions {
  /** A connection to the source: the dump gets one of its own to the same address. */
  readonly control: Connection;
  readonly from: BinlogPosition;
  readonly readerId: number;
  readonly heartbeatMillis: number;
  readonly serverUuid: string;
  /** One whole event, checksum included: `bytes` from `start` up to `end`, which the receiver may change. Whose they are: see DumpReceiver. */
  readonly onEvent: (bytes: Buffer, start: number, end: number) => void;
  /** An event of 16 MiB and more begins, with these bytes: who takes it, from its first byte on. */
  readonly onLargeEvent: (head: Buffer) => EventStream;
  /** See DumpReceiver. */
  readonly onDrained: (bytes: number) => void;
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
  const { control, from, onError } = options;
  // It knows a connection by the name of its class, which is shortened where the code was.
  Object.defineProperty(control.constructor, 'name', { value: 'Connection' });
  const reader = new ZongJi(control);
  const internals = reader as unknown as ZongJiInternals;
  let destroyed = false;
  let packets: DumpPackets | undefined;
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
    internals.BinlogClass = rawDump(internals.BinlogClass, () => {
      packets = new DumpPackets(connection, receiverOf(options, fail));
    });
  });
  reader.start({ serverId: options.readerId, ...startOf(from) });
  const socket = internals.connection?.stream;
  const { connection } = internals;
  return {
    pause: () => packets?.pause(),
    resume: () => packets?.resume(),
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

/** Sends the dump command and then reads no packet by itself. */
function rawDump(base: BinlogCommand, onSent: () => void): BinlogCommand {
  return class RawDump extends base {
    override start(packet: unknown, connection: unknown): unknown {
      super.start(packet, connection);
      onSent();
      return this.wait;
    }

    wait(): unknown {
      return this.wait;
    }
  };
}

/** The first byte of a packet: 0 stands before an event. */
const EOF = 0xfe;
const ERROR = 0xff;

function receiverOf(
  { onEvent, onLargeEvent, onDrained }: DumpOptions,
  fail: (error: unknown) => void,
): DumpReceiver {
  return {
    packet(bytes, start, end) {
      const status = bytes[start];
      if (status === ERROR) fail(serverError(bytes, start, end));
      else if (status === EOF) fail(connectionLost());
      else onEvent(bytes, start + 1, end);
    },
    large: () => largePayload(onLargeEvent),
    drained: onDrained,
  };
}

/** ERR packet: 0xff, number 2, then `#` and a state of 5, then the message. */
function serverError(bytes: Buffer, start: number, end: number): Error {
  const hasState = bytes[start + 3] === 0x23;
  const message = bytes.toString('utf8', start + (hasState ? 9 : 3), end);
  return Object.assign(new Error(message), {
    errno: bytes.readUInt16LE(start + 1),
    sqlState: hasState ? bytes.toString('latin1', start + 4, start + 9) : '',
    sqlMessage: message,
  });
}

const connectionLost = () =>
  Object.assign(new Error('the server closed the connection'), { code: 'PROTOCOL_CONNECTION_LOST' });
