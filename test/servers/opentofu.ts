import fs from 'node:fs';
import path from 'node:path';
import { cached, progress } from './cache.ts';
import { findGo, type GoToolchain } from './go-toolchain.ts';
import { runProgram } from './run-program.ts';

export const OPENTOFU_VERSION = '1.12.6';
const NEEDED_GO = '1.26.6';
const MODULE = 'github.com/opentofu/opentofu';

/** Names a ready OpenTofu, which is then taken instead of building one. */
export const OPENTOFU_VARIABLE = 'OPENDTS_TEST_TOFU';

/** Path of the OpenTofu of the tests: no registry carries the program, so it is built once from its Go module. */
export async function installOpenTofu(): Promise<string> {
  const ready = process.env[OPENTOFU_VARIABLE];
  if (ready !== undefined && ready !== '') return ready;
  const folder = await cached({
    name: `opentofu-${OPENTOFU_VERSION}`,
    key: [OPENTOFU_VERSION],
    build: async (empty) => build(await findGo(NEEDED_GO), empty),
  });
  return path.join(folder, 'tofu');
}

/** Everything that Go downloads and compiles lies in a folder of this build and goes with it. */
async function build(go: GoToolchain, folder: string): Promise<void> {
  const work = path.join(folder, 'build');
  const env: NodeJS.ProcessEnv = {
    ...go.env,
    GOPATH: `${work}/path`,
    GOMODCACHE: `${work}/modules`,
    GOCACHE: `${work}/compiled`,
    GOFLAGS: '-modcacherw -mod=mod -trimpath -buildvcs=false',
    GOBIN: '',
    GOWORK: 'off',
    CGO_ENABLED: '0',
  };
  const run = (...args: string[]) => runProgram([...go.command, ...args], { cwd: `${work}/main`, env });
  fs.mkdirSync(`${work}/main`, { recursive: true });

  progress(`OpenTofu ${OPENTOFU_VERSION}: downloading its module`);
  const downloaded: unknown = JSON.parse(
    await run('mod', 'download', '-json', `${MODULE}@v${OPENTOFU_VERSION}`),
  );
  const source = (downloaded as { Dir: string }).Dir;
  // Its go.mod replaces modules by forks, which counts in the main module alone: so the main module gets the same lines.
  for (const name of ['go.mod', 'go.sum']) fs.copyFileSync(path.join(source, name), `${work}/main/${name}`);
  await run('mod', 'edit', '-module=opendts.example/tofu', `-require=${MODULE}@v${OPENTOFU_VERSION}`);
  fs.writeFileSync(
    `${work}/main/tools.go`,
    `//go:build tools\n\npackage tools\n\nimport _ "${MODULE}/cmd/tofu"\n`,
  );

  progress(`OpenTofu ${OPENTOFU_VERSION}: building, once; seven minutes on two cores`);
  const beat = setInterval(() => progress(`OpenTofu ${OPENTOFU_VERSION}: still building`), 60_000);
  try {
    const flags = `-s -w -X ${MODULE}/version.dev=no`;
    await run('build', `-ldflags=${flags}`, '-o', path.join(folder, 'tofu'), `${MODULE}/cmd/tofu`);
  } finally {
    clearInterval(beat);
  }
  fs.rmSync(work, { recursive: true, force: true, maxRetries: 5 });
  progress(`OpenTofu ${OPENTOFU_VERSION}: ready`);
}
