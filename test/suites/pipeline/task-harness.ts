import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { openSource, openTarget } from '../../../engine/connectors/connectors.ts';
import { systemClock } from '../../../engine/core/clock.ts';
import type { EndpointConfig } from '../../../engine/core/endpoint.ts';
import { AbortedError, type ErrorReport } from '../../../engine/core/errors.ts';
import { silentLogger } from '../../../engine/core/logger.ts';
import type { ObjectSelection } from '../../../engine/core/selection.ts';
import { type TableKey, tableKey } from '../../../engine/core/table.ts';
import { defaultTaskOptions, type TaskOptions, type TaskProgress } from '../../../engine/core/task.ts';
import { type RunState, sourceIdOf, type TableRun } from '../../../engine/pipeline/run-state.ts';
import type { DoneChunk, NewTaskEvent, TaskPort } from '../../../engine/pipeline/task-port.ts';
import { runTask } from '../../../engine/pipeline/task-run.ts';
import type { MysqlServer } from '../../servers/mysql.ts';

/** One task without the service around it: its thread's work in this process, its store in memory. */
export class TaskHarness implements AsyncDisposable {
  readonly events: NewTaskEvent[] = [];
  readonly retries: ErrorReport[] = [];
  progress: TaskProgress | undefined;
  #run: RunState | undefined;
  readonly #tables = new Map<TableKey, TableRun>();
  readonly #chunks = new Map<TableKey, DoneChunk[]>();
  readonly #directory: string;
  readonly #options: HarnessOptions;
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

  get tables(): TableRun[] {
    return [...this.#tables.values()];
  }

  start(): void {
    this.#stop = new AbortController();
    this.#completion = new AbortController();
    this.#caughtUp = Promise.withResolvers<void>();
    this.#caughtUp.promise.catch(() => undefined);
    this.#failure = undefined;
    const { source, target, selection, kind } = this.#options;
    const context = { logger: silentLogger, clock: systemClock };
    this.#running = runTask({
      taskId: 'task-under-test',
      kind: kind ?? 'MIGRATION',
      selection,
      options: { ...defaultTaskOptions, ...this.#options.options },
      directory: this.#directory,
      run: this.#run,
      tables: this.#run === undefined ? [] : this.tables,
      openSource: () => openSource({ ...context, endpoint: endpointOf(source) }),
      openTarget: () => openTarget({ ...context, endpoint: endpointOf(target) }),
      port: this.#port,
      ...context,
      random: Math.random,
      readerId: 1_100_000_001,
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

  /** Stops where it stands: what is in memory is gone, checkpoints stay. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running?.catch(() => undefined);
    if (this.#failure !== undefined) throw this.#failure;
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
    recovered: () => {},
    caughtUp: () => this.#caughtUp.resolve(),
  };
}

export interface HarnessOptions {
  readonly source: MysqlServer;
  readonly target: MysqlServer;
  readonly selection: ObjectSelection;
  readonly kind?: 'MIGRATION' | 'SYNCHRONIZATION';
  readonly options?: Partial<TaskOptions>;
}

export function endpointOf(server: MysqlServer): EndpointConfig {
  return {
    engine: server.flavour.startsWith('mariadb') ? 'MARIADB' : 'MYSQL',
    host: server.host,
    port: server.port,
    username: server.username,
    password: server.password,
    tls: { mode: 'DISABLED' },
  };
}
