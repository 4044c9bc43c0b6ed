import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { openSource, openTarget } from '../../../engine/connectors/connectors.ts';
import { systemClock } from '../../../engine/core/clock.ts';
import type { EndpointConfig } from '../../../engine/core/endpoint.ts';
import { AbortedError, DtsError, type ErrorReport } from '../../../engine/core/errors.ts';
import { silentLogger } from '../../../engine/core/logger.ts';
import type { ObjectSelection } from '../../../engine/core/selection.ts';
import type { Patience, Source } from '../../../engine/core/source.ts';
import { type TableKey, tableKey } from '../../../engine/core/table.ts';
import type { Target } from '../../../engine/core/target.ts';
import { defaultTaskOptions, type TaskOptions, type TaskProgress } from '../../../engine/core/task.ts';
import {
  type RunState,
  type SchemaResolution,
  sourceIdOf,
  type TableRun,
} from '../../../engine/pipeline/run/run-state.ts';
import type { DoneChunk, NewTaskEvent, TaskPort } from '../../../engine/pipeline/run/task-port.ts';
import { runTask } from '../../../engine/pipeline/run-task.ts';
import type { MysqlServer } from '../../servers/mysql.ts';

/** One task without the service around it: its thread's work in this process, its store in memory. */
export class TaskHarness implements AsyncDisposable {
  readonly events: NewTaskEvent[] = [];
  readonly retries: ErrorReport[] = [];
  /** How often the task said that it is well again. */
  recoveries = 0;
  /** How often the task said that it lags by a minute or more. */
  fellBehind = 0;
  progress: TaskProgress | undefined;
  #run: RunState | undefined;
  readonly #tables = new Map<TableKey, TableRun>();
  readonly #chunks = new Map<TableKey, DoneChunk[]>();
  readonly #directory: string;
  readonly #options: HarnessOptions;
  #life = { dead: false };
  #stop = new AbortController();
  #completion = new AbortController();
  #running: Promise<void> | undefined;
  #failure: unknown;
  #caughtUp = Promise.withResolvers<void>();

  static async create(options: HarnessOptions): Promise<TaskHarness> {
    return new TaskHarness(options, await mkdtemp(path.join(os.tmpdir(), 'opendts-task-')));
  }

  private constructor(options: HarnessOptions, directory: string) {
    this.#options = options;
    this.#directory = directory;
  }

  /** Where the task keeps its change log and structure. */
  get directory(): string {
    return this.#directory;
  }

