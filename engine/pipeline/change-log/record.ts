import { setImmediate as nextTurn } from 'node:timers/promises';
import { crc32 as longCrc32 } from 'node:zlib';
import type { CommitMark } from '../../core/change.ts';
import { crc32 } from '../../core/crc32.ts';
import type { Position } from '../../core/position.ts';

/**
 * The frame of a record in a segment: payload length (u32), kind (u8), CRC-32 (u32), little endian, then the payload.
 * The CRC covers payload, kind, length and the record's offset in the log, so a valid record at a wrong place is refused.
 */
export const HEADER_BYTES = 9;

export const recordKinds = {
  segment: 1,
  begin: 2,
  piece: 3,
  commit: 4,
  idle: 5,
  large: 6,
  part: 7,
  transaction: 8,
} as const;
/**
 * A small transaction is one record (transaction-record.ts), a larger one several. A large piece is a record that tells its length, and then
 * its parts, each a record of its own: neither side need hold it twice, or even once.
 */
export type RecordKind = (typeof recordKinds)[keyof typeof recordKinds];

export interface RecordHeader {
  readonly length: number;
  readonly kind: number;
  readonly crc: number;
}

/** A checksum over more than this gives way to other work of the thread in between. */
const CHECKSUM_SLICE = 16 * 1024 * 1024;

/** Kind, length and place go in as the start value: one pass over the payload covers all. */
function seedOf(kind: number, length: number, offset: number): number {
  const low = offset % 0x1_0000_0000;
  const high = Math.floor(offset / 0x1_0000_0000);
  return (
    (Math.imul(low, 0x9e3779b1) ^
      Math.imul(high + 1, 0x85ebca6b) ^
      Math.imul(length, 0xc2b2ae35) ^
      (kind << 24)) >>>
    0
  );
}

/** Of the payload that stands from `start` up to `end` in `bytes`; `offset` is that of the record in the log. */
export function checksum(
  kind: number,
  bytes: Uint8Array,
  offset: number,
  start = 0,
  end = bytes.length,
): number {
  return crc32(bytes, start, end, seedOf(kind, end - start, offset));
}

/** As `checksum`, without holding the thread for the length of a huge payload. */
export async function checksumOfLarge(kind: number, payload: Uint8Array, offset: number): Promise<number> {
  let crc = seedOf(kind, payload.length, offset);
  for (let at = 0; at < payload.length; at += CHECKSUM_SLICE) {
    crc = longCrc32(payload.subarray(at, at + CHECKSUM_SLICE), crc);
    if (payload.length > CHECKSUM_SLICE) await nextTurn();
  }
  return crc;
}

export function writeHeader(into: Buffer, at: number, kind: number, length: number, crc: number): void {
  writeUint32(into, at, length);
  into[at + 4] = kind;
  writeUint32(into, at + 5, crc);
}

/** Where a record's checksum stands, from its start. */
export const CRC_AT = 5;

/** Buffer's own methods check their arguments on every call. */
export function writeUint32(into: Uint8Array, at: number, value: number): void {
  into[at] = value;
  into[at + 1] = value >>> 8;
  into[at + 2] = value >>> 16;
  into[at + 3] = value >>> 24;
}

export function readUint32(from: Uint8Array, at: number): number {
  return (from[at]! | (from[at + 1]! << 8) | (from[at + 2]! << 16) | (from[at + 3]! << 24)) >>> 0;
}

export function readHeader(from: Uint8Array, at: number): RecordHeader {
  return { length: readUint32(from, at), kind: from[at + 4]!, crc: readUint32(from, at + CRC_AT) };
}

export function encodeLength(length: number): Buffer {
  const bytes = Buffer.allocUnsafe(6);
  bytes.writeUIntLE(length, 0, 6);
  return bytes;
}

export function decodeLength(payload: Uint8Array): number {
  return Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).readUIntLE(0, 6);
}

export function encodeMark(mark: CommitMark): Buffer {
  const bytes = Buffer.allocUnsafe(MARK_TIME_BYTES + Buffer.byteLength(mark.position));
  bytes.writeDoubleLE(mark.committedAtMicros, 0);
  bytes.write(mark.position, MARK_TIME_BYTES);
  return bytes;
}

/** The position's text stands behind the time. */
export const MARK_TIME_BYTES = 8;

export function decodeMark(payload: Uint8Array): CommitMark {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  return {
    committedAtMicros: bytes.readDoubleLE(0),
    position: bytes.toString('utf8', MARK_TIME_BYTES) as Position,
  };
}
