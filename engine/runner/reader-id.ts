/** A number for the source's list of readers, the same at each start, apart from the usual low server ids. */
export function readerIdOf(taskId: string): number {
  let hash = 2166136261;
  for (const byte of Buffer.from(taskId)) hash = Math.imul(hash ^ byte, 16777619) >>> 0;
  return 0x4000_0000 + (hash % 0x3fff_ffff);
}
