import { EventEmitter } from 'node:events';
import fc from 'fast-check';
import type { Connection } from 'mysql2';
import { expect, test } from 'vitest';
import { DumpPackets } from '../../../engine/connectors/mysql/capture/dump-packets.ts';
import { COPIED_PIECE_BYTES } from '../../../engine/core/change.ts';

const FULL = 0xffffff;

/** Packets as the server frames them: a payload of 16 MiB and more is split. */
function framed(payloads: readonly Buffer[]): Buffer {
  const parts: Buffer[] = [];
  for (const payload of payloads) {
    for (let at = 0; ; at += FULL) {
      const part = payload.subarray(at, at + FULL);
      const header = Buffer.alloc(4);
      header.writeUIntLE(part.length, 0, 3);
      parts.push(header, part);
      if (part.length < FULL) break;
    }
  }
  return Buffer.concat(parts);
}

/** The driver's side: what is cut is fed chunk by chunk, and every so many packets the reader pauses for a turn. */
function cutterWith(pauseEvery: number) {
  const driver = {
    packetParser: { execute: (_chunk: Buffer) => undefined as unknown },
    stream: new EventEmitter(),
  };
  Object.assign(driver.stream, { pause() {}, resume() {}, readableLength: 0 });
  const read: Buffer[] = [];
  const paused: (() => void)[] = [];
  const drained: number[] = [];
  const packets: DumpPackets = new DumpPackets(driver as unknown as Connection, {
    packet(bytes, start, end) {
      const payload = bytes.subarray(start, end);
      // A larger one is the receiver's.
      read.push(payload.length <= COPIED_PIECE_BYTES ? Buffer.from(payload) : payload);
      rest();
    },
    large() {
      const parts: Buffer[] = [];
      return {
        part: (bytes) => parts.push(Buffer.from(bytes)),
        end() {
          read.push(Buffer.concat(parts));
          rest();
        },
      };
    },
    drained: (bytes) => drained.push(bytes),
  });
  /** As the socket does: each chunk has memory of its own. */
  function feed(bytes: Buffer) {
    const chunk = Buffer.allocUnsafeSlow(bytes.length);
    bytes.copy(chunk);
    driver.packetParser.execute(chunk);
  }
  function rest() {
    if (read.length % pauseEvery !== 0) return;
    packets.pause();
    paused.push(() => packets.resume());
  }
  return { read, paused, drained, feed, stream: driver.stream as unknown as { readableLength: number } };
}

function readAll(stream: Buffer, sizes: readonly number[], pauseEvery: number): Buffer[] {
  const { read, paused, feed } = cutterWith(pauseEvery);
  for (let at = 0, i = 0; at < stream.length; i++) {
    const size = sizes[i % sizes.length]!;
    feed(stream.subarray(at, at + size));
    at += size;
    if (i % 3 === 0) paused.shift()?.();
  }
  for (let next = paused.shift(); next; next = paused.shift()) next();
  return read;
}

test('packets come out whole and in order, however the socket cuts them and the reader pauses', () => {
  const payload = fc.uint8Array({ minLength: 1, maxLength: 60 }).map((bytes) => Buffer.from(bytes));
  fc.assert(
    fc.property(
      fc.array(payload, { maxLength: 20 }),
      fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 30 }),
      (payloads, sizes, pauseEvery) => {
        expect(readAll(framed(payloads), sizes, pauseEvery)).toEqual(payloads);
      },
    ),
    { numRuns: 500 },
  );
});

test('payloads that are not copied stay as they came after their chunk is given back', () => {
  const sizes = [10_000, 16_384, 16_385, 30_000, 40_000, 65_520, 65_531, 65_532, 70_000, 5];
  const payloads = sizes.map((size, i) => Buffer.alloc(size, i + 1));
  for (const chunk of [16_384, 65_536, 1_000_000]) {
    const read = readAll(framed(payloads), [chunk], 3);
    expect(read.map((each) => each.length)).toEqual(sizes);
    expect(read.every((each, i) => each.equals(payloads[i]!))).toBe(true);
  }
});

test('a payload of 16 MiB and more is given part by part, between small ones', () => {
  for (const length of [FULL - 1, FULL, FULL + 1, 2 * FULL, 2 * FULL + 5]) {
    const payloads = [Buffer.from('before'), Buffer.alloc(length, 7), Buffer.from('behind')];
    for (const chunk of [65_536, 1_000_003]) {
      const read = readAll(framed(payloads), [chunk], 2);
      expect(read.map((each) => each.length)).toEqual(payloads.map((each) => each.length));
      expect(read.every((each, i) => each.equals(payloads[i]!))).toBe(true);
    }
  }
});

test('it is told when all is taken that has come, and how much that was', () => {
  const { drained, paused, feed, stream } = cutterWith(3);
  const packet = framed([Buffer.alloc(10)]);
  feed(packet);
  expect(drained).toEqual([14]);
  stream.readableLength = 14;
  feed(packet);
  expect(drained).toEqual([14]);
  stream.readableLength = 0;
  // Pauses behind the first, before the second.
  feed(Buffer.concat([packet, packet]));
  expect(drained).toEqual([14]);
  paused.shift()?.();
  feed(packet);
  expect(drained).toEqual([14, 4 * 14]);
});
