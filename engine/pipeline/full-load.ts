import type { Clock } from '../core/clock.ts';
import { AbortedError, DtsError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Position } from '../core/position.ts';
import type { Chunk, RowBlock, Source } from '../core/source.ts';
import type { StructureHistory } from '../core/structure.ts';
import { type Table, tableLabel } from '../core/table.ts';
import type { Target } from '../core/target.ts';
import { remainingChunks } from './chunk-gaps.ts';
import type { Meter } from './meter.ts';
import { sourceIdOf, type TableRun, targetIdOf } from './run-state.ts';
import type { TableRegistry } from './table-registry.ts';
import type { TaskPort } from './task-port.ts';

/**
 * Copies tables in parallel chunks while the source goes on changing.
 *
 *     low = a position every later read sees wholly
 *       chunk, chunk, chunk …   each one plain SELECT, committed at the target, then noted in the store
 *     high = a position that holds all that any of those reads saw
 *
 * Every chunk shows some state between low and high. The change stream is applied from low on after the copy, over it up to high
 * idempotently, so the later of row and change wins. A killed copy goes on with the chunks that are not noted; one that was
 * committed but not noted is written again over itself. A table without identity is read whole at one exact position: low = high.
 */
export interface FullLoadOptions {
  readonly source: Source;
  readonly target: Target;
  readonly registry: TableRegistry;
  readonly meter: Meter;
  readonly history: StructureHistory;
  readonly port: TaskPort;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly parallelism: number;
  readonly chunkBytes: number;
  readonly signal: AbortSignal;
  /** Joined to another table by a foreign key with an action: nothing of it may be dropped for being in the copy. */
  readonly acting: (table: Table) => boolean;
  /** Runs one piece of work under the task's retry windows. */
  readonly retrying: <T>(stage: string, work: () => Promise<T>) => Promise<T>;
  /** The table cannot be copied as its structure was known: it is emptied and copied again when the structure has caught up. */
  readonly onTableChanged: (table: TableRun, cause: DtsError) => Promise<void>;
}

interface Job {
  readonly copy: TableCopy;
  /** Undefined for a table without identity: all of it. */
  readonly chunk?: Chunk | undefined;
}

