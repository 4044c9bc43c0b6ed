import { zipSync } from 'fflate';

const UNIX = 3;
const EXECUTABLE = 0o100755;

/** A zip archive of one program, the same bytes for the same program. Without the mode bits no CLI could start it. */
export function archive(name: string, program: Uint8Array): Uint8Array {
  const mtime = new Date(1980, 0, 1); // the first day that a zip archive can tell
  return zipSync({ [name]: [program, { os: UNIX, attrs: EXECUTABLE << 16, mtime, level: 9 }] });
}
