import { type BinlogEvent, corrupt, headerLength } from './event.ts';
import { startsWith } from './same-bytes.ts';

/** What begins a MySQL transaction in the log. */
export interface GtidEvent {
  /** `uuid` or `uuid:tag`, as in GtidSet. */
  readonly source: string;
  readonly number: bigint;
  /** Microseconds since 1970 at which this source committed; undefined before MySQL 8.0. */
  readonly committedAtMicros: number | undefined;
}

/** The latest uuid: most transactions are of the server that is read. */
let lastUuid = { bytes: Buffer.alloc(16), text: formatUuid(Buffer.alloc(16)) };

/** GTID and anonymous GTID events. Body: flags 1, uuid 16, number 8, then (5.7) 2 and 8 + 8, then (8.0) 7 of commit time. */
export function parseGtid({ buffer, start, end }: BinlogEvent): GtidEvent {
  const at = start + headerLength;
  if (end < at + 25) throw corrupt('a GTID event is cut short');
  if (!startsWith(buffer, at + 1, lastUuid.bytes)) {
    const uuid = Buffer.from(buffer.subarray(at + 1, at + 17));
    lastUuid = { bytes: uuid, text: formatUuid(uuid) };
  }
  return {
    source: lastUuid.text,
    number: buffer.readBigUInt64LE(at + 17),
    // The highest bit says that the original commit's time follows; 55 bits of microseconds last until the year 3111.
    committedAtMicros:
      end >= at + 49
        ? buffer.readUIntLE(at + 42, 4) + (buffer.readUIntLE(at + 46, 3) & 0x7fffff) * 2 ** 32
        : undefined,
  };
}

/** The tagged GTID events of MySQL 8.3+, in the server's own serialization: libs/mysql/serialization/readme.md. */
export function parseTaggedGtid(event: BinlogEvent): GtidEvent {
  const reader = new SerializedReader(event.bytes.subarray(headerLength));
  reader.unsigned(); // version of the format
  const end = Number(reader.unsigned());
  reader.unsigned(); // last field that may not be ignored
  let uuid = '';
  let tag = '';
  let number = 0n;
  let committed: bigint | undefined;
  while (reader.offset < end) {
    const field = Number(reader.unsigned());
    if (field === fields.flags) reader.unsigned();
    else if (field === fields.uuid)
      uuid = formatUuid(Buffer.from(Array.from({ length: 16 }, () => Number(reader.unsigned()))));
    else if (field === fields.number) number = reader.signed();
    else if (field === fields.tag) tag = reader.text();
    else if (field === fields.lastCommitted || field === fields.sequence) reader.signed();
    else if (field === fields.immediateCommit) {
      committed = reader.unsigned();
      break;
    } else break;
  }
  if (uuid === '' || number < 1n) throw corrupt('a tagged GTID event has no GTID');
  return {
    source: tag === '' ? uuid : `${uuid}:${tag}`,
    number,
    committedAtMicros: committed === undefined ? undefined : Number(committed),
  };
}

const fields = { flags: 0, uuid: 1, number: 2, tag: 3, lastCommitted: 4, sequence: 5, immediateCommit: 6 };

/** What begins a MariaDB transaction: Gtid_log_event in sql/log_event.h. */
export interface MariadbGtidEvent {
  readonly domain: number;
  readonly server: number;
  readonly sequence: bigint;
  /** A single statement: no commit event follows. */
  readonly standalone: boolean;
  readonly preparedXa: boolean;
  readonly completedXa: boolean;
  /** Two-phase ALTER TABLE (10.8+): the statement comes at its start and again at its end. */
  readonly alter: 'none' | 'start' | 'commit' | 'rollback';
}

export function parseMariadbGtid(event: BinlogEvent): MariadbGtidEvent {
  const body = event.bytes.subarray(headerLength);
  if (body.length < 13) throw corrupt('a GTID event is cut short');
  const flags = body[12]!;
  let offset = 13;
  if (flags & 0x02) offset += 8; // commit id of the group commit
  if (flags & 0xc0) offset += 6 + (body[offset + 4] ?? 0) + (body[offset + 5] ?? 0); // xid: format 4, lengths 1 + 1, data
  const extra = body[offset] ?? 0;
  return {
    domain: body.readUInt32LE(8),
    server: event.serverId,
    sequence: body.readBigUInt64LE(0),
    standalone: (flags & 0x01) !== 0,
    preparedXa: (flags & 0x40) !== 0,
    completedXa: (flags & 0x80) !== 0,
    alter: extra & 2 ? 'start' : extra & 4 ? 'commit' : extra & 8 ? 'rollback' : 'none',
  };
}

export function formatUuid(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Variable-length integers: the count of trailing ones of the first byte is the count of bytes that follow. */
class SerializedReader {
  readonly #bytes: Buffer;
  offset = 0;
  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  unsigned(): bigint {
    const first = this.#bytes[this.offset];
    if (first === undefined) throw corrupt('a tagged GTID event is cut short');
    let extra = 0;
    while (extra < 8 && (first >> extra) & 1) extra++;
    if (this.offset + 1 + extra > this.#bytes.length) throw corrupt('a tagged GTID event is cut short');
    let rest = 0n;
    for (let i = extra; i >= 1; i--) rest = (rest << 8n) | BigInt(this.#bytes[this.offset + i]!);
    this.offset += 1 + extra;
    return extra === 8 ? rest : BigInt(first >> (extra + 1)) | (rest << BigInt(7 - extra));
  }

  signed(): bigint {
    const value = this.unsigned();
    return value & 1n ? -(value >> 1n) - 1n : value >> 1n;
  }

  text(): string {
    const length = Number(this.unsigned());
    this.offset += length;
    return this.#bytes.toString('latin1', this.offset - length, this.offset);
  }
}
