import { type FileHandle, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommitMark } from '../../core/change.ts';
import { checksum, decodeMark, encodeMark, HEADER_BYTES, recordKinds, writeHeader } from './record.ts';

/**
 * One file of the log. Its name is the offset of its first byte; it begins with a record that names the format and the mark of
 * the last commit before it. A segment ends at a commit, and the next is made only when this one is on disk: only the last can be torn.
 */
export interface Segment {
  readonly start: number;
  readonly path: string;
}

const MAGIC = 'ODTSLOG1';
const NAME = /^(\d{20})\.log$/;

export function segmentPath(dir: string, start: number): string {
  return join(dir, `${String(start).padStart(20, '0')}.log`);
}

/** Segments of a directory, oldest first. */
export async function listSegments(dir: string): Promise<Segment[]> {
  const starts = (await readdir(dir)).flatMap((name) => {
    const match = NAME.exec(name);
    return match ? [Number(match[1])] : [];
  });
  return starts.sort((a, b) => a - b).map((start) => ({ start, path: segmentPath(dir, start) }));
}

/** Writes the first record of a segment, to disk, and gives the file and its size. */
export async function createSegment(
  path: string,
  start: number,
  mark: CommitMark,
): Promise<{ file: FileHandle; bytes: number }> {
  const payload = Buffer.concat([Buffer.from(MAGIC), encodeMark(mark)]);
  const record = Buffer.allocUnsafe(HEADER_BYTES + payload.length);
  const { segment } = recordKinds;
  writeHeader(record, 0, segment, payload.length, checksum(segment, payload, start));
  payload.copy(record, HEADER_BYTES);
  const file = await open(path, 'w+', 0o600);
  try {
    for (let at = 0; at < record.length; ) {
      at += (await file.write(record, at, record.length - at, at)).bytesWritten;
    }
    await file.sync();
  } catch (error) {
    await file.close();
    throw error;
  }
  return { file, bytes: record.length };
}

/** The mark in the first record's payload; undefined when it is not of this format. */
export function decodeSegmentMark(payload: Uint8Array): CommitMark | undefined {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  if (bytes.length < MAGIC.length + 8 || bytes.toString('latin1', 0, MAGIC.length) !== MAGIC)
    return undefined;
  return decodeMark(bytes.subarray(MAGIC.length));
}

/** Makes creations, renames and removals in a directory durable. */
export async function syncDirectory(dir: string): Promise<void> {
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
