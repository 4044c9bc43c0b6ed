import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build, type Plugin } from 'esbuild';
import { manifest } from './manifest.ts';

const CONSTRUCTS = path.resolve(import.meta.dirname, '..');
const REPOSITORY = path.resolve(CONSTRUCTS, '../..');

/**
 * Writes the package that projects install: for each module of the constructs one of CommonJS, which both kinds of projects can import
 * and no node has to strip of types, and its declarations. `into` is emptied before.
 */
export async function buildPackage(into: string): Promise<void> {
  fs.rmSync(into, { recursive: true, force: true });
  await writeModules(into);
  writeDeclarations(into);
  fs.writeFileSync(path.join(into, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  fs.copyFileSync(path.join(REPOSITORY, 'LICENSE'), path.join(into, 'LICENSE'));
}

async function writeModules(into: string): Promise<void> {
  const modules = ['.', 'l1'].flatMap((folder) =>
    fs.readdirSync(path.join(CONSTRUCTS, folder)).map((name) => path.join(CONSTRUCTS, folder, name)),
  );
  await build({
    entryPoints: modules.filter((file) => file.endsWith('.ts')),
    outdir: into,
    outbase: CONSTRUCTS,
    bundle: true,
    packages: 'external',
    plugins: [modulesOfTheirOwn],
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'silent',
  });
}

/** Modules of the constructs import each other as files of the package; what is the provider's becomes part of who imports it. */
const modulesOfTheirOwn: Plugin = {
  name: 'modules of their own',
  setup({ onResolve }) {
    onResolve({ filter: /^\.{1,2}\/.*\.ts$/ }, ({ path: target, resolveDir }) => {
      const isOurs = path.resolve(resolveDir, target).startsWith(CONSTRUCTS + path.sep);
      return isOurs ? { path: withoutTypes(target), external: true } : undefined;
    });
  },
};

function writeDeclarations(into: string): void {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'opendts-declarations-'));
  try {
    const compiler = path.join(REPOSITORY, 'node_modules/.bin/tsc');
    const done = spawnSync(compiler, ['-p', import.meta.dirname, '--outDir', folder], { encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`no declarations: ${done.error?.message ?? done.stdout}`);
    const ours = path.join(folder, path.relative(REPOSITORY, CONSTRUCTS));
    for (const name of fs.readdirSync(ours, { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.d.ts')) continue;
      const text = fs.readFileSync(path.join(ours, name), 'utf8');
      const imports = /(\b(?:from |import\())(['"])(\.{1,2}\/[^'"]+)\2/g;
      const rewritten = text.replace(imports, (_, word, quote, target: string) => {
        return `${word}${quote}${withoutTypes(target)}${quote}`;
      });
      fs.writeFileSync(path.join(into, name), rewritten);
    }
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

const withoutTypes = (target: string): string => target.replace(/\.ts$/, '.js');
