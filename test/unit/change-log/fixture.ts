import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { CommitMark } from '../../../engine/core/change.ts';
import { systemClock } from '../../../engine/core/clock.ts';
import { silentLogger } from '../../../engine/core/logger.ts';
import type { Position } from '../../../engine/core/position.ts';
import { ChangeLog, type ChangeLogOptions } from '../../../engine/pipeline/change-log/change-log.ts';

export function mark(n: number): CommitMark {
  return { position: `p${n}` as Position, committedAtMicros: n };
}

/** A directory that is gone after the test. */
export async function temporaryDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'change-log-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

export async function openLog(dir: string, options: Partial<ChangeLogOptions> = {}): Promise<ChangeLog> {
  const log = await ChangeLog.open({
    dir,
    maxBytes: 1024 ** 3,
    logger: silentLogger,
    clock: systemClock,
    ...options,
  });
  onTestFinished(() => log.close());
  return log;
}

/** One whole transaction into the log. */
export function transaction(log: ChangeLog, n: number, pieces: readonly Uint8Array[]): void {
  log.begin('t' as Position);
  for (const piece of pieces) log.piece(piece);
  log.commit(mark(n));
}

export interface ReadTransaction {
  readonly n: number;
  readonly pieces: readonly Uint8Array[];
  readonly offset: bigint;
}

/** Reads until the transaction numbered `last` has come. */
export async function readUntil(log: ChangeLog, from: bigint, last: number): Promise<ReadTransaction[]> {
  const stop = new AbortController();
  const read: ReadTransaction[] = [];
  let pieces: Uint8Array[] = [];
  for await (const record of log.read({ from, signal: stop.signal })) {
    if (record.kind === 'begin') pieces = [];
    else if (record.kind === 'piece') pieces.push(record.bytes);
    else if (record.kind === 'commit') {
      read.push({ n: record.mark.committedAtMicros, pieces, offset: record.offset });
      if (record.mark.committedAtMicros === last) break;
    }
  }
  return read;
}
