import type { Clock } from '../core/clock.ts';
import { DtsError } from '../core/errors.ts';
import type { Position } from '../core/position.ts';
import type { Source } from '../core/source.ts';
import { tableLabel } from '../core/table.ts';
import { isOfOnePosition, sourceIdOf } from './run/run-state.ts';
import type { TaskPort } from './run/task-port.ts';
import type { TableRegistry } from './tables/table-registry.ts';

/** A position of the source that something waits for. */
export interface AwaitedMark {
  readonly mark: Position;
  /** What waits, for people. */
  readonly waiting: string;
  replace(mark: Position): Promise<void> | void;
}

/** Waited so long, a mark is looked at again; as often afterwards. */
const REVIEW_MILLIS = 5000;
/** On an idle source, what is still waited for after this long is told. */
const TELL_MILLIS = 60_000;

/**
 * Keeps marks from being waited for in vain. A mark holds what was under way at the source when it was taken: where that is rolled
 * back it never comes, and the mark goes on without it.
 */
export class MarkReview {
  readonly #options: MarkReviewOptions;
  #since: number | undefined;
  #reviewedAt = Number.NEGATIVE_INFINITY;
  #told = false;

  constructor(options: MarkReviewOptions) {
    this.#options = options;
  }

  /** Called now and then with all that is waited for; `idle`: the source had nothing more when it was last heard. */
  async review(awaited: readonly AwaitedMark[], idle: boolean): Promise<void> {
    const { clock, port } = this.#options;
    if (awaited.length === 0) {
      this.#since = undefined;
      this.#told = false;
      return;
    }
    const now = clock.now();
    this.#since ??= now;
    if (now - Math.max(this.#since, this.#reviewedAt) < REVIEW_MILLIS) return;
    this.#reviewedAt = now;
    const left = await this.#ask(awaited.map(({ mark }) => mark));
    let replaced = false;
    for (const [i, { mark, waiting, replace }] of awaited.entries()) {
      const settled = left[i];
      if (settled === undefined || settled === mark) continue;
      replaced = true;
      await replace(settled);
      port.event({
        kind: 'WARNING',
        message: `${waiting} waited for a transaction that the source has rolled back: it is not waited for any more.`,
      });
    }
    if (replaced || this.#told || !idle || now - this.#since < TELL_MILLIS) return;
    this.#told = true;
    port.event({
      kind: 'WARNING',
      message: `${awaited.map(({ waiting }) => waiting).join(', ')}: waits for a transaction that the source has begun and not ended. Commit it or roll it back.`,
    });
  }

  /** A source that does not answer now is asked the next time: the apply has enough to do meanwhile. */
  async #ask(marks: readonly Position[]): Promise<readonly Position[]> {
    try {
      return await this.#options.source.withoutGivenUp(marks);
    } catch (error) {
      if (error instanceof DtsError && error.retry !== 'never') return [];
      throw error;
    }
  }
}

export interface MarkReviewOptions {
  readonly source: Source;
  readonly port: TaskPort;
  readonly clock: Clock;
}

/** Marks that copied tables wait for. That of a copy as of one position held nothing that was under way. */
export function marksOfCopies(registry: TableRegistry): AwaitedMark[] {
  const waiting = registry.all().filter((run) => run.state === 'COPIED' && !isOfOnePosition(run));
  return waiting.flatMap((run) => {
    if (run.high === undefined) return [];
    const id = sourceIdOf(run);
    const replace = (high: Position) => registry.update(id, { high });
    return [{ mark: run.high as Position, waiting: tableLabel(id), replace }];
  });
}
