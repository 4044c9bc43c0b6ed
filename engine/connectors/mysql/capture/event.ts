import { crc32 } from '../../../core/crc32.ts';
import { DtsError } from '../../../core/errors.ts';

/**
 * Event types of the binary log that capture or decoding names. MySQL: Log_event_type in
 * libs/mysql/binlog/event/binlog_event.h; from 160 on MariaDB: sql/log_event.h.
 */
export const eventTypes = {
  query: 2,
  stop: 3,
  rotate: 4,
  formatDescription: 15,
  xid: 16,
  beginLoadQuery: 17,
  executeLoadQuery: 18,
  tableMap: 19,
  preGaWriteRows: 20,
  preGaDeleteRows: 22,
  writeRowsV1: 23,
  updateRowsV1: 24,
  deleteRowsV1: 25,
  incident: 26,
  heartbeat: 27,
  writeRows: 30,
  updateRows: 31,
  deleteRows: 32,
  gtid: 33,
  anonymousGtid: 34,
  xaPrepare: 38,
  partialUpdateRows: 39,
  transactionPayload: 40,
  heartbeatV2: 41,
  gtidTagged: 42,
  mariadbGtid: 162,
  mariadbStartEncryption: 164,
  mariadbQueryCompressed: 165,
  mariadbWriteRowsCompressedV1: 166,
  mariadbDeleteRowsCompressed: 171,
} as const;

const rowsTypes: ReadonlySet<number> = new Set([
  eventTypes.writeRowsV1,
  eventTypes.updateRowsV1,
  eventTypes.deleteRowsV1,
  eventTypes.writeRows,
  eventTypes.updateRows,
  eventTypes.deleteRows,
  eventTypes.partialUpdateRows,
]);

/** Holds rows, not compressed. */
export const isRowsEvent = (type: number): boolean => rowsTypes.has(type);

/** Bytes of an event's header: timestamp 4, type 1, server id 4, event length 4, next position 4, flags 2. */
export const headerLength = 19;

/** One event, checksum cut off: `buffer` from `start` up to `end`. */
export class BinlogEvent {
  readonly type: number;
  readonly buffer: Buffer;
  /** Of the header. */
  readonly start: number;
  readonly end: number;

  constructor(buffer: Buffer, start = 0, end = buffer.length) {
    this.type = buffer[start + 4]!;
    this.buffer = buffer;
    this.start = start;
    this.end = end;
  }

  /** Seconds since 1970 by the source's clock; 0 in artificial events. */
  get timestamp(): number {
    return readUint32(this.buffer, this.start);
  }

  get serverId(): number {
    return readUint32(this.buffer, this.start + 5);
  }

  /** Low 32 bits of the file offset after the event; 0 when it has none. */
  get nextOffset(): number {
    return readUint32(this.buffer, this.start + 13);
  }

  /** Made by the server for this reader; in no file. */
  get artificial(): boolean {
    return (this.buffer[this.start + 17]! & artificialFlag) !== 0;
  }

  /** Starts with the header. */
  get bytes(): Buffer {
    return this.buffer.subarray(this.start, this.end);
  }
}

export type ChecksumAlgorithm = 'unknown' | 'none' | 'crc32';

/** Reads the header of a whole event and checks and cuts its checksum. Throws SOURCE_LOG_CORRUPT. */
export function parseEvent(
  bytes: Buffer,
  checksum: ChecksumAlgorithm,
  start = 0,
  end = bytes.length,
): BinlogEvent {
  if (end - start < headerLength || readUint32(bytes, start + 9) !== end - start) {
    throw corrupt('an event is shorter or longer than its header says');
  }
  return new BinlogEvent(bytes, start, endWithoutChecksum(bytes, start, end, checksum));
}

/** Buffer's own method checks its arguments on every call. */
function readUint32(bytes: Buffer, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

/** An event inside a compressed transaction: as in the file, but never with a checksum of its own. */
export const parseInnerEvent = (bytes: Buffer): BinlogEvent => parseEvent(bytes, 'none');

/** The algorithm that a format description event announces for the events after it. Its own bytes are always there. */
export function announcedChecksum(event: BinlogEvent): ChecksumAlgorithm {
  return event.buffer[event.end - 1] === 1 ? 'crc32' : 'none';
}

/** Bytes of the checksum behind each event. */
export const checksumLength = (checksum: ChecksumAlgorithm): number => (checksum === 'none' ? 0 : 4);

export function corrupt(message: string): DtsError {
  return new DtsError('SOURCE_LOG_CORRUPT', `The source's binary log cannot be read: ${message}.`);
}

const artificialFlag = 0x20;
const inUseFlag = 0x01;

/** Where the event ends but for its checksum, which is right. */
function endWithoutChecksum(bytes: Buffer, start: number, end: number, checksum: ChecksumAlgorithm): number {
  const type = bytes[start + 4]!;
  const cut = end - 4;
  if (type === eventTypes.formatDescription) {
    // The file's own header is summed as if the file were closed.
    if (bytes[cut - 1] === 1 && closedSum(bytes, start, cut) !== readUint32(bytes, cut)) throw mismatch(type);
    return cut;
  }
  if (checksum === 'none') return end;
  if (crc32(bytes, start, cut) === readUint32(bytes, cut)) return cut;
  // The first event of a stream, an artificial rotation, comes before the algorithm is announced and may have none.
  if (checksum === 'unknown' && type === eventTypes.rotate) return end;
  throw mismatch(type);
}

function closedSum(bytes: Buffer, start: number, end: number): number {
  const head = Buffer.from(bytes.subarray(start, start + headerLength));
  head[17]! &= ~inUseFlag;
  return crc32(bytes, start + headerLength, end, crc32(head, 0, head.length));
}

export const mismatch = (type: number) => corrupt(`the checksum of an event of type ${type} does not match`);
