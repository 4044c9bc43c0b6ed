import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RowMemory } from '../../../engine/core/row.ts';
import { HeldMemory, release } from '../../../engine/pipeline/apply/held-memory.ts';

/** A row in a block of the log: it holds its value in every byte. */
interface HeldRow {
  bytes: Buffer;
  readonly value: number;
}

const ROW_BYTES = 10_000;
const BLOCK_ROWS = 10;

const isIntact = ({ bytes, value }: HeldRow) =>
  bytes.length === ROW_BYTES && bytes.every((byte) => byte === value);

const moved = (row: HeldRow, memory: RowMemory): HeldRow => {
  const at = memory.copy(row.bytes, 0, row.bytes.length);
  return { bytes: memory.bytes.subarray(at, at + ROW_BYTES), value: row.value };
};

/**
 * The apply in small: rows come from blocks and overwrite each other, a group is closed anywhere and written while the next is
 * gathered, and its memory is given back when it is done.
 */
test('no row loses its memory before it is written, and what is not needed is given back', () => {
  // Which of the rows changes; 9 closes the group.
  const steps = fc.array(fc.nat(9), { minLength: 60, maxLength: 300 });
  fc.assert(
    fc.property(steps, (list) => {
      const held = new HeldMemory(BLOCK_ROWS * ROW_BYTES * 2);
      let rows = new Map<number, HeldRow>();
      let writing: { rows: HeldRow[]; memory: readonly Uint8Array[] } = { rows: [], memory: [] };
      let block = Buffer.allocUnsafeSlow(BLOCK_ROWS * ROW_BYTES);
      let at = 0;
      const written = () => {
        expect(writing.rows.every(isIntact)).toBe(true);
        release(writing.memory);
        writing = { rows: [], memory: [] };
      };
      for (const [i, step] of list.entries()) {
        if (step === 9) {
          written();
          writing = { rows: [...rows.values()], memory: held.take() };
          rows = new Map();
          continue;
        }
        const bytes = block.subarray(at, at + ROW_BYTES).fill(i % 251);
        rows.set(step, { bytes, value: i % 251 });
        at += ROW_BYTES;
        if (at < block.length) continue;
        held.addBlock(block);
        if (held.isSparse(rows.size * ROW_BYTES)) {
          held.moveTogether((memory) => {
            for (const [key, row] of rows) rows.set(key, moved(row, memory));
            return true;
          });
          // A slab, and the block in which the group began.
          expect(held.bytes).toBeLessThanOrEqual(1024 * 1024 + BLOCK_ROWS * ROW_BYTES);
        }
        block = Buffer.allocUnsafeSlow(BLOCK_ROWS * ROW_BYTES);
        at = 0;
      }
      written();
      expect([...rows.values()].every(isIntact)).toBe(true);
    }),
    { numRuns: 300 },
  );
});
