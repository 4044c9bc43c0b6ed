import { open, readdir, rename, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommitMark } from '../../core/change.ts';
import { readBlock } from './blocks.ts';
import { corrupt } from './failure.ts';
import { checksumOfLarge, decodeMark, HEADER_BYTES, readHeader, recordKinds } from './record.ts';
import { decodeSegmentMark, listSegments, type Segment, segmentPath, syncDirectory } from './segment.ts';
import { TransactionView } from './transaction-record.ts';

/** What a log on disk holds after its torn tail was cut. */
export interface Recovered {
  readonly segments: Segment[];
  /** Offset after the last whole transaction. */
  readonly durable: number;
  /** Where the next record goes: behind `durable` by records that are no transaction. */
  readonly end: number;
  readonly mark: CommitMark;
}

const RESET_DONE = /^(\d{20})\.reset$/;

/** The file that becomes the only segment once it has this name: what makes a reset happen as a whole or not at all. */
export function resetPath(dir: string, start: number): string {
  return join(dir, `${String(start).padStart(20, '0')}.reset`);
}

/** Removes what a reset replaces and gives its file the name of a segment. */
export async function finishReset(dir: string, start: number): Promise<void> {
  for (const segment of await listSegments(dir)) await rm(segment.path);
  await rename(resetPath(dir, start), segmentPath(dir, start));
  await syncDirectory(dir);
}

/**
 * Brings a directory to a readable state: finishes a reset, drops a last segment that was never begun, cuts the torn tail.
 * Undefined for a log that was never reset to a start. Throws CHANGE_LOG_CORRUPT for damage before the last segment.
 */
export async function recoverLog(dir: string): Promise<Recovered | undefined> {
  for (const name of await readdir(dir)) {
    if (name.endsWith('.tmp')) await rm(join(dir, name));
    const match = RESET_DONE.exec(name);
    if (match) await finishReset(dir, Number(match[1]));
  }
  const segments = await listSegments(dir);
  while (segments.length > 0) {
    const last = segments.at(-1) as Segment;
    const found = await scanSegment(last);
    if (found !== undefined) {
      await requireJoined(segments);
      const { size } = await stat(last.path);
      if (size > found.end - last.start) await truncate(last.path, found.end - last.start);
      return { segments, ...found };
    }
    // A crash while it was made: the one before it is whole. The only segment is made by a reset, whole.
    if (segments.length === 1) throw corrupt(last.path, last.start, 'The first record is damaged');
    await rm(last.path);
    segments.pop();
  }
  return undefined;
}

async function requireJoined(segments: readonly Segment[]): Promise<void> {
  for (let i = 0; i + 1 < segments.length; i++) {
    const segment = segments[i] as Segment;
    const next = segments[i + 1] as Segment;
    const { size } = await stat(segment.path);
    if (segment.start + size !== next.start) {
      throw corrupt(segment.path, segment.start + size, 'Bytes are missing between two segments');
    }
  }
}

/** The mark is decoded at the end: a segment may hold a hundred thousand. */
type Found = Omit<Recovered, 'segments' | 'mark'> & { readonly mark: () => CommitMark };

const foundOf = (found: Found | undefined) => found && { ...found, mark: found.mark() };

/** Reads a segment to its last whole transaction. Undefined when not even its first record is whole. */
async function scanSegment(segment: Segment): Promise<Omit<Recovered, 'segments'> | undefined> {
  const file = await open(segment.path, 'r');
  try {
    const limit = segment.start + (await file.stat()).size;
    let found: Found | undefined;
    let offset = segment.start;
    while (offset < limit) {
      const block = await readBlock(file, segment.start, offset, limit);
      if (block.end === 0) return foundOf(found);
      for (let at = 0; at < block.end; ) {
        const { length, kind, crc } = readHeader(block.bytes, at);
        const start = at + HEADER_BYTES;
        const payload = block.bytes.subarray(start, start + length);
        if ((await checksumOfLarge(kind, payload, offset)) !== crc) return foundOf(found);
        at += HEADER_BYTES + length;
        offset += HEADER_BYTES + length;
        if (kind === recordKinds.segment) {
          const mark = decodeSegmentMark(payload);
          if (mark === undefined) return undefined;
          found = { durable: segment.start, end: offset, mark: () => mark };
        } else if (kind === recordKinds.commit) {
          found = { durable: offset, end: offset, mark: () => decodeMark(payload) };
        } else if (kind === recordKinds.transaction) {
          const { bytes } = block;
          found = {
            durable: offset,
            end: offset,
            mark: () => new TransactionView(bytes, start, start + length).mark,
          };
        } else if (kind === recordKinds.idle && found !== undefined) {
          found = { durable: found.durable, end: offset, mark: () => decodeMark(payload) };
        }
      }
    }
    return foundOf(found);
  } finally {
    await file.close();
  }
}
