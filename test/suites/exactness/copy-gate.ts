import type { RowBlock } from '../../../engine/core/source.ts';
import type { Target } from '../../../engine/core/target.ts';

/**
 * Holds the full load at an exact place, so that changes meet it there and not where timing has it:
 * `read`: rows are read from the source and not yet written; `unread`: the copy has begun, but its rows are read after the gate opened.
 */
export class CopyGate {
  readonly #place: 'read' | 'unread';
  readonly #opened = Promise.withResolvers<void>();
  #held = 0;

  constructor(place: 'read' | 'unread') {
    this.#place = place;
  }

  /** Pieces of the copy that wait at the gate. */
  get held(): number {
    return this.#held;
  }

  open(): void {
    this.#opened.resolve();
  }

  /** For TaskHarness. */
  readonly wrap = (target: Target): Target => ({
    ...target,
    bulk: {
      load: async (load) => {
        const read: RowBlock[] = [];
        if (this.#place === 'read') for await (const block of load.blocks) read.push(block);
        this.#held += 1;
        await Promise.race([this.#opened.promise, aborted(load.signal)]);
        const blocks = this.#place === 'read' ? replay(read) : load.blocks;
        return await target.bulk.load({ ...load, blocks });
      },
    },
  });
}

async function* replay(blocks: readonly RowBlock[]): AsyncGenerator<RowBlock> {
  yield* blocks;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
