import type { RowBlock } from '../../../engine/core/source.ts';
import type { Target } from '../../../engine/core/target.ts';

/** Holds the first chunk of a copy when its rows are read and none is written; the others pass. */
export class FirstChunkGate {
  readonly #opened = Promise.withResolvers<void>();
  isHeld = false;
  /** How that chunk ended. */
  outcome: 'written' | 'undone' | undefined;

  open(): void {
    this.#opened.resolve();
  }

  /** For TaskHarness. */
  readonly wrap = (target: Target): Target => ({
    ...target,
    bulk: {
      load: async (load) => {
        if (this.isHeld) return await target.bulk.load(load);
        this.isHeld = true;
        const read: RowBlock[] = [];
        for await (const block of load.blocks) read.push(block);
        load.signal.addEventListener('abort', () => this.open(), { once: true });
        await this.#opened.promise;
        try {
          const written = await target.bulk.load({ ...load, blocks: replay(read) });
          this.outcome = 'written';
          return written;
        } catch (error) {
          this.outcome = 'undone';
          throw error;
        }
      },
    },
  });
}

async function* replay(blocks: readonly RowBlock[]): AsyncGenerator<RowBlock> {
  yield* blocks;
}
