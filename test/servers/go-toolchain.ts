import path from 'node:path';
import { cached, progress } from './cache.ts';
import { unpackDebianPackages } from './debian-packages.ts';
import { runProgram } from './run-program.ts';

/** A Go that can build. */
export interface GoToolchain {
  readonly command: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** The Go on PATH when it is at least `minimum` (as `1.26.6`), else the one of Debian sid, unpacked into the cache. */
export async function findGo(minimum: string): Promise<GoToolchain> {
  const own: GoToolchain = { command: ['go'], env: { GOTOOLCHAIN: 'local' } };
  const version = await versionOf(own).catch(() => undefined); // none on PATH, or one that does not start
  if (version !== undefined && atLeast(version, minimum)) return own;
  const found = version === undefined ? 'no Go on PATH' : `Go ${version} on PATH is older than ${minimum}`;
  progress(`${found}: taking the one of Debian sid`);
  const unpacked = await unpackedGo(minimum.split('.').slice(0, 2).join('.'));
  const had = await versionOf(unpacked);
  if (atLeast(had, minimum)) return unpacked;
  throw new Error(`Debian sid has Go ${had}, at least ${minimum} is needed: install it, with go on PATH`);
}

async function unpackedGo(series: string): Promise<GoToolchain> {
  const packages = {
    name: `go-${series}`,
    suite: 'sid',
    packages: [`golang-${series}-go`, `golang-${series}-src`],
  };
  const folder = await cached({
    name: packages.name,
    key: [packages.suite, ...packages.packages],
    build: (empty) => unpackDebianPackages(packages, empty),
  });
  const root = path.join(folder, `usr/lib/go-${series}`);
  return { command: [path.join(root, 'bin/go')], env: { GOTOOLCHAIN: 'local', GOROOT: root } };
}

async function versionOf(go: GoToolchain): Promise<string> {
  const answer = await runProgram([...go.command, 'env', 'GOVERSION'], { env: go.env });
  return answer.trim().replace(/^go/, '');
}

/** Whether a version, as `1.26.8`, is the minimum or a later one. */
export function atLeast(version: string, minimum: string): boolean {
  const [have, want] = [version, minimum].map((each) =>
    each.split('.').map((part) => Number.parseInt(part, 10)),
  );
  for (const [index, part] of (want ?? []).entries()) {
    const own = have?.[index] ?? 0;
    if (own !== part) return own > part;
  }
  return true;
}
