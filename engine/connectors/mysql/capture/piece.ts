import { COPIED_PIECE_BYTES } from '../../../core/change.ts';
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
 * The piece of an event: in place, the header's bytes before the body are overwritten and the event is used up. What the sink keeps instead
 * of copying it is copied here where it would keep alive the socket's chunk that it came in.
 */
export function pieceOf(event: BinlogEvent, mariadb: boolean): Uint8Array {
  const { buffer, start, end } = event;
  const piece = buffer.subarray(start + headerLength - pieceHeaderLength, end);
  writePieceHeader(piece, event, mariadb);
  const mayStay = piece.length <= COPIED_PIECE_BYTES || piece.length * 2 >= buffer.buffer.byteLength;
  return mayStay ? piece : new Uint8Array(piece);
}

export function pieceHeader(event: BinlogEvent, mariadb: boolean): Uint8Array {
  const header = new Uint8Array(pieceHeaderLength);
  writePieceHeader(header, event, mariadb);
  return header;
}

function writePieceHeader(into: Uint8Array, { type, timestamp }: BinlogEvent, mariadb: boolean): void {
  into[0] = type;
  into[1] = mariadb ? 1 : 0;
  into[2] = timestamp;
  into[3] = timestamp >>> 8;
  into[4] = timestamp >>> 16;
  into[5] = timestamp >>> 24;
}

export function readPiece(piece: Uint8Array): Piece {
  return {
    type: piece[0]!,
    mariadb: (piece[1]! & 1) !== 0,
    timestamp: (piece[2]! | (piece[3]! << 8) | (piece[4]! << 16) | (piece[5]! << 24)) >>> 0,
    body: Buffer.from(
      piece.buffer,
      piece.byteOffset + pieceHeaderLength,
      piece.byteLength - pieceHeaderLength,
    ),
  };
}
