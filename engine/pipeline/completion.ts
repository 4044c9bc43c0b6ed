import type { Position } from '../core/position.ts';
import type { AppliedState } from './apply/apply-stage.ts';
import { MarkReview, type MarkReviewOptions } from './mark-review.ts';

/** What a task that is to complete must still apply: all that the source, quiet by then, holds when it is first asked. */
export class Completion {
  readonly #options: MarkReviewOptions;
  readonly #review: MarkReview;
  #mark: Position | undefined;

  constructor(options: MarkReviewOptions) {
    this.#options = options;
    this.#review = new MarkReview(options);
  }

  async isReached(state: AppliedState): Promise<boolean> {
    const { source } = this.#options;
    this.#mark ??= await source.writtenPosition();
    const isReached = () => source.positions.covers(state.position, this.#mark!);
    const replace = (mark: Position) => {
      this.#mark = mark;
    };
    const awaited = { mark: this.#mark, waiting: 'The completion', replace };
    await this.#review.review(isReached() ? [] : [awaited], state.idle);
    return isReached();
  }
}
