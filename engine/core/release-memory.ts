/** Less is left to the garbage collector where it comes one by one. */
export const LARGE_BYTES = 1024 * 1024;
/** What may stand around the bytes in memory that is theirs alone: headers, a checksum. */
const FRAME_BYTES = 64;

/**
 * Gives the memory of a buffer of at least `least` bytes back at once. The collector sees a small object and may let hundreds of
 * megabytes wait. The caller must be the last who uses it; a part of a larger piece of memory is left alone.
 */
export function releaseMemory(bytes: Uint8Array, least = LARGE_BYTES): void {
  const { buffer } = bytes;
  if (bytes.length < least || buffer.byteLength - bytes.length > FRAME_BYTES) return;
  if (buffer instanceof ArrayBuffer && !buffer.detached) buffer.transfer(0);
}
