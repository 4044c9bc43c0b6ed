import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** A directory in which the CLI was initialized; providers that are configured from now on run in it. */
export class WorkingDirectory implements Disposable {
  readonly #folder = fs.mkdtempSync(path.join(os.tmpdir(), 'opendts-directory-'));
  readonly #before = process.env.TF_DATA_DIR;

  constructor() {
    this.enter();
  }

  enter(): void {
    process.env.TF_DATA_DIR = this.#folder;
  }

  [Symbol.dispose](): void {
    if (this.#before === undefined) delete process.env.TF_DATA_DIR;
    else process.env.TF_DATA_DIR = this.#before;
    fs.rmSync(this.#folder, { recursive: true });
  }
}
