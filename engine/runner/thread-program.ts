import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { contentHash } from './content-hash.ts';

/** What was made. Written last: without it there is no program. */
interface Made {
  readonly entry: string;
  /** Its name holds the hash of its content. */
  readonly program: string;
  /** Path → hash of what it was made of. */
  readonly inputs: Readonly<Record<string, string>>;
}

const ENTRY = fileURLToPath(new URL('./task-thread.ts', import.meta.url));
const RECORD = 'thread.json';
const OURS = /^thread[-.]/;

/**
 * The program of a task's thread as one file in the folder: the one that is there, if no file that it was made of has changed, otherwise it
 * is made anew. Rejects if the folder cannot be had. For one process at a time.
 */
export async function threadProgram(options: {
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Module that the thread runs. Default: task-thread.ts. */
  readonly entry?: string | undefined;
}): Promise<URL> {
  const { entry = ENTRY, signal } = options;
  const folder = path.resolve(options.folder);
  const program = (await kept(folder, entry)) ?? (await make(folder, entry, signal));
  return pathToFileURL(path.join(folder, program));
}

async function kept(folder: string, entry: string): Promise<string | undefined> {
  try {
    const made = JSON.parse(await readFile(path.join(folder, RECORD), 'utf8')) as Made;
    if (made.entry !== entry || nameOf(await readFile(path.join(folder, made.program))) !== made.program)
      return undefined;
    const same = await Promise.all(
      Object.entries(made.inputs).map(async ([file, hash]) => contentHash(await readFile(file)) === hash),
    );
    return same.every(Boolean) ? made.program : undefined;
  } catch {
    // None yet, half of one, or a file that it was made of is gone.
    return undefined;
  }
}

async function make(folder: string, entry: string, signal: AbortSignal): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // The program takes seconds to make: first see that it can be kept. What there is was made of other files.
  await write(path.join(folder, RECORD), '');
  // Here alone: the bundler takes memory of a service that finds its program made.
  const { bundleThread } = await import('./thread-bundle.ts');
  const { code, map, inputs } = await bundleThread(entry, folder, signal);
  const program = nameOf(code);
  for (const each of await readdir(folder)) if (OURS.test(each)) await rm(path.join(folder, each));
  await write(path.join(folder, `${program}.map`), map);
  await write(path.join(folder, program), code);
  const made: Made = { entry, program, inputs };
  await write(path.join(folder, RECORD), JSON.stringify(made));
  return program;
}

const nameOf = (code: Uint8Array) => `thread-${contentHash(code).slice(0, 16)}.mjs`;

/** Whole or not at all, however the process ends. */
async function write(file: string, content: Uint8Array | string): Promise<void> {
  await writeFile(`${file}.new`, content, { mode: 0o600 });
  await rename(`${file}.new`, file);
}
