import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { BuiltPackage } from './built-package.ts';

const REPOSITORY = path.resolve(import.meta.dirname, '../../../..');

export interface ProjectOptions {
  /** The library that the project knows as `cdktf`; `cdktn` as `npm install cdktf@npm:cdktn` would put it there. */
  readonly cdktf: 'cdktf' | 'cdktn';
  /** The constructs that it installs; absent when it has some of its own. */
  readonly constructs?: BuiltPackage;
}

/** A project of a user, outside the repository, with its own node_modules. */
export class StandaloneProject implements Disposable {
  readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), 'opendts-project-'));

  constructor({ cdktf, constructs }: ProjectOptions) {
    this.#install('cdktf', cdktf);
    this.#install('constructs', 'constructs');
    // A copy: what it imports as `cdktf` is then the one of this project.
    fs.cpSync(this.#module(REPOSITORY, '@cdktf'), this.#module(this.folder, '@cdktf'), { recursive: true });
    if (constructs !== undefined) {
      fs.cpSync(constructs.folder, this.#module(this.folder, constructs.name), { recursive: true });
    }
    this.write('package.json', '{ "type": "module" }');
  }

  write(name: string, text: string): void {
    const file = path.join(this.folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
  }

  /** Copies a file of the repository to the same place in the project. */
  copy(source: string): void {
    this.write(source, fs.readFileSync(path.join(REPOSITORY, source), 'utf8'));
  }

  /** Runs a module of the project; gives what it printed. */
  run(name: string): string {
    return this.#spawn(process.execPath, [name]).stdout;
  }

  /** Runs a module of the project; gives what it printed on the standard error. */
  warningsOf(name: string, env: NodeJS.ProcessEnv = {}): string {
    return this.#spawn(process.execPath, [name], env).stderr;
  }

  /** Checks the types of the whole project as strictly as the repository's; gives what is wrong. */
  typeErrors(): string {
    const { compilerOptions } = JSON.parse(fs.readFileSync(path.join(REPOSITORY, 'tsconfig.json'), 'utf8'));
    const options = { ...compilerOptions, typeRoots: [path.join(REPOSITORY, 'node_modules/@types')] };
    this.write('tsconfig.json', JSON.stringify({ compilerOptions: options }));
    const tsc = path.join(REPOSITORY, 'node_modules/.bin/tsc');
    return spawnSync(tsc, ['--noEmit'], { cwd: this.folder, encoding: 'utf8' }).stdout;
  }

  [Symbol.dispose](): void {
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  /** A file that the project holds or made. */
  read(name: string): string {
    return fs.readFileSync(path.join(this.folder, name), 'utf8');
  }

  #install(name: string, real: string): void {
    const link = this.#module(this.folder, name);
    fs.mkdirSync(path.dirname(link), { recursive: true });
    fs.symlinkSync(this.#module(REPOSITORY, real), link);
  }

  #module(project: string, name: string): string {
    return path.join(project, 'node_modules', name);
  }

  #spawn(program: string, args: readonly string[], more: NodeJS.ProcessEnv = {}) {
    const env = { ...process.env, NODE_OPTIONS: '', CHECKPOINT_DISABLE: '1', ...more };
    const done = spawnSync(program, args, { cwd: this.folder, encoding: 'utf8', env });
    if (done.status !== 0) throw new Error(`${args.join(' ')} ended with ${done.status}: ${done.stderr}`);
    return done;
  }
}
