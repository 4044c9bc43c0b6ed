/** Whether `bytes` from `at` on begins with `expected`. For few bytes a loop is faster than calls into the runtime. */
export function startsWith(bytes: Uint8Array, at: number, expected: Uint8Array): boolean {
  const { length } = expected;
  if (at + length > bytes.length) return false;
  for (let i = 0; i < length; i++) if (bytes[at + i] !== expected[i]) return false;
  return true;
}
