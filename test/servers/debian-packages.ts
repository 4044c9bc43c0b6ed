import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { progress } from './cache.ts';
import { runProgram } from './run-program.ts';

/** Libraries of the closure are needed; what configures a system is not. */
const WANTED = /^(lib(?!perl|pam-)|zlib)/;
const UNNEEDED_FOLDERS = ['doc', 'man', 'locale', 'lintian', 'bug', 'info'];
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

export interface DebianPackages {
  readonly name: string;
  readonly suite: string;
  readonly packages: readonly string[];
}

/** Unpacks the packages and their libraries into `folder`: no root, no change of the system, from the system's own mirror. */
export async function unpackDebianPackages(wanted: DebianPackages, folder: string): Promise<void> {
  const apt = await privateApt(wanted.suite, folder);
  try {
    progress(`${wanted.name}: reading the package lists of Debian ${wanted.suite}`);
    await apt.get(['update']);
    const closure = await resolveClosure(apt, wanted.packages);
    progress(`${wanted.name}: downloading ${closure.length} packages`);
    await apt.get(['download', ...closure], apt.downloads);
    progress(`${wanted.name}: unpacking`);
    for (const file of fs.readdirSync(apt.downloads).filter((name) => name.endsWith('.deb'))) {
      await runProgram(['dpkg-deb', '-x', path.join(apt.downloads, file), folder]);
    }
  } finally {
    fs.rmSync(apt.folder, { recursive: true, force: true, maxRetries: 5 });
  }
  for (const name of UNNEEDED_FOLDERS) {
    fs.rmSync(path.join(folder, 'usr/share', name), { recursive: true, force: true });
  }
}

interface PrivateApt {
  readonly folder: string;
  readonly downloads: string;
  get(args: readonly string[], cwd?: string): Promise<string>;
}

/** An apt with state, lists and hooks of its own: the system's would want root, and a container's would delete packages. */
async function privateApt(suite: string, parent: string): Promise<PrivateApt> {
  const folder = path.join(parent, '.apt');
  const downloads = path.join(folder, 'downloads');
  for (const name of ['lists/partial', 'archives/partial', 'log', 'downloads']) {
    fs.mkdirSync(path.join(folder, name), { recursive: true });
  }
  fs.writeFileSync(path.join(folder, 'status'), '');
  const signed = fs.existsSync(KEYRING) ? `[signed-by=${KEYRING}] ` : '';
  fs.writeFileSync(path.join(folder, 'sources.list'), `deb ${signed}${await mirror()} ${suite} main\n`);
  const acquire = (await runProgram(['apt-config', 'dump']))
    .split('\n')
    .filter((line) => /^Acquire::\S+ ".+";$/.test(line) && !line.includes('::IndexTargets::')); // proxies
  const config = ['Dir::Etc::parts "/dev/null";', 'Dir::Etc::main "/dev/null";', ...acquire].join('\n');
  fs.writeFileSync(path.join(folder, 'apt.conf'), `${config}\n`, { mode: 0o600 });

  const settings = {
    'Dir::State': folder,
    'Dir::State::Lists': `${folder}/lists`,
    'Dir::State::status': `${folder}/status`,
    'Dir::Etc::sourcelist': `${folder}/sources.list`,
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::Etc::preferences': '/dev/null',
    'Dir::Etc::preferencesparts': '/dev/null',
    'Dir::Cache': folder,
    'Dir::Cache::archives': `${folder}/archives`,
    'Dir::Log': `${folder}/log`,
    'Acquire::Languages': 'none',
    'Acquire::PDiffs': 'false',
    'Acquire::Retries': '3',
    'Acquire::Check-Valid-Until': 'false', // a mirror may serve an unstable suite frozen
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled': 'false',
    'APT::Sandbox::User': os.userInfo().username,
    'APT::Install-Recommends': 'false',
    'Debug::NoLocking': 'true',
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  const env = { APT_CONFIG: path.join(folder, 'apt.conf') };
  return {
    folder,
    downloads,
    get: (args, cwd = folder) => runProgram(['apt-get', ...options, '-q', ...args], { cwd, env }),
  };
}

/** Base address of the archive that this system installs from. */
async function mirror(): Promise<string> {
  const format = '$(REPO_URI)|$(RELEASE)|$(COMPONENT)';
  const targets = await runProgram(['apt-get', 'indextargets', '--format', format, 'Created-By: Packages']);
  const rows = targets.split('\n').map((line) => line.split('|'));
  const main = rows.find(
    ([uri = '', release = '', component]) =>
      component === 'main' && !/-(security|updates|backports)/.test(release) && !uri.includes('security'),
  );
  if (main?.[0] === undefined) throw new Error('apt has no Debian archive configured');
  return main[0];
}

/** `name=version` of each package, one consistent choice as if installed on an empty system. */
async function resolveClosure(apt: PrivateApt, packages: readonly string[]): Promise<string[]> {
  const plan = await apt.get(['-s', '--no-install-recommends', 'install', ...packages]);
  return [...plan.matchAll(/^Inst (\S+) \((\S+)/gm)]
    .filter(([, name = '']) => packages.includes(name) || WANTED.test(name))
    .map(([, name, version]) => `${name}=${version}`);
}

/** The command that runs an unpacked program with the C library and the libraries that came with it. */
export function unpackedCommand(
  folder: string,
  program: string,
  libraryFolders: readonly string[] = [],
): string[] {
  const triplet = process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';
  const loader = process.arch === 'arm64' ? 'lib/ld-linux-aarch64.so.1' : 'lib64/ld-linux-x86-64.so.2';
  const libraries = [
    `usr/lib/${triplet}`,
    `lib/${triplet}`,
    ...libraryFolders.map((each) => `usr/lib/${triplet}/${each}`),
  ];
  const loaderFile = [`usr/${loader}`, loader]
    .map((each) => path.join(folder, each))
    .find((each) => fs.existsSync(each));
  if (loaderFile === undefined) throw new Error(`${folder} has no dynamic loader`);
  const libraryPath = libraries.map((each) => path.join(folder, each)).join(':');
  return [loaderFile, '--library-path', libraryPath, path.join(folder, program)];
}
