import type { CommitMark } from '../../core/change.ts';
import type { DtsError } from '../../core/errors.ts';
import { Signal } from '../../core/signal.ts';
import type { Segment } from './segment.ts';

/** What the writing and the reading side of one log see of each other. */
export interface LogState {
  readonly dir: string;
  /** Oldest first; the last is being written. Empty before the first reset. */
  segments: Segment[];
  /** Offset after the last transaction that is on disk. */
  durable: number;
  mark: CommitMark | undefined;
  /** The source was at `position`, with nothing after it, when everything so far committed was on its way here. */
  idle: IdleMark | undefined;
  /** Transactions committed by the capture that are not durable yet. */
  commitsPending: number;
  failure: DtsError | undefined;
  closed: boolean;
  /** Told whenever one of the above changes in a way that a waiting reader or writer cares about. */
  readonly changed: Signal;
}

export interface IdleMark {
  readonly mark: CommitMark;
}

export function newState(dir: string): LogState {
  return {
    dir,
    segments: [],
    durable: 0,
    mark: undefined,
    idle: undefined,
    commitsPending: 0,
    failure: undefined,
    closed: false,
    changed: new Signal(),
  };
}
