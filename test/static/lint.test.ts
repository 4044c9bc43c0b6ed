import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** What the commands of the docs leave in a clone. */
const MADE = ['dist/made.js', 'cdktf.out/stacks/sync/made.js', 'examples/terraform/sync/.terraform/made.js'];

test('the linter passes over what git ignores, such as packages and stacks that were made here', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'opendts-lint-'));
  try {
    for (const name of ['biome.json', '.gitignore', 'examples/terraform/.gitignore'])
      fs.cpSync(path.join(ROOT, name), path.join(folder, name));
    for (const name of [...MADE, 'engine/ours.js']) {
      fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      fs.writeFileSync(path.join(folder, name), 'var made = "by a program"\n');
    }
    const biome = path.join(ROOT, 'node_modules/.bin/biome');
    const { stdout, stderr } = spawnSync(biome, ['check', '--colors=off', '.'], {
      cwd: folder,
      encoding: 'utf8',
    });
    const named = [...`${stdout}${stderr}`.matchAll(/\S+\.js/g)].map(([name]) => name);
    expect([...new Set(named)]).toEqual(['engine/ours.js']);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});