export async function copyTables(options: FullLoadOptions, tables: readonly TableRun[]): Promise<void> {
  const biggestFirst = [...tables].sort((a, b) => b.estimatedBytes - a.estimatedBytes);
  const failed = new AbortController();
  const signal = AbortSignal.any([options.signal, failed.signal]);
  const jobs = planJobs({ ...options, signal }, biggestFirst);
  const workers = Array.from({ length: Math.max(1, options.parallelism) }, async () => {
    for (;;) {
      const next = await jobs.next();
      if (next.done) return;
      await next.value.copy.run(next.value.chunk);
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

async function* planJobs(options: FullLoadOptions, tables: readonly TableRun[]): AsyncGenerator<Job, void> {
  for (const run of tables) {
    const table = options.history.table(sourceIdOf(run));
    if (table === undefined) continue;
    const copy = new TableCopy(options, run, table);
    const chunks = copy.chunks();
    for (;;) {
      const next = await chunks.next();
      if (next.done || copy.given) break;
      copy.planned();
      yield { copy, chunk: next.value };
    }
    await copy.allPlanned();
  }
}

/** Failures that values of another type can cause. */
const ofValues: ReadonlySet<string> = new Set(['VALUE_NOT_EXACT', 'TARGET_REJECTED', 'SOURCE_REJECTED']);

/** The copy of one table: knows when its last chunk is written. */
class TableCopy {
  readonly #options: FullLoadOptions;
  readonly #run: TableRun;
  readonly #table: Table;
  #open = 1; // the planner itself
  /** Given up because the table changed. */
  given = false;

  constructor(options: FullLoadOptions, run: TableRun, table: Table) {
    this.#options = options;
    this.#run = run;
    this.#table = table;
  }

  planned(): void {
    this.#open += 1;
  }

  async allPlanned(): Promise<void> {
    await this.#closeOne();
  }

  async *chunks(): AsyncGenerator<Chunk | undefined, void> {
    const { source, registry, port, retrying, chunkBytes } = this.#options;
    const id = sourceIdOf(this.#run);
    if (this.#run.state !== 'COPYING' || this.#run.keyless) {
      const position = await retrying('watermark', () => source.visiblePosition([id]));
      const low = this.#options.acting(this.#table) ? undefined : position;
      if (this.#run.keyless)
        await retrying('truncate', () => this.#options.target.structure.truncate(targetIdOf(this.#run)));
      await port.clearChunks(id);
      await registry.update(id, { state: 'COPYING', low, high: undefined, rowsCopied: 0, bytesCopied: 0 });
    }
    if (this.#run.keyless) {
      yield undefined;
      return;
    }
    const done = (await port.chunks(id)).map((d) => d.chunk);
    const rest = remainingChunks(done);
    yield* rest.gaps;
    if (rest.complete) return;
    const estimate = { rows: this.#run.estimatedRows, bytes: this.#run.estimatedBytes };
    let resumeAfter = rest.resumeAfter;
    const begin = () =>
      source.snapshot
        .planChunks({ table: this.#table, chunkBytes, resumeAfter, estimate })
        [Symbol.asyncIterator]();
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

  async run(chunk: Chunk | undefined): Promise<void> {
    if (!this.given) {
      await this.#guard(() =>
        this.#options.retrying('copy', () => (chunk === undefined ? this.#whole() : this.#chunk(chunk))),
      );
    }
    await this.#closeOne();
  }

  async #chunk(chunk: Chunk): Promise<void> {
    const { source, port, signal } = this.#options;
    const written = await this.#write(source.snapshot.readChunk({ table: this.#table, chunk, signal }));
    this.#count(written);
    await port.saveChunk(sourceIdOf(this.#run), { chunk, ...written });
  }

  async #whole(): Promise<void> {
    const { source, target, registry, signal } = this.#options;
    const id = sourceIdOf(this.#run);
    await target.structure.truncate(targetIdOf(this.#run));
    let position: Position | undefined;
    const blocks = source.snapshot.readWhole({
      table: this.#table,
      signal,
      onPosition: (at) => {
        position = at;
      },
    });
    const written = await this.#write(blocks);
    this.#count(written);
    if (position === undefined)
      throw new DtsError('INTERNAL', `the copy of ${tableLabel(id)} told no position`);
    await registry.update(id, { low: position, high: position });
  }

  async #write(blocks: AsyncIterable<RowBlock>): Promise<{ rows: number; bytes: number }> {
    const { target, signal, meter, clock } = this.#options;
    const startedAt = clock.now();
    let reading = 0;
    let askedAt = startedAt;
    const timed = async function* () {
      for await (const block of blocks) {
        reading += clock.now() - askedAt;
        meter.bytes.add(block.bytes.length);
        meter.rows.add(block.rows);
        yield block;
        askedAt = clock.now();
      }
    };
    const table = { source: this.#table, id: targetIdOf(this.#run) };
    const written = await target.bulk.load({ table, blocks: timed(), signal });
    meter.waits.add('SOURCE', reading);
    meter.waits.add('TARGET', clock.now() - startedAt - reading);
    return written;
  }

  #count({ rows, bytes }: { rows: number; bytes: number }): void {
    this.#options.registry.countCopied(sourceIdOf(this.#run), rows, bytes);
  }

  /** Runs work of this table; a table that changed under it is given up instead of failing the load. */
  async #guard<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (this.given) return undefined;
      if (
        error instanceof DtsError &&
        (error.code === 'SOURCE_TABLE_CHANGED' || (await this.#outgrew(error)))
      ) {
        this.given = true;
        await this.#options.onTableChanged(this.#run, error);
        return undefined;
      }
      throw error;
    }
  }

  /** True when rows do not fit the target because the source's table has other columns by now. */
  async #outgrew(error: DtsError): Promise<boolean> {
    if (!ofValues.has(error.code)) return false;
    const { source, retrying } = this.#options;
    const { database, name } = sourceIdOf(this.#run);
    const { history } = await retrying('schema', () =>
      source.readStructure({ databases: [{ name: database, tables: [{ name }] }] }),
    );
    const now = history.table({ database, name });
    return JSON.stringify(now?.columns) !== JSON.stringify(this.#table.columns);
  }

  async #closeOne(): Promise<void> {
    this.#open -= 1;
    if (this.#open > 0 || this.given) return;
    const { source, registry, retrying } = this.#options;
    const id = sourceIdOf(this.#run);
    const high = this.#run.keyless ? undefined : await retrying('watermark', () => source.writtenPosition());
    await registry.update(id, { state: 'COPIED', ...(high === undefined ? {} : { high }) });
  }
}
