import { expect, test } from 'vitest';
import { PreparedTransactions } from '../../../engine/connectors/mysql/capture/prepared-transactions.ts';
import { releaseMemory } from '../../../engine/core/release-memory.ts';

test('what an XA transaction changed outlives the memory that it came in', () => {
  const prepared = new PreparedTransactions();
  const piece = Buffer.alloc(2 * 1024 * 1024, 7);
  prepared.start('x');
  prepared.keep(piece);
  prepared.prepare(undefined);
  releaseMemory(piece);
  expect(piece.length).toBe(0);
  const [kept] = prepared.take('x')?.pieces ?? [];
  expect(kept?.length).toBe(2 * 1024 * 1024);
  expect(kept?.every((byte) => byte === 7)).toBe(true);
});
