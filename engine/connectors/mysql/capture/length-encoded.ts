import { corrupt } from './event.ts';

/** A length-encoded integer of the MySQL protocol and the offset after it. Throws SOURCE_LOG_CORRUPT past 2^53. */
export function readLengthEncoded(bytes: Buffer, offset: number): { value: number; end: number } {
  const first = bytes[offset];
  if (first === undefined) throw corrupt('a length is missing');
  if (first < 251) return { value: first, end: offset + 1 };
  const size = first === 252 ? 2 : first === 253 ? 3 : first === 254 ? 8 : 0;
  if (size === 0 || offset + 1 + size > bytes.length) throw corrupt('a length is cut short');
  if (size < 8) return { value: bytes.readUIntLE(offset + 1, size), end: offset + 1 + size };
  const value = Number(bytes.readBigUInt64LE(offset + 1));
  if (!Number.isSafeInteger(value)) throw corrupt('a length is beyond any size');
  return { value, end: offset + 9 };
}
