import { existsSync } from 'node:fs';
import type { Logger } from '../core/logger.ts';
import { threadProgram } from './thread-program.ts';

/** A machine that is this busy gets on without. */
const LIMIT_MILLIS = 60_000;

/** The module that threads of tasks run: their program in one file, once it is there; without one their sources, which take more memory. */
export class ThreadEntry {
  readonly #end = new AbortController();
  readonly #found: Promise<void>;
  #waiting: (() => void)[] | undefined = [];
  #url: URL | undefined;
  readonly #options: { readonly folder: string; readonly logger: Logger };

  /** Begins at once to look for the program in the folder, or to make it. */
  constructor(options: { folder: string; logger: Logger }) {
    this.#options = options;
    this.#found = this.#find(options);
  }

  /** Undefined: the sources. The folder may be emptied at any time. */
  get url(): URL | undefined {
    return this.#url !== undefined && existsSync(this.#url) ? this.#url : undefined;
  }

  /** Whether a thread has to wait; then `begin` is called as soon as one can be started, or never if this is closed before. */
  defers(begin: () => void): boolean {
    if (this.#waiting === undefined) return false;
    const { folder, logger } = this.#options;
    if (this.#waiting.length === 0)
      logger.info({ folder }, 'tasks start when the program of their threads is made');
    this.#waiting.push(begin);
    return true;
  }

  /** Ends what it started. */
  async close(): Promise<void> {
    this.#end.abort(new Error('closed'));
    await this.#found;
  }

  async #find({ folder, logger }: { folder: string; logger: Logger }): Promise<void> {
    const { signal } = this.#end;
    try {
      const limited = AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MILLIS)]);
      this.#url = await threadProgram({ folder, signal: limited });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (!signal.aborted) logger.warn({ folder, reason }, 'threads of tasks take more memory than need be');
    }
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    if (!signal.aborted) for (const begin of waiting) begin();
  }
}
