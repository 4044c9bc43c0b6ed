import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { acquireAnyLock, type HeldLock } from './cross-process-lock.ts';

/** A ready server that a variable names, held for this process alone until disposed. */
export interface ExternalServer extends Disposable {
  readonly url: URL;
}

/** Takes a server of a list of URLs, split by blanks or commas, that no other test of this machine holds. */
export async function takeExternalServer(list: string): Promise<ExternalServer> {
  const urls = list.split(/[\s,]+/).filter((each) => each !== '');
  const folder = path.join(os.tmpdir(), `opendts-test-servers-${process.getuid?.() ?? 0}`);
  fs.mkdirSync(folder, { recursive: true });
  const fileOf = (url: string) =>
    path.join(folder, createHash('sha256').update(url).digest('hex').slice(0, 16));
  const lock: HeldLock = await acquireAnyLock(urls.map(fileOf));
  const url = urls.find((each) => fileOf(each) === lock.file) ?? '';
  return { url: new URL(url), [Symbol.dispose]: () => lock[Symbol.dispose]() };
}
