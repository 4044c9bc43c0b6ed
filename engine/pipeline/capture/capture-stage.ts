import type { CaptureSink, CommitMark } from '../../core/change.ts';
import type { Clock } from '../../core/clock.ts';
import { DtsError } from '../../core/errors.ts';
import type { Position } from '../../core/position.ts';
import type { ObjectSelection } from '../../core/selection.ts';
import type { Source } from '../../core/source.ts';
import type { ChangeLog } from '../change-log/change-log.ts';
import type { Meter } from '../run/meter.ts';
import { type RetryOptions, withRetry } from '../run/retry.ts';

/**
 * Keeps the change log filled from the source until the signal aborts. After a broken connection it goes on behind the last
 * transaction that the log holds whole; a piece of one that was under way is dropped and comes again.
 */
export async function captureChanges(options: {
  source: Source;
  log: ChangeLog;
  start: Position;
  selection: ObjectSelection;
  readerId: number;
  retry: RetryOptions;
  meter: Meter;
  clock: Clock;
  /** See CaptureOptions. */
  isAwaited: () => boolean;
  onCommit: (mark: CommitMark, changes: number) => void;
  onIdle: (position: Position, timeMicros: number) => void;
}): Promise<void> {
  const { source, log, retry, meter, clock } = options;
  /** An event after this position could not be read. */
  let unreadableAfter: Position | undefined;
  await withRetry(retry, async (alive) => {
    const from = log.captured()?.position ?? options.start;
    const inner: CaptureSink = log;
    let changes = 0;
    inner.abandon();
    meter.lag.abandoned();
    const sink: CaptureSink = {
      begin(transaction) {
        meter.lag.began();
        changes = 0;
        inner.begin(transaction);
      },
      piece(bytes, rows = 0) {
        changes += rows;
        inner.piece(bytes);
      },
      largePiece(length, rows = 0) {
        changes += rows;
        inner.largePiece(length);
      },
      part(bytes) {
        meter.lag.heard();
        inner.part(bytes);
      },
      commit(mark) {
        inner.commit(mark);
        meter.lag.captured(log.end(), mark.committedAtMicros / 1000);
        alive();
        options.onCommit(mark, changes);
      },
      abandon() {
        inner.abandon();
        meter.lag.abandoned();
      },
      idle(position, timeMicros) {
        inner.idle(position, timeMicros);
        meter.lag.heard();
        // On its way to an event that it cannot read, a source tells that it lives: that is no success.
        if (unreadableAfter === undefined || !source.positions.covers(unreadableAfter, position)) alive();
        options.onIdle(position, timeMicros);
      },
      pressure() {
        const room = inner.pressure();
        if (room === undefined) return undefined;
        const since = clock.now();
        // A full log waits for the target; one with room, for the disk.
        const what = log.isFull() ? 'TARGET' : 'DISK';
        return room.finally(() => meter.waits.add(what, clock.now() - since));
      },
    };
    try {
      await source.capture({
        from,
        selection: options.selection,
        sink,
        signal: retry.signal,
        readerId: options.readerId,
        isAwaited: options.isAwaited,
      });
    } catch (error) {
      meter.lag.lost();
      const unreadable = error instanceof DtsError && error.code === 'SOURCE_LOG_CORRUPT';
      unreadableAfter = unreadable ? (log.captured()?.position ?? options.start) : undefined;
      throw error;
    }
  });
}
