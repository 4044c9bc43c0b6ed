import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Logger, silentLogger } from '../../../engine/core/logger.ts';
import type { ThreadInput } from '../../../engine/runner/messages.ts';
import { TaskWorker, type WorkerHost } from '../../../engine/runner/task-worker.ts';
import { ThreadEntry } from '../../../engine/runner/thread-entry.ts';
import { threadProgram } from '../../../engine/runner/thread-program.ts';

let folder: string;
let sources: string;
const { signal } = new AbortController();
beforeAll(async () => {
  const root = await mkdtemp(path.join(os.tmpdir(), 'opendts-program-'));
  folder = path.join(root, 'compiled');
  sources = path.join(root, 'sources');
  await mkdir(sources);
  await writeFile(path.join(sources, 'entry.ts'), "import { word } from './word.ts';\nconsole.log(word);\n");
  await writeFile(path.join(sources, 'word.ts'), "export const word: string = 'first';\n");
});
afterAll(() => rm(path.dirname(folder), { recursive: true, force: true }));

const make = (entry = 'entry.ts') => threadProgram({ folder, entry: path.join(sources, entry), signal });
const madeAt = async () => (await stat(path.join(folder, 'thread.json'))).mtimeMs;

describe('the program of a thread', () => {
  test('is kept while nothing of it has changed', async () => {
    const program = await make();
    const at = await madeAt();
    expect(await make()).toEqual(program);
    expect(await madeAt()).toBe(at);
  });

  test('is made anew when a file that it imports has changed, even where size and time are the same', async () => {
    const program = await make();
    const word = path.join(sources, 'word.ts');
    const { atime, mtime } = await stat(word);
    await writeFile(word, "export const word: string = 'other';\n");
    await utimes(word, atime, mtime);
    const other = await make();
    expect(other).not.toEqual(program);
    expect((await readdir(folder)).sort()).toEqual(
      [path.basename(other.pathname), `${path.basename(other.pathname)}.map`, 'thread.json'].sort(),
    );
  });

  test('is made anew when it was damaged, and for another entry', async () => {
    const program = await make();
    await writeFile(program, 'damaged');
    expect(await make()).toEqual(program);
    expect((await stat(program)).size).toBeGreaterThan('damaged'.length);
    await writeFile(
      path.join(sources, 'second.ts'),
      "import { word } from './word.ts';\nconsole.log(word, 2);\n",
    );
    expect(await make('second.ts')).not.toEqual(program);
  });

  test('is not begun where its folder cannot be written', async () => {
    const begun = threadProgram({ folder: '/proc/self', entry: path.join(sources, 'nowhere.ts'), signal });
    await expect(begun).rejects.toMatchObject({ syscall: 'open' });
  });

  test('lets what a program leaves out show its names', async () => {
    const program = await threadProgram({
      folder,
      entry: fileURLToPath(new URL('./names-thread.ts', import.meta.url)),
      signal,
    });
    const [names] = await once(new Worker(program), 'message');
    expect(names).toEqual({ encode: true, nothing: false, listed: true, own: 'function' });
  });

  test('is waited for, and the log says so', async () => {
    const said: string[] = [];
    const logger: Logger = { ...silentLogger, info: (_, message) => said.push(message) };
    const entry = new ThreadEntry({ folder: path.join(folder, 'awaited'), logger });
    const waiting = [1, 2].map(() => new Promise<void>((begin) => expect(entry.defers(begin)).toBe(true)));
    expect(said).toEqual(['tasks start when the program of their threads is made']);
    await Promise.all(waiting);
    await entry.close();
  });

  test('is done without where its folder cannot be made, and threads do not wait for it', async () => {
    const warnings: string[] = [];
    const logger: Logger = { ...silentLogger, warn: (_, message) => warnings.push(message) };
    const entry = new ThreadEntry({ folder: path.join(sources, 'entry.ts', 'compiled'), logger });
    await new Promise<void>((resolve) => expect(entry.defers(resolve)).toBe(true));
    expect(entry.defers(() => {})).toBe(false);
    expect(entry.url).toBeUndefined();
    expect(warnings).toEqual(['threads of tasks take more memory than need be']);
    await entry.close();
  });

  test('may be removed at any time: the next thread does without', async () => {
    const cache = path.join(folder, 'removed');
    const entry = new ThreadEntry({ folder: cache, logger: silentLogger });
    await new Promise<void>((resolve) => entry.defers(resolve));
    expect(entry.url?.pathname).toContain(cache);
    await rm(cache, { recursive: true });
    expect(entry.url).toBeUndefined();
    await entry.close();
  });

  test('is given up when the service ends while it is made', async () => {
    const begun: string[] = [];
    const entry = new ThreadEntry({ folder: path.join(folder, 'unfinished'), logger: silentLogger });
    entry.defers(() => begun.push('a thread'));
    await expect.poll(() => process.getActiveResourcesInfo()).toContain('ProcessWrap');
    await entry.close();
    expect(begun).toEqual([]);
    await expect.poll(() => process.getActiveResourcesInfo()).not.toContain('ProcessWrap');
  });
});

test('a fault in the code of a thread is logged with its place in the sources', async () => {
  const nothing = () => {};
  const host: WorkerHost = {
    call: nothing,
    event: nothing,
    progress: nothing,
    retrying: nothing,
    recovered: nothing,
    caughtUp: nothing,
    fellBehind: nothing,
  };
  const logged: object[] = [];
  const worker = new TaskWorker({
    input: { taskId: 'faulty' } as ThreadInput,
    host,
    logger: { ...silentLogger, error: (fields) => logged.push(fields) },
    entry: await threadProgram({ folder, signal }),
  });
  expect(await worker.ended).toMatchObject({ outcome: 'failed', error: { code: 'INTERNAL' } });
  expect(logged).toEqual([
    { error: expect.stringMatching(/^TypeError: .*\n +at .*engine\/\S+\.ts:\d+:\d+/) },
  ]);
});
