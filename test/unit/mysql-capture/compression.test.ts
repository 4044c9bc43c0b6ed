import { deflateSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  expandMariadbEvent,
  type TransactionPayload,
  unpackPayload,
} from '../../../engine/connectors/mysql/capture/compression.ts';
import {
  type BinlogEvent,
  eventTypes,
  headerLength,
} from '../../../engine/connectors/mysql/capture/event.ts';
import { zstdFrames } from '../../../engine/connectors/mysql/capture/zstd-frames.ts';

const corrupt = expect.objectContaining({ code: 'SOURCE_LOG_CORRUPT' });

async function unpacked(payload: TransactionPayload): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of unpackPayload(payload)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
const failure = async (payload: TransactionPayload): Promise<unknown> =>
  await unpacked(payload).catch((error: unknown) => error);

/** Small payloads are unpacked at once, large ones as a stream. */
const sizes = [
  ['small', 1000],
  ['large', 3 << 20],
] as const;

describe.each(sizes)('a %s compressed transaction', (_, bytes) => {
  const parts = [1, 2, 3].map((byte) => Buffer.alloc(bytes, byte));
  const plain = Buffer.concat(parts);
  const compressed = Buffer.concat(parts.map((part) => zstdCompressSync(part)));

  test('of several frames is unpacked whole', async () => {
    expect((await unpacked({ compressed, zstd: true, size: plain.length })).equals(plain)).toBe(true);
  });

  test('is refused when it has another size than it says', async () => {
    expect(await failure({ compressed, zstd: true, size: plain.length + 1 })).toEqual(corrupt);
    const fewer = Buffer.concat(parts.slice(1).map((part) => zstdCompressSync(part)));
    expect(await failure({ compressed: fewer, zstd: true, size: plain.length })).toEqual(corrupt);
  });

  test('is refused when it is cut or damaged', async () => {
    const cut = compressed.subarray(0, compressed.length - 3);
    expect(await failure({ compressed: cut, zstd: true, size: plain.length })).toEqual(corrupt);
    const damaged = Buffer.from(compressed);
    damaged[0] = 0;
    expect(await failure({ compressed: damaged, zstd: true, size: plain.length })).toEqual(corrupt);
  });
});

test('frames of zstd join to the data that they were cut from', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 5000 }), { maxLength: 5 }), (parts) => {
      const frames = parts.map((part) => zstdCompressSync(part));
      const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 7, 7]);
      const data = Buffer.concat(frames.flatMap((frame) => [frame, skippable]));
      expect([...zstdFrames(data)].map((frame) => frame.toString('hex'))).toEqual(
        frames.map((frame) => frame.toString('hex')),
      );
    }),
  );
});

test('a compressed event of MariaDB is refused when its size or its data is wrong', () => {
  const text = Buffer.from('CREATE TABLE t (id INT)');
  const eventOf = (length: number, data: Buffer): BinlogEvent => {
    // Query event: 13 bytes of post-header, no status, an empty database name, then the envelope.
    const head = Buffer.alloc(headerLength + 14);
    const bytes = Buffer.concat([head, Buffer.from([0x81, length]), data]);
    return { type: eventTypes.mariadbQueryCompressed, bytes } as BinlogEvent;
  };
  const data = deflateSync(text);
  const plain = expandMariadbEvent(eventOf(text.length, data));
  expect(plain.bytes.subarray(headerLength + 14).toString()).toBe(text.toString());
  expect(() => expandMariadbEvent(eventOf(text.length + 1, data))).toThrow(corrupt);
  expect(() => expandMariadbEvent(eventOf(text.length, data.subarray(0, 10)))).toThrow(corrupt);
});
