import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Bytes of a socket's path, by the least that a system allows: 104 with the zero at the end. */
const LONGEST_PATH = 103;
/** What the path gets behind the parent: `/plugin`, six characters by chance, and the socket's own name. */
const ADDED = '/pluginXXXXXX/s'.length;
/** Where every system has a folder for temporary files. */
const SHORT = '/tmp';

/**
 * Makes a new folder for a socket in `parent`, by default in the system's folder for temporary files, or in /tmp
 * where that one's path is too long for a socket.
 * @throws Error that names PLUGIN_UNIX_SOCKET_DIR, by which CLIs and users choose the parent.
 */
export function makeSocketFolder(parent: string | undefined): string {
  const chosen = parent || (fits(os.tmpdir()) ? os.tmpdir() : SHORT);
  const remedy =
    'Set PLUGIN_UNIX_SOCKET_DIR to a folder with a short path that exists and may be written to, such as /tmp.';
  if (!fits(chosen)) throw new Error(`The path ${chosen} is too long for a socket. ${remedy}`);
  try {
    return fs.mkdtempSync(path.join(chosen, 'plugin'));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new Error(`No folder for the socket can be made in ${chosen} (${code}). ${remedy}`, { cause });
  }
}

function fits(parent: string): boolean {
  return Buffer.byteLength(parent) + ADDED <= LONGEST_PATH;
}
