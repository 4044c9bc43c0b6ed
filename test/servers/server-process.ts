import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Reads process ids, one a line, 0 for none. When this process ends, however that is, ends the last one and removes the folder. */
const JANITOR = `
server=0
while read -r line; do server=$line; done
if [ "$server" -gt 0 ]; then
  kill -KILL "$server" 2>/dev/null
  while kill -0 "$server" 2>/dev/null; do sleep 0.05; done
fi
rm -rf "$1"
`;

/** A temporary folder and at most one server process in it; both go when this process goes, also by kill -9. */
export class ServerProcess {
  readonly folder: string;
  readonly #janitor: ChildProcess;
  #child: ChildProcess | undefined;

  constructor(prefix: string) {
    // short, since a socket's path has 107 bytes at most
    this.folder = fs.mkdtempSync(path.join(os.tmpdir(), `${prefix}-`));
    fs.mkdirSync(path.join(this.folder, 'tmp'));
    this.#janitor = spawn('/bin/sh', ['-c', JANITOR, 'janitor', this.folder], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true, // an interrupt at the terminal is not for it
      cwd: '/',
    });
    this.#janitor.stdin?.on('error', () => {});
    this.#janitor.unref();
    unref(this.#janitor.stdin);
  }

  get pid(): number {
    if (this.#child?.pid === undefined) throw new Error('the server does not run');
    return this.#child.pid;
  }

  get running(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get logFile(): string {
    return path.join(this.folder, 'server.log');
  }

  /** Starts the program and waits until `probe` succeeds. */
  async start(argv: readonly string[], env: NodeJS.ProcessEnv, probe: () => Promise<boolean>): Promise<void> {
    if (this.running) throw new Error('the server runs already');
    const [program = '', ...args] = argv;
    const log = fs.openSync(this.logFile, 'a');
    const child = spawn(program, args, {
      cwd: this.folder,
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC', ...env },
      stdio: ['ignore', log, log],
      detached: true,
    });
    fs.closeSync(log);
    this.#child = child;
    this.#tellJanitor(child.pid ?? 0);
    child.once('exit', () => {
      if (this.#child === child) this.#tellJanitor(0);
    });
    let failure: Error | undefined;
    child.once('error', (error) => {
      failure = error;
    });
    const deadline = Date.now() + 60_000;
    while (!(await probe())) {
      if (failure !== undefined) throw failure;
      if (!this.running || Date.now() > deadline) {
        const state = this.running ? 'is not ready after 60 s' : 'ended at its start';
        await this.kill();
        throw new Error(`${path.basename(program)} ${state}:\n${this.log()}`);
      }
      await delay(25);
    }
  }

  /** Last words of the server's log. */
  log(): string {
    return fs.existsSync(this.logFile) ? fs.readFileSync(this.logFile, 'utf8').slice(-3000) : '';
  }

  /** Asks the server to end in order; after 30 s it has to. */
  async terminate(): Promise<void> {
    const force = setTimeout(() => this.#child?.kill('SIGKILL'), 30_000);
    await this.#end('SIGTERM');
    clearTimeout(force);
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Removes the folder; the server must have ended. */
  async remove(): Promise<void> {
    await this.kill();
    fs.rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
    this.#janitor.stdin?.end(); // a second time is no harm
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === undefined || !this.running || child.pid === undefined) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }

  #tellJanitor(pid: number): void {
    this.#janitor.stdin?.write(`${pid}\n`);
  }
}

/** Lets the process end while the stream is open. */
function unref(stream: unknown): void {
  (stream as { unref?: () => void } | null)?.unref?.();
}
