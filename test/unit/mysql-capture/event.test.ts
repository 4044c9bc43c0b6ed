import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseEvent } from '../../../engine/connectors/mysql/capture/event.ts';

function summed(body: Uint8Array): Buffer {
  const event = Buffer.alloc(19 + body.length + 4);
  event[4] = 16;
  event.writeUInt32LE(event.length, 9);
  event.set(body, 19);
  event.writeUInt32LE(crc32(event.subarray(0, -4)), event.length - 4);
  return event;
}

test('an event with its checksum is taken; with any bit changed it is SOURCE_LOG_CORRUPT', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 64 }),
      fc.nat(),
      fc.integer({ min: 0, max: 7 }),
      (body, at, bit) => {
        const event = summed(body);
        expect(parseEvent(Buffer.from(event), 'crc32').bytes).toEqual(event.subarray(0, -4));
        event[at % event.length]! ^= 1 << bit;
        expect(() => parseEvent(event, 'crc32')).toThrow(
          expect.objectContaining({ code: 'SOURCE_LOG_CORRUPT' }),
        );
      },
    ),
  );
});
