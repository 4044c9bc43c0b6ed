import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Janitor } from './janitor.ts';

export const repository = path.resolve(import.meta.dirname, '../..');
const readyLine = /OpenDTS is ready at (http:\S+)\/graphql/;

export interface ServiceOptions {
  /** Default: a new temporary folder, removed by `stop`. */
  readonly dataDir?: string;
  /** Further settings as environment variables. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The service as a user runs it: a process of its own, on a free port, with a data directory that outlives it. */
export class Service implements AsyncDisposable {
  readonly dataDir: string;
  readonly #janitor: Janitor;
  readonly #env: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;
  #url: string | undefined;
  #log = '';

  private constructor(options: ServiceOptions) {
    this.dataDir = options.dataDir ?? fs.mkdtempSync(path.join(os.tmpdir(), 'opendts-service-'));
    this.#janitor = new Janitor(options.dataDir === undefined ? this.dataDir : undefined);
    this.#env = options.env ?? {};
  }

  static async start(options: ServiceOptions = {}): Promise<Service> {
    const service = new Service(options);
    try {
      await service.start();
    } catch (error) {
      await service.stop();
      throw error;
    }
    return service;
  }

  /** Root of the API, for example `http://127.0.0.1:4000`. Another one after each start. */
  get url(): string {
    if (this.#url === undefined) throw new Error('the service is down');
    return this.#url;
  }

  /** The first token, which the service wrote at its first start. */
  get token(): string {
    return fs.readFileSync(this.tokenPath, 'utf8').trim();
  }

  get tokenPath(): string {
    return path.join(this.dataDir, 'admin.token');
  }

  get pid(): number {
    if (this.#child?.pid === undefined) throw new Error('the service is down');
    return this.#child.pid;
  }

  get running(): boolean {
    return this.#url !== undefined;
  }

  /** What it wrote to standard output and error since it was first started; the last megabyte. */
  get log(): string {
    return this.#log;
  }

  /** Memory that the process has in use now, bytes. */
  get residentBytes(): number {
    const status = fs.readFileSync(`/proc/${this.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024;
  }

  /** Lets `peakResidentBytes` count from now on. */
  resetPeakResidentBytes(): void {
    fs.writeFileSync(`/proc/${this.pid}/clear_refs`, '5');
  }

  /** Most memory that the process had in use at once since its start or the last reset, bytes. */
  get peakResidentBytes(): number {
    const status = fs.readFileSync(`/proc/${this.pid}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) * 1024;
  }

  /** Starts on the same data as before, with further settings; resolves when the service says that it is ready. */
  async start(env: Readonly<Record<string, string>> = {}): Promise<void> {
    const child = spawn(path.join(repository, 'gateway/opendts'), ['start'], {
      cwd: repository,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        PATH: `${path.dirname(process.execPath)}:${process.env.PATH}`,
        OPENDTS_HOST: '127.0.0.1',
        OPENDTS_PORT: '0',
        OPENDTS_DATA_DIR: this.dataDir,
        OPENDTS_RATE_PER_MINUTE: '100000',
        ...this.#env,
        ...env,
      },
    });
    this.#child = child;
    this.#janitor.watch(child.pid);
    child.once('exit', () => {
      if (this.#child === child) this.#forget();
    });
    const started = this.#log.length;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`the service is not ready after 60 s\n${this.#log}`)),
        60_000,
      );
      const settle = (action: () => void) => {
        clearTimeout(timer);
        action();
      };
      const onText = (text: Buffer) => {
        this.#log = `${this.#log}${text}`.slice(-1024 * 1024);
        const ready = readyLine.exec(this.#log.slice(Math.min(started, this.#log.length)));
        if (this.#url === undefined && ready?.[1] !== undefined) {
          this.#url = ready[1];
          settle(resolve);
        }
      };
      child.stdout?.on('data', onText);
      child.stderr?.on('data', onText);
      child.once('error', (error) => settle(() => reject(error)));
      child.once('exit', (code, signal) =>
        settle(() =>
          reject(new Error(`the service ended with ${code ?? signal} before it was ready\n${this.#log}`)),
        ),
      );
    });
  }

  /** Ends the process as a power cut would; resolves when it is gone. */
  async kill9(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Ends the process in order, as an administrator would. */
  async shutDown(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** Ends the process and removes its data, if it made the folder. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
    await this.#janitor.finish();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), 30_000);
    await gone;
    clearTimeout(timer);
    this.#forget();
  }

  #forget(): void {
    this.#child = undefined;
    this.#url = undefined;
    this.#janitor.watch(undefined);
  }
}
