import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TerraformCli } from '../../servers/terraform-clis.ts';

export interface WorkspaceOptions {
  readonly cli: TerraformCli;
  /** How the CLI comes to the provider, as environment. */
  readonly provider: Readonly<Record<string, string>>;
  /** Values of variables, asked for at each run: a restarted service has another address. */
  readonly variables: () => Readonly<Record<string, string>>;
}

/** What came of a run of the CLI. */
export interface Run {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Both streams, as a user sees them. */
  readonly text: string;
}

/** A change that a plan holds. */
export interface PlannedChange {
  readonly address: string;
  readonly actions: readonly string[];
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
}

/** A folder with a configuration and its state, on which a CLI is run. */
export class Workspace implements Disposable {
  readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), 'opendts-workspace-'));
  readonly cli: TerraformCli;
  readonly #options: WorkspaceOptions;

  constructor(options: WorkspaceOptions) {
    this.cli = options.cli;
    this.#options = options;
    fs.mkdirSync(path.join(this.folder, 'home'));
  }

  /** Writes a file of the configuration, or takes over the files of a folder. */
  write(name: string, text: string): void {
    fs.writeFileSync(path.join(this.folder, name), text);
  }

  /** Takes over what a folder has, but for what an apply there has left. */
  copy(folder: string): void {
    const isKept = (file: string) => !/^\.terraform|\.tfstate/.test(path.basename(file));
    fs.cpSync(folder, this.folder, { recursive: true, filter: isKept });
  }

  read(name: string): Buffer {
    return fs.readFileSync(path.join(this.folder, name));
  }

  /** Starts the CLI in a process group of its own, as a shell does. */
  start(...args: readonly string[]): RunningCli {
    const variables = Object.entries(this.#options.variables()).map(([name, value]) => [
      `TF_VAR_${name}`,
      value,
    ]);
    const { PATH } = process.env;
    const nodeFolder = path.dirname(process.execPath);
    const child = spawn(this.cli.program, [...args], {
      cwd: this.folder,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: `${nodeFolder}:${PATH}`,
        HOME: path.join(this.folder, 'home'),
        TMPDIR: path.join(this.folder, 'home'), // a provider that is killed leaves its socket there
        CHECKPOINT_DISABLE: '1',
        TF_IN_AUTOMATION: '1',
        TF_INPUT: '0',
        TF_CLI_CONFIG_FILE: '/dev/null',
        ...this.#options.provider,
        ...Object.fromEntries(variables),
      },
    });
    return new RunningCli(child);
  }

  /** Runs the CLI to its end. */
  run(...args: readonly string[]): Promise<Run> {
    return this.start(...args).ended;
  }

  /** Runs the CLI; fails unless it ends with 0. Gives what it said. */
  async succeed(...args: readonly string[]): Promise<string> {
    const { code, signal, text } = await this.run(...args);
    if (code !== 0)
      throw new Error(`${this.cli.name} ${args.join(' ')} ended with ${code ?? signal}:\n${text}`);
    return text;
  }

  apply(...args: readonly string[]): Promise<string> {
    return this.succeed('apply', '-no-color', '-auto-approve', ...args);
  }

  destroy(...args: readonly string[]): Promise<string> {
    return this.succeed('destroy', '-no-color', '-auto-approve', ...args);
  }

  /** The changes that a plan holds, by address; none for a plan that would change nothing. */
  async plan(...args: readonly string[]): Promise<Record<string, PlannedChange>> {
    const { code, text } = await this.run('plan', '-no-color', '-detailed-exitcode', '-out=planned', ...args);
    if (code !== 0 && code !== 2) throw new Error(`${this.cli.name} plan ended with ${code}:\n${text}`);
    const plan = await this.#show<{ resource_changes?: RawChange[] }>('planned');
    const changes = (plan.resource_changes ?? []).filter(({ change }) => change.actions.join() !== 'no-op');
    // 2 stands for outputs that change too.
    if (code === 0 && changes.length > 0) throw new Error(`a plan with changes ended with 0:\n${text}`);
    if (code === 2 && changes.length === 0) throw new Error(`a plan without changes ended with 2:\n${text}`);
    return Object.fromEntries(changes.map(({ address, change }) => [address, { address, ...change }]));
  }

  /** Values in the state by address. */
  async state(): Promise<Record<string, Record<string, unknown>>> {
    const shown = await this.#show<RawState>();
    const resources = shown.values?.root_module?.resources ?? [];
    return Object.fromEntries(resources.map(({ address, values }) => [address, values]));
  }

  /** Addresses in the state that the next apply would replace because their creation failed. */
  tainted(): string[] {
    const { resources } = JSON.parse(this.read('terraform.tfstate').toString()) as StateFile;
    return resources
      .filter(({ instances }) => instances.some(({ status }) => status === 'tainted'))
      .map(({ type, name }) => `${type}.${name}`);
  }

  [Symbol.dispose](): void {
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  async #show<T>(...args: readonly string[]): Promise<T> {
    return JSON.parse(await this.succeed('show', '-json', ...args)) as T;
  }
}

interface RawChange {
  readonly address: string;
  readonly change: Omit<PlannedChange, 'address'>;
}

interface RawState {
  readonly values?: {
    readonly root_module?: {
      readonly resources?: readonly { readonly address: string; readonly values: Record<string, unknown> }[];
    };
  };
}

interface StateFile {
  readonly resources: readonly {
    readonly type: string;
    readonly name: string;
    readonly instances: readonly { readonly status?: string }[];
  }[];
}

/** A CLI at work. */
export class RunningCli {
  readonly ended: Promise<Run>;
  readonly #child: ChildProcess;
  #text = '';

  constructor(child: ChildProcess) {
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#text += text;
      });
    }
    this.ended = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve({ code, signal, text: this.#text }));
    });
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('the CLI was not started');
    return this.#child.pid;
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** What it has said so far. */
  get text(): string {
    return this.#text;
  }

  /** Signals the whole group, as a terminal does. */
  signalGroup(signal: NodeJS.Signals): void {
    process.kill(-this.pid, signal);
  }

  /** Processes that it started, with the names of their programs. */
  children(): { readonly pid: number; readonly command: string }[] {
    return fs
      .readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => ({
        pid: Number(name),
        status: readIfThere(`/proc/${name}/stat`),
        command: readIfThere(`/proc/${name}/cmdline`),
      }))
      .filter(({ status }) => Number(/^\d+ \(.*\) \S (\d+)/s.exec(status)?.[1]) === this.pid)
      .map(({ pid, command }) => ({ pid, command: command.replaceAll('\0', ' ') }));
  }
}

function readIfThere(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return ''; // the process is gone
  }
}
