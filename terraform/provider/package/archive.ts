import { type Zippable, zipSync } from 'fflate';
import type { ProgramFile } from './program-files.ts';

const UNIX = 3;
const REGULAR_FILE = 0o100000;

/** A zip archive, the same bytes for the same files. Without the mode bits no CLI could start a program in it. */
export function archive(files: readonly ProgramFile[]): Uint8Array {
  const mtime = new Date(1980, 0, 1); // the first day that a zip archive can tell
  const entries: Zippable = {};
  for (const { name, content, mode } of files)
    entries[name] = [content, { os: UNIX, attrs: (REGULAR_FILE | mode) << 16, mtime, level: 9 }];
  return zipSync(entries);
}
