import { type BinlogEvent, headerLength } from './event.ts';

/**
 * What MySQL capture puts into the change log, one event a piece:
 *
 *   0  type of the event, 1 byte
 *   1  flags, 1 byte: 1 the source is MariaDB
 *   2  timestamp of the event, seconds since 1970, 4 bytes little endian
 *   6  body of the event without header and checksum, decompressed
 *
 * Only these types occur: table map, rows (v1, v2, partial update) and query.
 */
export const pieceHeaderLength = 6;

export interface Piece {
  readonly type: number;
  readonly mariadb: boolean;
  readonly timestamp: number;
  readonly body: Buffer;
}

/**
 * The piece of an event. Large events become pieces in place (the header's bytes before the body are overwritten: the event is
 * used up); small ones are copied, so that they do not keep alive the socket's chunk that they came in.
 */
export function pieceOf(event: BinlogEvent, mariadb: boolean): Uint8Array {
  const { bytes } = event;
  const start = headerLength - pieceHeaderLength;
  const whole = bytes.buffer.byteLength;
  const piece = bytes.length * 2 >= whole ? bytes.subarray(start) : new Uint8Array(bytes.subarray(start));
  piece.set(pieceHeader(event, mariadb));
  return piece;
}

export function pieceHeader(event: BinlogEvent, mariadb: boolean): Uint8Array {
  const header = Buffer.alloc(pieceHeaderLength);
  header[0] = event.type;
  header[1] = mariadb ? 1 : 0;
  header.writeUInt32LE(event.timestamp, 2);
  return header;
}

export function readPiece(piece: Uint8Array): Piece {
  const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
  return {
    type: bytes[0]!,
    mariadb: (bytes[1]! & 1) !== 0,
    timestamp: bytes.readUInt32LE(2),
    body: bytes.subarray(pieceHeaderLength),
  };
}
