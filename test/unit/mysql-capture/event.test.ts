import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EventCutter } from '../../../engine/connectors/mysql/capture/compression.ts';
import { headerLength, parseEvent } from '../../../engine/connectors/mysql/capture/event.ts';
import { BodyStream } from '../../../engine/connectors/mysql/capture/event-stream.ts';

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

/** Bytes in pieces of the given sizes, over and over. */
function* cut(bytes: Buffer, sizes: readonly number[]): Iterable<Buffer> {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length]!;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });

test('an event that comes in parts gives its body, however it is cut; with any bit of it changed it is SOURCE_LOG_CORRUPT', () => {
  const streamed = (head: Buffer, event: Buffer, sizes: readonly number[]) => {
    const body: Buffer[] = [];
    const stream = new BodyStream(head, 'crc32', (bytes) => body.push(bytes));
    for (const part of cut(event, sizes)) stream.part(part);
    stream.end();
    return Buffer.concat(body);
  };
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 8, maxLength: 200 }),
      cuts,
      fc.nat(),
      fc.integer({ min: 0, max: 7 }),
      (body, sizes, at, bit) => {
        const event = summed(body);
        const head = Buffer.from(event.subarray(0, headerLength + 8));
        expect(streamed(head, event, sizes)).toEqual(Buffer.from(body));
        const corrupt = expect.objectContaining({ code: 'SOURCE_LOG_CORRUPT' });
        expect(() => streamed(head, event.subarray(0, -1), sizes)).toThrow(corrupt);
        event[at % event.length]! ^= 1 << bit;
        expect(() => streamed(head, event, sizes)).toThrow(corrupt);
      },
    ),
  );
});

test('small events are cut out of a stream whole; a large one goes, as it comes, to who takes it', () => {
  const event = (bodyLength: number, fill: number) => {
    const bytes = Buffer.alloc(headerLength + bodyLength, fill);
    bytes.writeUInt32LE(bytes.length, 9);
    return bytes;
  };
  const large = event(5 << 20, 2);
  const unwanted = event(6 << 20, 4);
  const events = [event(8, 1), large, event(0, 3), unwanted, event(100, 5)];
  const taken: Buffer[] = [];
  let ended = 0;
  const cutter = new EventCutter((head) => {
    if (head[headerLength] !== 2) return undefined;
    expect(head.readUInt32LE(9)).toBe(large.length);
    return { part: (bytes) => taken.push(Buffer.from(bytes)), end: () => ended++ };
  });
  const whole: Buffer[] = [];
  for (const chunk of cut(Buffer.concat(events), [300_000, 7, 65_536])) {
    for (const bytes of cutter.push(chunk)) whole.push(Buffer.from(bytes));
  }
  cutter.finish();
  expect(ended).toBe(1);
  expect(taken.length).toBeGreaterThan(10);
  expect(Buffer.concat(taken).equals(large)).toBe(true);
  expect(whole.map((bytes) => bytes.length)).toEqual(
    [events[0], events[2], unwanted, events[4]].map((e) => e!.length),
  );
  expect(whole[2]!.equals(unwanted)).toBe(true);
});
