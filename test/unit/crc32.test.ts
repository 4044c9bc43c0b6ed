import { crc32 as zlibCrc32 } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { crc32 } from '../../engine/core/crc32.ts';

test('equals that of zlib for any bytes, part of them and start value', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300 }),
      fc.nat(300),
      fc.nat(300),
      fc.integer({ min: 0, max: 0xffffffff }),
      (bytes, a, b, seed) => {
        const start = Math.min(a, b, bytes.length);
        const end = Math.min(Math.max(a, b), bytes.length);
        expect(crc32(bytes, start, end, seed)).toBe(zlibCrc32(bytes.subarray(start, end), seed));
      },
    ),
    { numRuns: 1000 },
  );
});
