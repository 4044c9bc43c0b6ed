import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { cached } from '../../servers/cache.ts';
import { unpackDebianPackages, unpackedCommand } from '../../servers/debian-packages.ts';
import type { MysqlServer } from '../../servers/mysql.ts';
import { runProgram } from '../../servers/run-program.ts';

const packages = { name: 'mydumper', suite: 'bookworm', packages: ['mydumper'] };

const installed = (): Promise<string> =>
  cached({
    name: packages.name,
    key: [packages.suite, ...packages.packages],
    build: (folder) => unpackDebianPackages(packages, folder),
  });

export async function mydumperVersion(): Promise<{ mydumper: string }> {
  const told = await runProgram([...unpackedCommand(await installed(), 'usr/bin/mydumper'), '--version']);
  return { mydumper: /\d+(\.\d+)+/.exec(told)?.[0] ?? told.trim() };
}

/** Dumps a database and loads it at the target as the tool's manual advises: several threads, rows in chunks. Seconds. */
export async function mydumperAndMyloader(
  source: MysqlServer,
  target: MysqlServer,
  database: string,
): Promise<number> {
  const root = await installed();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'opendts-mydumper-'));
  try {
    const startedAt = performance.now();
    await run(root, unpackedCommand(root, 'usr/bin/mydumper'), [
      ...accessTo(source),
      `--database=${database}`,
      `--outputdir=${folder}`,
      '--threads=4',
      '--rows=50000',
      '--trx-consistency-only',
    ]);
    await run(root, unpackedCommand(root, 'usr/bin/myloader'), [
      ...accessTo(target),
      `--directory=${folder}`,
      '--threads=4',
      '--overwrite-tables',
      '--enable-binlog',
    ]);
    return (performance.now() - startedAt) / 1000;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Where the unpacked client library finds its ways to log in. */
const triplet = process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';

const accessTo = (server: MysqlServer) => [
  `--host=${server.host}`,
  `--port=${server.port}`,
  `--user=${server.username}`,
  `--password=${server.password}`,
];

async function run(root: string, command: readonly string[], args: readonly string[]): Promise<void> {
  const [program, ...first] = command;
  const child = spawn(program!, [...first, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, MARIADB_PLUGIN_DIR: `${root}/usr/lib/${triplet}/libmariadb3/plugin` },
  });
  let errors = '';
  child.stderr.on('data', (text) => {
    errors += text;
  });
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`${args.at(-1)}: exit code ${code}: ${errors.slice(-2000)}`);
}
