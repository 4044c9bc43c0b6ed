import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin, stop } from 'esbuild';
import { contentHash } from './content-hash.ts';

export interface ThreadBundle {
  readonly code: Uint8Array;
  /** Source map; its sources are absolute paths. */
  readonly map: string;
  /** Path → hash of every file that the code is made of, or whose change could change it. */
  readonly inputs: Readonly<Record<string, string>>;
}

/** Large and seldom needed: character sets that Node does not know, certificates of a cloud. Loaded when first used. */
const SELDOM = /^iconv-lite$|\/ssl_profiles(\.js)?$/;
const HERE = fileURLToPath(import.meta.url);

/**
 * A module with all that it imports as one file of modern JavaScript, for the folder. Half of what a thread's modules take in memory is their
 * text, comments included, and what Node keeps about each of them.
 */
export async function bundleThread(
  entry: string,
  folder: string,
  signal: AbortSignal,
): Promise<ThreadBundle> {
  signal.throwIfAborted();
  const inputs: Record<string, string> = {};
  const outfile = path.join(folder, 'thread.mjs');
  try {
    const { outputFiles } = await Promise.race([
      build({
        entryPoints: [entry],
        outfile,
        bundle: true,
        write: false,
        platform: 'node',
        format: 'esm',
        target: 'esnext',
        // As Node resolves.
        mainFields: ['main'],
        conditions: [],
        tsconfigRaw: {},
        minify: true,
        sourcemap: 'external',
        sourcesContent: false,
        banner: {
          js: "const require=process.getBuiltinModule('node:module').createRequire(import.meta.url);",
        },
        plugins: [seldomNeeded(inputs), hashedInputs(inputs)],
        logLevel: 'silent',
      }),
      // A build that is stopped says nothing more.
      new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    ]);
    await addRules(inputs);
    const [map, code] = outputFiles.sort((a, b) => b.path.length - a.path.length);
    return { code: code!.contents, map: withAbsoluteSources(map!.text, folder), inputs };
  } finally {
    await stop();
  }
}

/** The content that is hashed is the one that goes into the code: a change meanwhile cannot be missed. */
const hashedInputs = (inputs: Record<string, string>): Plugin => ({
  name: 'hashed-inputs',
  setup({ onLoad }) {
    onLoad({ filter: /\.(ts|js|cjs|mjs|json)$/, namespace: 'file' }, async ({ path: file }) => {
      const contents = await readFile(file);
      inputs[file] = contentHash(contents);
      return { contents, loader: file.endsWith('.ts') ? 'ts' : file.endsWith('.json') ? 'json' : 'js' };
    });
  },
});

const seldomNeeded = (inputs: Record<string, string>): Plugin => ({
  name: 'seldom-needed',
  setup({ onResolve, onLoad }) {
    const namespace = 'seldom-needed';
    onResolve({ filter: SELDOM }, ({ path: name, importer }) => ({
      path: createRequire(importer).resolve(name),
      namespace,
    }));
    onLoad({ filter: /./, namespace }, async ({ path: file }) => {
      inputs[file] = contentHash(await readFile(file));
      const wanted = `require(${JSON.stringify(file)})`;
      return { contents: standInFor(wanted) };
    });
    onResolve({ filter: /./, namespace }, ({ path: file }) => ({ path: file, external: true }));
  },
});

/** Looks like the module's exports, and loads it when it is first looked at. */
const standInFor = (wanted: string) => `module.exports = new Proxy({}, {
  get: (_, key) => ${wanted}[key],
  has: (_, key) => key in ${wanted},
  ownKeys: () => Reflect.ownKeys(${wanted}),
  getOwnPropertyDescriptor(_, key) {
    const own = Object.getOwnPropertyDescriptor(${wanted}, key);
    return own && { ...own, configurable: true };
  },
})`;

/** What decides how names are resolved and how code is made: the packages' descriptions, the bundler, this module. */
async function addRules(inputs: Record<string, string>): Promise<void> {
  const bundler = createRequire(import.meta.url).resolve('esbuild/package.json');
  const rules = new Set([HERE, path.resolve(HERE, '../../../package.json'), bundler]);
  for (const file of Object.keys(inputs)) {
    const [root] = /^.*[\\/]node_modules[\\/](@[^\\/]+[\\/])?[^\\/]+/.exec(file) ?? [];
    if (root !== undefined) rules.add(path.join(root, 'package.json'));
  }
  for (const file of rules) inputs[file] = contentHash(await readFile(file));
}

function withAbsoluteSources(map: string, folder: string): string {
  const parsed = JSON.parse(map) as { sources: string[] };
  return JSON.stringify({ ...parsed, sources: parsed.sources.map((each) => path.resolve(folder, each)) });
}
