import { corrupt } from './event.ts';

/**
 * Cuts data of zstd into its frames: a decompressor of node reads the first one and says nothing of the rest.
 * Throws SOURCE_LOG_CORRUPT where there is no frame or one is cut short. Format: RFC 8878, 3.1.
 */
export function* zstdFrames(data: Buffer): Iterable<Buffer> {
  for (let start = 0; start < data.length; ) {
    const end = isSkippable(data, start) ? start + 8 + uint(data, start + 4, 4) : frameEnd(data, start);
    if (end > data.length) throw cutShort();
    if (!isSkippable(data, start)) yield data.subarray(start, end);
    start = end;
  }
}

const magic = 0xfd2fb528;
const isSkippable = (data: Buffer, at: number): boolean => uint(data, at, 4) >>> 4 === 0x184d2a5;
const dictionaryIdBytes = [0, 1, 2, 4];
const contentSizeBytes = [0, 2, 4, 8];
/** Blocks of this type hold one byte, however often it is repeated. */
const repeatedByte = 1;

function frameEnd(data: Buffer, start: number): number {
  if (uint(data, start, 4) !== magic) throw corrupt('a compressed transaction is not in frames of zstd');
  const descriptor = uint(data, start + 4, 1);
  const single = (descriptor & 0x20) !== 0;
  const sizeFlag = descriptor >> 6;
  let at = start + 5 + (single ? 0 : 1) + dictionaryIdBytes[descriptor & 3]!;
  at += sizeFlag === 0 && single ? 1 : contentSizeBytes[sizeFlag]!;
  for (let last = false; !last; ) {
    const header = uint(data, at, 3);
    last = (header & 1) !== 0;
    at += 3 + (((header >> 1) & 3) === repeatedByte ? 1 : header >> 3);
  }
  return at + ((descriptor & 4) === 0 ? 0 : 4);
}

function uint(data: Buffer, at: number, bytes: number): number {
  if (at + bytes > data.length) throw cutShort();
  return data.readUIntLE(at, bytes);
}

const cutShort = () => corrupt('a compressed transaction is cut short');
