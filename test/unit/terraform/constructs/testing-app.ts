import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type App, Testing } from 'cdktf';
import { afterAll } from 'vitest';

const outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'opendts-app-'));
afterAll(() => fs.rmSync(outdir, { recursive: true }));

/** An app to build stacks in. The library's own would leave a folder behind for each. */
export function testingApp(): App {
  return Testing.app({ outdir });
}
