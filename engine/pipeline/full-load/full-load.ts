import { AbortedError, type DtsError } from '../../core/errors.ts';
import type { Chunk } from '../../core/source.ts';
import type { TableKey } from '../../core/table.ts';
import { tableKey } from '../../core/table.ts';
import { isOfOnePosition, sourceIdOf, type TableRun } from '../run/run-state.ts';
import type { DoneChunk } from '../run/task-port.ts';
import { joinedTables } from '../tables/cascades.ts';
import { remainingChunks } from './chunk-gaps.ts';
import { type CopiedTable, type FullLoadOptions, isTableChanged, writeRows } from './copy-rows.ts';
import { copyWhole } from './whole-copy.ts';

/**
 * Copies tables in parallel chunks while the source goes on changing.
 *
 *     low = a position every later read sees wholly
 *       chunk, chunk, chunk …   each one plain SELECT, committed at the target, then noted in the store
 *     high = a position that holds all that any of those reads saw
 *
 * Every chunk shows some state between low and high. The change stream is applied from low on after the copy, over it up to high
 * idempotently, so the later of row and change wins. A killed copy goes on with the chunks that are not noted; one that was
 * committed but not noted is written again over itself, and counted once. A table without identity is read whole at one exact position:
 * low = high. So are, in one read, tables that foreign keys with actions join, where the log does not hold what these do.
 */
export async function copyTables(options: FullLoadOptions, tables: readonly TableRun[]): Promise<void> {
  const failed = new AbortController();
  const signal = AbortSignal.any([options.signal, failed.signal]);
  const jobs = planJobs({ ...options, signal }, tables);
  const workers = Array.from({ length: Math.max(1, options.parallelism) }, async () => {
    for (;;) {
      const next = await jobs.next();
      if (next.done) return;
      await next.value();
    }
  });
  // The first failure stops the others; all have ended before it is told.
  for (const worker of workers) worker.catch((error) => failed.abort(error));
  const results = await Promise.allSettled(workers);
  if (options.signal.aborted) throw new AbortedError();
  const failure = failed.signal.aborted
    ? failed.signal.reason
    : results.find((r) => r.status === 'rejected')?.reason;
  if (failure !== undefined) throw failure;
}

const sum = (done: readonly DoneChunk[], what: 'rows' | 'bytes') =>
  done.reduce((total, chunk) => total + chunk[what], 0);

/** The work in pieces, the biggest tables first. */
async function* planJobs(
  options: FullLoadOptions,
  tables: readonly TableRun[],
): AsyncGenerator<() => Promise<void>, void> {
  for (const group of groupsOf(options, tables)) {
    const [first] = group;
    if (first === undefined) continue;
    if (isOfOnePosition(first.run)) {
      yield () => copyWhole(options, group);
      continue;
    }
    const copy = new TableCopy(options, first);
    const chunks = copy.chunks();
    for (;;) {
      const next = await chunks.next();
      if (next.done || copy.given) break;
      const chunk = next.value;
      copy.planned();
      yield () => copy.run(chunk);
    }
    await copy.allPlanned();
  }
}

/** The tables in groups that are copied together, most of them alone. */
function groupsOf(options: FullLoadOptions, tables: readonly TableRun[]): CopiedTable[][] {
  const joined = joinedTables(options.history);
  const groups = new Map<TableKey, CopiedTable[]>();
  for (const run of tables) {
    const id = sourceIdOf(run);
    const table = options.history.table(id);
    if (table === undefined) continue;
    const key = tableKey((run.together ? joined(id)[0] : undefined) ?? id);
    groups.set(key, [...(groups.get(key) ?? []), { run, table }]);
  }
  const bytes = (group: CopiedTable[]) => group.reduce((sum, { run }) => sum + run.estimatedBytes, 0);
  return [...groups.values()].sort((a, b) => bytes(b) - bytes(a));
}

/** The copy of one table in chunks: knows when its last one is written. */
class TableCopy {
  readonly #options: FullLoadOptions;
  readonly #copied: CopiedTable;
  #open = 1; // the planner itself
  readonly #running = new Set<Promise<void>>();
  /** Given up because the table changed: what is under way is rolled back. */
  readonly #given = new AbortController();

