import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Chunk } from '../../../engine/core/source.ts';
import { remainingChunks } from '../../../engine/pipeline/full-load/chunk-gaps.ts';

/** A plan of n chunks over the integers: (0, 10], (10, 20] … and an open end. */
function plan(n: number): Chunk[] {
  return Array.from({ length: n }, (_, index) => ({
    index,
    ...(index === 0 ? {} : { after: [String(index * 10)] }),
    ...(index === n - 1 ? {} : { through: [String((index + 1) * 10)] }),
  }));
}

/** The integers up to `end` that a set of chunks covers, each with how often. */
function covered(chunks: readonly Chunk[], end: number): number[] {
  const times = new Array<number>(end).fill(0);
  for (const chunk of chunks) {
    const from = chunk.after === undefined ? 1 : Number(chunk.after[0]) + 1;
    const to = chunk.through === undefined ? end : Number(chunk.through[0]);
    for (let i = from; i <= to; i += 1) times[i - 1]! += 1;
  }
  return times;
}

describe('what a killed full load still has to copy', () => {
  it('is each row not yet copied, once, however often and wherever it was killed', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.array(fc.array(fc.nat(), { maxLength: 12 }), { maxLength: 4 }),
        (n, lives) => {
          const all = plan(n);
          const end = n * 10;
          let done: Chunk[] = [];
          for (const finished of lives) {
            const { gaps, resumeAfter, complete } = remainingChunks(done);
            const rest = complete
              ? []
              : all.filter((c) => resumeAfter === undefined || c.index > resumeAfter.index);
            const open = [...gaps, ...rest];
            expect(covered([...done, ...open], end)).toEqual(new Array(end).fill(1));
            // This life finishes some of the open chunks, then dies.
            const chosen = new Set(finished.map((i) => (open.length === 0 ? -1 : i % open.length)));
            done = [...done, ...open.filter((_, i) => chosen.has(i))];
          }
        },
      ),
    );
  });

  it('is nothing once the open-ended last chunk and all before it are done', () => {
    expect(remainingChunks(plan(3))).toEqual({ gaps: [], resumeAfter: plan(3)[2], complete: true });
  });
});
