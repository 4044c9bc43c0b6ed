import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

export const COOKIE = {
  TF_PLUGIN_MAGIC_COOKIE: 'd602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2',
  PLUGIN_PROTOCOL_VERSIONS: '5,6',
};

export interface LaunchOptions {
  readonly args?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** A plugin as a CLI starts it: the CLI here is this test. */
export class LaunchedPlugin implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #stdout = '';
  #stderr = '';

  constructor(program: string, { args = [], env }: LaunchOptions) {
    const PATH = `${path.dirname(process.execPath)}:${process.env.PATH}`;
    this.#child = spawn(program, [...args], { env: { PATH, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
    this.#ended = once(this.#child, 'close');
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Reads no log until the function that it gives is called, as a CLI that was stopped. */
  holdLog(): () => void {
    this.#child.stderr?.pause();
    return () => this.#child.stderr?.resume();
  }

  /** The line by which a CLI finds the server, by its fields. */
  async handshake(): Promise<Handshake> {
    while (!this.#stdout.includes('\n')) {
      const more = await Promise.race([once(this.#child.stdout!, 'data'), this.#ended.then(() => undefined)]);
      if (more === undefined) throw new Error(`the plugin ended: ${this.#stderr}`);
    }
    const [line = ''] = this.#stdout.split('\n');
    const [core, protocol, network, address = '', kind, certificate = '', ...more] = line.split('|');
    return { core, protocol, network, address, kind, certificate, more };
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** With what it ended. */
  async ended(): Promise<number | NodeJS.Signals | null> {
    await this.#ended;
    return this.#child.exitCode ?? this.#child.signalCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.signal('SIGTERM');
    await this.#ended;
  }
}

export interface Handshake {
  readonly core: string | undefined;
  readonly protocol: string | undefined;
  readonly network: string | undefined;
  readonly address: string;
  readonly kind: string | undefined;
  /** DER in base64 without padding. */
  readonly certificate: string;
  readonly more: readonly string[];
}
