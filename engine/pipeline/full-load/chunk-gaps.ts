import type { Chunk } from '../../core/source.ts';

/**
 * What a killed full load still has to copy of one table. Chunks join without gap, so what is missing between two finished ones
 * is known from their borders: it becomes one chunk. Pure.
 */
export function remainingChunks(done: readonly Chunk[]): {
  gaps: Chunk[];
  /** Plan on after this chunk; undefined: from the start. */
  resumeAfter: Chunk | undefined;
  /** The last chunk of the table is done: nothing is to be planned. */
  complete: boolean;
} {
  const sorted = [...done].sort((a, b) => a.index - b.index);
  const gaps: Chunk[] = [];
  let previous: Chunk | undefined;
  for (const chunk of sorted) {
    const expected = previous === undefined ? 0 : previous.index + 1;
    // A gap that was filled after an earlier crash has the index of its first missing chunk and ends where the next begins.
    const joins = JSON.stringify(previous?.through) === JSON.stringify(chunk.after);
    if (chunk.index > expected && !joins) {
      gaps.push({ index: expected, after: previous?.through, through: chunk.after });
    }
    previous = chunk;
  }
  return { gaps, resumeAfter: previous, complete: previous !== undefined && previous.through === undefined };
}
