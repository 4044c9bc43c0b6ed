import type { CaptureSink, CommitMark } from '../core/change.ts';
import type { Position } from '../core/position.ts';
import type { ObjectSelection } from '../core/selection.ts';
import type { Source } from '../core/source.ts';
import type { ChangeLog } from './change-log/change-log.ts';
import { type RetryOptions, withRetry } from './retry.ts';

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
  onCommit: (mark: CommitMark) => void;
  onIdle: (position: Position, timeMicros: number) => void;
}): Promise<void> {
  const { source, log, retry } = options;
  await withRetry(retry, async (alive) => {
    const inner: CaptureSink = log;
    inner.abandon();
    const sink: CaptureSink = {
      begin: (transaction) => inner.begin(transaction),
      piece: (bytes) => inner.piece(bytes),
      commit(mark) {
        inner.commit(mark);
        alive();
        options.onCommit(mark);
      },
      abandon: () => inner.abandon(),
      idle(position, timeMicros) {
        inner.idle(position, timeMicros);
        alive();
        options.onIdle(position, timeMicros);
      },
      pressure: () => inner.pressure(),
    };
    await source.capture({
      from: log.captured()?.position ?? options.start,
      selection: options.selection,
      sink,
      signal: retry.signal,
      readerId: options.readerId,
    });
  });
}
