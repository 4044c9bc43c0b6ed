import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { acquireLock } from './cross-process-lock.ts';

const LAYOUT = 1;

/** Per-user folder outside the work tree that keeps the fetched servers. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return path.join(env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'opendts-servers');
}

export interface CacheEntry {
  readonly name: string;
  /** Everything that decides the content; part of the folder's name. */
  readonly key: readonly string[];
  /** Fills the empty folder. It becomes the entry only when this ends well. */
  readonly build: (folder: string) => Promise<void>;
}

/** Says on standard error what takes time. */
export function progress(text: string): void {
  process.stderr.write(`test servers: ${text}\n`);
}

/** The folder of the entry, built once for all processes of this user; a build that dies leaves nothing that counts. */
export async function cached(entry: CacheEntry): Promise<string> {
  const root = cacheFolder();
  const key = JSON.stringify([LAYOUT, process.arch, ...entry.key]);
  const hash = createHash('sha256').update(key).digest('hex').slice(0, 12);
  const folder = path.join(root, `${entry.name}-${hash}`);
  if (fs.existsSync(folder)) return folder;
  fs.mkdirSync(root, { recursive: true });
  using _lock = await acquireLock(`${folder}.lock`, () =>
    progress(`${entry.name}: waiting for another process that fetches it`),
  );
  if (fs.existsSync(folder)) return folder;
  const prefix = `${entry.name}-${hash}.partial-`;
  for (const name of fs.readdirSync(root).filter((each) => each.startsWith(prefix))) {
    remove(path.join(root, name)); // left by a build that was killed
  }
  const partial = fs.mkdtempSync(path.join(root, prefix));
  try {
    fs.chmodSync(partial, 0o755);
    await entry.build(partial);
    fs.renameSync(partial, folder);
  } finally {
    remove(partial);
  }
  return folder;
}

function remove(folder: string): void {
  fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
