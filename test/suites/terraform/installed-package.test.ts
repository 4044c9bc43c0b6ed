import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import packageJson from '../../../package.json' with { type: 'json' };
import { HOSTS } from '../../../terraform/provider/package/addresses.ts';
import { RELEASE } from '../../../terraform/provider/package/release.ts';
import { repository } from '../../product/service.ts';
import { runProgram } from '../../servers/run-program.ts';
import { COOKIE, LaunchedPlugin } from './framework/launched-plugin.ts';

// The package as the project of another team has it: packed by npm, unpacked under node_modules, its commands linked
// as npm links them. The libraries are those of this clone, so that no network is needed.

let project: string;

beforeAll(async () => {
  project = fs.mkdtempSync(path.join(os.tmpdir(), 'opendts-project-'));
  const packed = path.join(project, 'packed');
  const modules = path.join(project, 'node_modules');
  fs.mkdirSync(packed);
  fs.mkdirSync(path.join(modules, '.bin'), { recursive: true });
  fs.writeFileSync(path.join(project, 'package.json'), '{ "name": "infrastructure", "type": "module" }');
  await run(['npm', 'pack', '--offline', '--pack-destination', packed], repository);
  const [archive = ''] = fs.readdirSync(packed);
  await run(['tar', '-xzf', archive], packed);
  fs.renameSync(path.join(packed, 'package'), path.join(modules, packageJson.name));
  for (const library of Object.keys(packageJson.dependencies)) {
    fs.mkdirSync(path.dirname(path.join(modules, library)), { recursive: true });
    fs.symlinkSync(path.join(repository, 'node_modules', library), path.join(modules, library));
  }
  for (const [command, file] of Object.entries(packageJson.bin))
    fs.symlinkSync(path.join('..', packageJson.name, file), path.join(modules, '.bin', command));
});
afterAll(() => fs.rmSync(project, { recursive: true }));

/** Runs a program as a shell would whose first node is this one. */
const run = (argv: readonly string[], cwd: string) =>
  runProgram(argv, {
    cwd,
    env: {
      PATH: `${path.dirname(process.execPath)}:${process.env.PATH}`,
      HOME: project,
      npm_config_update_notifier: 'false',
    },
  });

/** What a CLI finds at the line that `install` printed. */
function programOf(printed: string): string {
  const folder = printed.trim().replace('Installed ', '');
  return path.join(folder, `terraform-provider-opendts_v${RELEASE.version}`);
}

const install = ['npx', '--offline', '--no', 'opendts-terraform', 'install', '--host', HOSTS.own, '--into'];

test.each([
  ['a project that has installed the package', () => project],
  ['a clone', () => repository],
])('the provider is installed out of %s, and starts', async (what, from) => {
  const mirror = path.join(project, 'mirrors', what.replaceAll(' ', '-'));
  const program = programOf(await run([...install, mirror], from()));
  await using plugin = new LaunchedPlugin(program, { env: { ...COOKIE, PLUGIN_UNIX_SOCKET_DIR: project } });
  expect(await plugin.handshake()).toMatchObject({ core: '1', protocol: '6', kind: 'grpc' });
  plugin.signal('SIGTERM');
  expect(await plugin.ended()).toBe(0);
});

test('is the same program out of both, whose hash lock files hold', async () => {
  const programs = [];
  for (const from of [project, repository]) {
    const mirror = path.join(project, 'mirrors', String(programs.length));
    programs.push(fs.readFileSync(programOf(await run([...install, mirror], from))));
  }
  expect(programs[0]!.equals(programs[1]!)).toBe(true);
});

test('the command says what is wrong with its arguments there, and nothing of how it runs', async () => {
  const wrong = run(['npx', '--offline', '--no', 'opendts-terraform', 'deploy'], project);
  const said = await wrong.catch((error: Error) => error.message);
  expect(said).toMatch(/ended with 2:/);
  expect(said).toContain('Usage: opendts-terraform');
  expect(said).not.toContain('ExperimentalWarning');
});

test('the package holds what it needs, and no tests', () => {
  const files = fs.readdirSync(path.join(project, 'node_modules', packageJson.name));
  expect(files.sort()).toEqual([
    ...['LICENSE', 'README.md', 'docs', 'engine', 'examples', 'gateway', 'package.json'],
    ...['schema.graphql', 'terraform'],
  ]);
});
