import { type FileHandle, open } from 'node:fs/promises';
import type { CommitMark } from '../../core/change.ts';
import { AbortedError } from '../../core/errors.ts';
import { type Block, readBlock } from './blocks.ts';
import { corrupt, diskFailure } from './failure.ts';
import { type LogRecord, RecordParser } from './record-parser.ts';
import type { Segment } from './segment.ts';
import type { IdleMark, LogState } from './shared.ts';

/** Records that were read at once. */
export interface LogBlock {
  /** To be taken before the next block is asked for. */
  readonly records: Iterable<LogRecord>;
  /** Memory that pieces of these records are views of. Who keeps none of them any more may give it back. */
  readonly bytes: Uint8Array | undefined;
}

interface OpenSegment {
  readonly segment: Segment;
  readonly file: FileHandle;
}

/** Records from `from` on, a block's at a time, for ever: see ChangeLog.readBlocks. */
export async function* readLog(
  state: LogState,
  from: number,
  signal: AbortSignal,
): AsyncGenerator<LogBlock, void, undefined> {
  let offset = from;
  let current: OpenSegment | undefined;
  let ahead: Promise<Block> | undefined;
  let idleShown: IdleMark | undefined;
  const parser = new RecordParser();
  if (from > state.durable)
    throw corrupt(state.dir, from, 'The log ends before what was read from it already');
  try {
    for (;;) {
      if (signal.aborted || state.closed) throw new AbortedError();
      if (offset >= state.durable) {
        const idle = state.idle;
        if (idle !== undefined && idle !== idleShown && state.commitsPending === 0) {
          idleShown = idle;
          yield { records: [idleRecord(idle.mark, offset)], bytes: undefined };
        } else if (state.failure !== undefined) {
          throw state.failure;
        } else {
          await state.changed.next(signal);
        }
        continue;
      }
      if (current === undefined || offset >= endOf(state, current.segment)) {
        await ahead?.catch(() => undefined);
        ahead = undefined;
        await current?.file.close();
        current = undefined;
        current = await openSegment(state, offset);
      }
      const { segment, file } = current;
      let block = await ahead;
      ahead = undefined;
      // A large record is never read ahead: two of them at once could be too much.
      if (block === undefined || block.end === 0) {
        block = await readBlock(file, segment.start, offset, endOf(state, segment));
      }
      if (block.end === 0) throw corrupt(segment.path, offset, 'A record is cut off');
      const next = offset + block.end;
      if (next < endOf(state, segment)) {
        ahead = readBlock(file, segment.start, next, endOf(state, segment), false);
        ahead.catch(() => undefined);
      }
      offset = next;
      yield { records: parser.parse(block, segment.path), bytes: block.bytes };
    }
  } catch (error) {
    throw error instanceof AbortedError ? error : diskFailure(error, state.dir);
  } finally {
    await ahead?.catch(() => undefined);
    await current?.file.close();
  }
}

/** Where the durable part of a segment ends. */
function endOf(state: LogState, segment: Segment): number {
  const next = state.segments.find((other) => other.start > segment.start);
  return Math.min(next?.start ?? state.durable, state.durable);
}

async function openSegment(state: LogState, offset: number): Promise<OpenSegment> {
  const segment = state.segments.findLast((candidate) => candidate.start <= offset);
  if (segment === undefined) throw corrupt(state.dir, offset, 'The log no longer holds what is to be read');
  return { segment, file: await open(segment.path, 'r') };
}

function idleRecord(mark: CommitMark, offset: number): LogRecord {
  const { position, committedAtMicros: timeMicros } = mark;
  return { kind: 'idle', position, timeMicros, offset: BigInt(offset) };
}
