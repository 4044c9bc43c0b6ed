import type { FileHandle } from 'node:fs/promises';
import { HEADER_BYTES, readHeader } from './record.ts';

/** Bytes read at once. A record larger than this is read alone. */
export const BLOCK_BYTES = 4 * 1024 * 1024;

/** Whole records of one segment: `bytes` starts with a record at `offset` and `end` is after the last whole one. */
export interface Block {
  readonly bytes: Buffer;
  /** Offset in the log. */
  readonly offset: number;
  /** Length of the whole records in `bytes`; less than its size where a record goes on beyond it; 0 where not one fits before `limit`. */
  readonly end: number;
}

/** Reads records at `offset`, up to `limit`, both offsets in the log. The memory is fresh: parts of it may be kept. */
export async function readBlock(
  file: FileHandle,
  segmentStart: number,
  offset: number,
  limit: number,
  /** Whether a record larger than a block is read, or left: `end` is 0 then. */
  alsoLarge = true,
): Promise<Block> {
  let bytes = await readAt(file, offset - segmentStart, Math.min(BLOCK_BYTES, limit - offset));
  let end = wholeRecords(bytes);
  if (end === 0 && alsoLarge && bytes.length >= HEADER_BYTES) {
    const size = HEADER_BYTES + readHeader(bytes, 0).length;
    if (offset + size <= limit) {
      bytes = await readAt(file, offset - segmentStart, size);
      end = bytes.length === size ? size : 0;
    }
  }
  return { bytes, offset, end };
}

function wholeRecords(bytes: Buffer): number {
  let at = 0;
  while (at + HEADER_BYTES <= bytes.length) {
    const next = at + HEADER_BYTES + bytes.readUInt32LE(at);
    if (next > bytes.length) break;
    at = next;
  }
  return at;
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(length);
  let at = 0;
  while (at < length) {
    const part = Math.min(length - at, 1 << 30);
    const { bytesRead } = await file.read(bytes, at, part, position + at);
    if (bytesRead === 0) return bytes.subarray(0, at);
    at += bytesRead;
  }
  return bytes;
}