  constructor(options: FullLoadOptions, copied: CopiedTable) {
    this.#options = options;
    this.#copied = copied;
  }

  get given(): boolean {
    return this.#given.signal.aborted;
  }

  planned(): void {
    this.#open += 1;
  }

  async allPlanned(): Promise<void> {
    await this.#closeOne();
  }

  async *chunks(): AsyncGenerator<Chunk, void> {
    const { source, registry, port, retrying, chunkBytes } = this.#options;
    const { run, table } = this.#copied;
    const id = sourceIdOf(run);
    let done: readonly DoneChunk[] = [];
    if (run.state === 'COPYING') {
      done = await port.chunks(id);
      // The counts in the store may be seconds older than its chunks: what was copied is what these hold.
      await registry.update(id, { rowsCopied: sum(done, 'rows'), bytesCopied: sum(done, 'bytes') });
    } else {
      // The table may be gone since the structure was read.
      const position = await this.#guard(() => retrying('watermark', () => source.visiblePosition([id])));
      if (position === undefined) return;
      const low = this.#options.acting(table) ? undefined : position;
      await port.clearChunks(id);
      await registry.update(id, { state: 'COPYING', low, high: undefined, rowsCopied: 0, bytesCopied: 0 });
    }
    const rest = remainingChunks(done.map(({ chunk }) => chunk));
    yield* rest.gaps;
    if (rest.complete) return;
    const estimate = { rows: run.estimatedRows, bytes: run.estimatedBytes };
    let resumeAfter = rest.resumeAfter;
    const begin = () =>
      source.snapshot.planChunks({ table, chunkBytes, resumeAfter, estimate })[Symbol.asyncIterator]();
    let plan = begin();
    try {
      for (;;) {
        const next = await this.#guard(() =>
          retrying('plan', async () => {
            try {
              return await plan.next();
            } catch (error) {
              // A generator that threw is spent and would claim to be done: begin another after the last chunk.
              plan = begin();
              throw error;
            }
          }),
        );
        if (next === undefined || next.done) return;
        resumeAfter = next.value;
        yield next.value;
      }
    } finally {
      await plan.return?.();
    }
  }

  async run(chunk: Chunk): Promise<void> {
    if (!this.given) await this.#guard(() => this.#tracked(chunk));
    await this.#closeOne();
  }

  async #tracked(chunk: Chunk): Promise<void> {
    const working = this.#options.retrying('copy', () => this.#chunk(chunk));
    this.#running.add(working);
    try {
      await working;
    } finally {
      this.#running.delete(working);
    }
  }

  async #chunk(chunk: Chunk): Promise<void> {
    if (this.given) throw new AbortedError();
    const { source, registry, port } = this.#options;
    const { run, table } = this.#copied;
    const id = sourceIdOf(run);
    const signal = AbortSignal.any([this.#options.signal, this.#given.signal]);
    const blocks = source.snapshot.readChunk({ table, chunk, signal });
    const written = await writeRows({ ...this.#options, signal }, this.#copied, blocks);
    if (this.given) return;
    await port.saveChunk(id, { chunk, ...written });
    registry.countCopied(id, written.rows, written.bytes);
  }

  /** Runs work of this table; a table that changed under it is given up instead of failing the load. */
  async #guard<T>(work: () => Promise<T>): Promise<T | undefined> {
    const { run, table } = this.#copied;
    try {
      return await work();
    } catch (error) {
      if (this.given) return undefined;
      if (!(await isTableChanged(error, this.#options, [table]))) throw error;
      // Another chunk may have found it out meanwhile.
      if (this.given) return undefined;
      this.#given.abort();
      // No row may come to the table once it is emptied.
      await Promise.allSettled(this.#running);
      await this.#options.onTableChanged(run, error as DtsError);
      return undefined;
    }
  }

  async #closeOne(): Promise<void> {
    this.#open -= 1;
    if (this.#open > 0 || this.given) return;
    const { source, registry, retrying } = this.#options;
    const id = sourceIdOf(this.#copied.run);
    const high = await this.#guard(() => retrying('watermark', () => source.writtenPosition([id])));
    if (high === undefined) return;
    await registry.update(id, { state: 'COPIED', high });
  }
}
