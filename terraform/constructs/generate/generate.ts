import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { bindings } from './bindings.ts';
import type { ProviderSchema } from './provider-schema.ts';

const REPOSITORY = path.resolve(import.meta.dirname, '../../..');

/** Bindings as they are committed: formatted as the rest of the code. */
export function formattedBindings(schema: ProviderSchema): Map<string, string> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'opendts-bindings-'));
  try {
    for (const [name, text] of bindings(schema)) fs.writeFileSync(path.join(folder, name), text);
    format(folder);
    return readAll(folder);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** Files of a folder by name; none when it does not exist. */
export function readAll(folder: string): Map<string, string> {
  const names = fs.existsSync(folder) ? fs.readdirSync(folder).sort() : [];
  return new Map(names.map((name) => [name, fs.readFileSync(path.join(folder, name), 'utf8')]));
}

/** Names of the files that differ between the two. */
export function differing(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): string[] {
  const names = new Set([...one.keys(), ...other.keys()]);
  return [...names].filter((name) => one.get(name) !== other.get(name)).sort();
}

function format(folder: string): void {
  const biome = path.join(REPOSITORY, 'node_modules/.bin/biome');
  const config = `--config-path=${path.join(REPOSITORY, 'biome.json')}`;
  // Outside of the repository, where what it ignores means nothing.
  const args = ['check', '--write', config, '--vcs-enabled=false', folder];
  const { status, stderr, error } = spawnSync(biome, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`biome cannot format the bindings: ${error?.message ?? stderr}`);
}