  get tables(): TableRun[] {
    return [...this.#tables.values()];
  }

  start(): void {
    this.#life = { dead: false };
    this.#stop = new AbortController();
    this.#completion = new AbortController();
    this.#caughtUp = Promise.withResolvers<void>();
    this.#caughtUp.promise.catch(() => undefined);
    this.#failure = undefined;
    const { source, target, selection, kind, taskId, readerId, wrapSource, wrapTarget, patience } =
      this.#options;
    const context = { logger: silentLogger, clock: systemClock, patience };
    this.#running = runTask({
      taskId: taskId ?? 'task-under-test',
      kind: kind ?? 'MIGRATION',
      selection,
      options: { ...defaultTaskOptions, ...this.#options.options },
      directory: this.#directory,
      run: this.#run,
      tables: this.#run === undefined ? [] : this.tables,
      openSource: async (given) => {
        const opened = await openSource({ ...context, ...given, endpoint: endpointOf(source) });
        return wrapSource === undefined ? opened : wrapSource(opened);
      },
      openTarget: async () => {
        const opened = await openTarget({ ...context, endpoint: endpointOf(target) });
        return wrapTarget === undefined ? opened : wrapTarget(opened);
      },
      port: mortal(this.#port, this.#life),
      ...context,
      random: Math.random,
      readerId: readerId ?? 1_100_000_001,
      signal: this.#stop.signal,
      completion: this.#completion.signal,
    });
    this.#running.catch((error) => {
      if (error instanceof AbortedError) return;
      this.#failure = error;
      this.#caughtUp.reject(error);
    });
  }

  /** Resolves when the task says that it keeps up with the source; rejects when it fails before. */
  async caughtUp(): Promise<void> {
    await this.#caughtUp.promise;
  }

  /** Waits for what the task tells about itself; rejects when it fails before. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (this.#failure !== undefined) throw this.#failure;
      await systemClock.sleep(20);
    }
  }

  /** Stops where it stands: what is in memory is gone, checkpoints stay. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running?.catch(() => undefined);
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** As `kill -9`: from now on nothing of this run reaches the store. Resolves when its remains are gone. */
  async kill(): Promise<void> {
    this.#life.dead = true;
    this.#stop.abort();
    await this.#running?.catch(() => undefined);
  }

  /** Waits for the failure that ends the run. */
  async failed(): Promise<DtsError> {
    const failure = await this.#running?.then(
      () => undefined,
      (error) => error,
    );
    if (!(failure instanceof DtsError)) throw failure ?? new Error('the run did not fail');
    return failure;
  }

  /** The schema change that stopped the task. */
  get refusal(): RunState['refusal'] {
    return this.#run?.refusal;
  }

  /** Leaves a decision about that change for the next start, as the service does. */
  resolve(decision: Pick<SchemaResolution, 'action' | 'sql' | 'tables'>): void {
    if (this.#run?.refusal === undefined) throw new Error('there is nothing to resolve');
    const { code, transaction, tables } = this.#run.refusal;
    const reloaded = decision.action === 'RELOAD' ? { tables: decision.tables ?? tables } : {};
    this.#run = { ...this.#run, resolution: { ...decision, ...reloaded, code, transaction } };
  }

  /** Applies all that the source holds now, and ends. */
  async complete(): Promise<void> {
    this.#completion.abort();
    await this.#running;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running?.catch(() => undefined);
    await rm(this.#directory, { recursive: true, force: true });
  }

  readonly #port: TaskPort = {
    saveRun: async (run) => {
      this.#run = structuredClone(run);
    },
    saveTables: async (changed) => {
      for (const table of changed) this.#tables.set(tableKey(sourceIdOf(table)), structuredClone(table));
    },
    removeTable: async (id) => {
      this.#tables.delete(tableKey(id));
      this.#chunks.delete(tableKey(id));
    },
    saveChunk: async (id, done) => {
      this.#chunks.set(tableKey(id), [...(this.#chunks.get(tableKey(id)) ?? []), done]);
    },
    chunks: async (id) => this.#chunks.get(tableKey(id)) ?? [],
    clearChunks: async (id) => {
      this.#chunks.delete(tableKey(id));
    },
    event: (event) => this.events.push(event),
    progress: (progress) => {
      this.progress = progress;
    },
    retrying: (error) => this.retries.push(error),
    recovered: () => {
      this.recoveries += 1;
    },
    caughtUp: () => this.#caughtUp.resolve(),
    fellBehind: () => {
      this.fellBehind += 1;
    },
  };
}

/** The port of one run: once that is dead, nothing more of it is kept. */
function mortal(port: TaskPort, life: { readonly dead: boolean }): TaskPort {
  const alive =
    <Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      if (life.dead) throw new AbortedError();
      return await call(...args);
    };
  return {
    ...port,
    saveRun: alive(port.saveRun),
    saveTables: alive(port.saveTables),
    removeTable: alive(port.removeTable),
    saveChunk: alive(port.saveChunk),
    chunks: alive(port.chunks),
    clearChunks: alive(port.clearChunks),
  };
}

export interface HarnessOptions {
  readonly source: ReachedServer;
  readonly target: ReachedServer;
  readonly selection: ObjectSelection;
  readonly kind?: 'MIGRATION' | 'SYNCHRONIZATION';
  readonly options?: Partial<TaskOptions>;
  /** For tasks that run at the same time with the same ends. */
  readonly taskId?: string;
  readonly readerId?: number;
  /** Puts the test between the pipeline and the real source, … */
  readonly wrapSource?: ((source: Source) => Source) | undefined;
  /** … and the real target. */
  readonly wrapTarget?: ((target: Target) => Target) | undefined;
  readonly patience?: Patience;
}

/** A server, or what stands in front of it. */
export type ReachedServer = Pick<MysqlServer, 'flavour' | 'host' | 'port' | 'username' | 'password'>;

export function endpointOf(server: ReachedServer): EndpointConfig {
  return {
    engine: server.flavour.startsWith('mariadb') ? 'MARIADB' : 'MYSQL',
    host: server.host,
    port: server.port,
    username: server.username,
    password: server.password,
    tls: { mode: 'DISABLED' },
  };
}
