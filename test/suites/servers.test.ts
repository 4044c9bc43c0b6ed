import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type Flavour, flavours, startMysql } from '../servers/mysql.ts';

const VERSIONS: Record<Flavour, RegExp> = {
  'mysql-9.7': /^9\.7\./,
  'mysql-5.6': /^5\.6\./,
  'mariadb-10.11': /^10\.11\..*MariaDB/,
};

/** Runs TypeScript in a process of its own; `line` gives what it prints next. */
function runScript(script: string, env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', script], {
    cwd: import.meta.dirname,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const exited = once(child, 'exit') as Promise<[number | null]>;
  return { child, exited, line: async () => (await lines.next()).value as string, errors: collect(child) };
}

function collect(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.on('data', (chunk) => {
    text += chunk;
  });
  return () => text;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function temporaryFolder(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'opendts-test-'));
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe.each(flavours)('%s', (flavour) => {
  test('runs with row events and GTIDs in its log, and keeps its data through kill and restart', async () => {
    await using server = await startMysql(flavour);
    const [about] = await server.query<{ version: string; format: string; log: number }>(
      'SELECT VERSION() version, @@binlog_format format, @@log_bin log',
    );
    expect(about).toMatchObject({ version: expect.stringMatching(VERSIONS[flavour]), format: 'ROW', log: 1 });
    const gtid = flavour === 'mariadb-10.11' ? '@@gtid_strict_mode = 1' : "@@gtid_mode = 'ON'";
    expect(await server.query(`SELECT ${gtid} AS gtid`)).toEqual([{ gtid: 1 }]);

    await server.query('CREATE DATABASE shop; CREATE TABLE shop.orders (id INT PRIMARY KEY) ENGINE=InnoDB');
    await server.query('INSERT INTO shop.orders VALUES (?)', [1]);
    const { pid, port } = server;
    await server.kill();
    expect(isAlive(pid)).toBe(false);
    await server.start();
    await server.query('INSERT INTO shop.orders VALUES (2)');
    await server.restart(['--max-connections=77']);
    expect(server.port).toBe(port);
    expect(await server.query('SELECT id, @@max_connections AS most FROM shop.orders')).toEqual([
      { id: 1, most: 77 },
      { id: 2, most: 77 },
    ]);
  });

  test('two of them differ in port, server id and data', async () => {
    const [one, two] = await Promise.all([startMysql(flavour), startMysql(flavour)]);
    await using _one = one;
    await using _two = two;
    await one.query('CREATE DATABASE only_here');
    expect(one.port).not.toBe(two.port);
    const uuid = flavour === 'mariadb-10.11' ? '@@server_id' : '@@server_uuid';
    const identity = `SELECT @@server_id AS id, ${uuid} AS uuid`;
    const [first] = await one.query<{ id: number; uuid: string }>(identity);
    const [second] = await two.query<{ id: number; uuid: string }>(identity);
    expect(first?.id).not.toBe(second?.id);
    expect(first?.uuid).not.toBe(second?.uuid);
    expect(await two.query("SHOW DATABASES LIKE 'only_here'")).toEqual([]);
  });
});

test('options that are fixed with the data folder are honoured', async () => {
  await using server = await startMysql('mysql-9.7', { args: ['--lower-case-table-names=1'] });
  expect(await server.query('SELECT @@lower_case_table_names AS names')).toEqual([{ names: 1 }]);
});

test('an option that the server refuses is an error with the words of its log, and leaves nothing', async () => {
  const folder = temporaryFolder();
  vi.stubEnv('TMPDIR', folder);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  await expect(startMysql('mariadb-10.11', { args: ['--no-such-option=1'] })).rejects.toThrow(
    /no-such-option/,
  );
  expect(fs.readdirSync(folder)).toEqual([]);
});

test('a server and its data go when the process that started it is killed', async () => {
  const script = runScript(`
    import fs from 'node:fs';
    import { startMysql } from '${import.meta.dirname}/../servers/mysql.ts';
    const server = await startMysql('mariadb-10.11');
    console.log(server.pid + ' ' + fs.readlinkSync('/proc/' + server.pid + '/cwd'));
    setInterval(() => {}, 1000);
  `);
  const [pid = '', ...folder] = (await script.line()).split(' ');
  const data = folder.join(' ');
  expect([isAlive(Number(pid)), fs.existsSync(data)]).toEqual([true, true]);
  script.child.kill('SIGKILL');
  await script.exited;
  await expect
    .poll(() => [isAlive(Number(pid)), fs.existsSync(data)], { timeout: 10_000 })
    .toEqual([false, false]);
});

describe('the cache of servers', () => {
  const build = (folder: string) => `
    import fs from 'node:fs';
    import { cached } from '${import.meta.dirname}/../servers/cache.ts';
    import { unpackDebianPackages } from '${import.meta.dirname}/../servers/debian-packages.ts';
    const packages = { name: 'small', suite: 'bookworm', packages: ['libaio1'] };
    const root = await cached({ name: packages.name, key: [], build: async (folder) => {
      fs.appendFileSync('${folder}/built', process.pid + '\\n');
      await unpackDebianPackages(packages, folder);
    }});
    console.log(root);
  `;

  test('is filled once by two processes at the same time', async () => {
    const cache = temporaryFolder();
    const scripts = [1, 2].map(() => runScript(build(cache), { XDG_CACHE_HOME: cache }));
    const [one, two] = await Promise.all(scripts.map((script) => script.line()));
    expect(scripts.map((script) => script.errors()).join('')).toContain('waiting for another process');
    expect(two).toBe(one);
    expect(fs.readFileSync(path.join(cache, 'built'), 'utf8').trim().split('\n')).toHaveLength(1);
    expect(fs.readdirSync(one ?? '', { recursive: true }).join()).toContain('libaio.so.1');
    await Promise.all(scripts.map((script) => script.exited));
  });

  test('is not fooled by a download that was killed', async () => {
    const cache = temporaryFolder();
    const killed = runScript(build(cache), { XDG_CACHE_HOME: cache });
    await expect.poll(() => killed.errors(), { timeout: 30_000 }).toContain('downloading');
    killed.child.kill('SIGKILL');
    await killed.exited;
    const entries = () =>
      fs.readdirSync(path.join(cache, 'opendts-servers')).filter((name) => !name.endsWith('.lock'));
    expect(entries().filter((name) => !name.includes('.partial-'))).toEqual([]);

    const next = runScript(build(cache), { XDG_CACHE_HOME: cache });
    expect(await next.line()).toBe(path.join(cache, 'opendts-servers', entries()[0] ?? 'none'));
    await next.exited;
    expect(entries()).toHaveLength(1);
  });
});

test('a system without the programs is told what to install and which variable helps', async () => {
  const folder = temporaryFolder();
  const script = runScript(
    `
    import { installFlavour } from '${import.meta.dirname}/../servers/mysql.ts';
    try { await installFlavour('mysql-9.7'); } catch (error) { console.log(error.message.replaceAll('\\n', ' ')); }
    `,
    { XDG_CACHE_HOME: folder, PATH: folder },
  );
  const message = await script.line();
  expect(message).toContain('needs apt-get and dpkg-deb');
  expect(message).toContain('OPENDTS_TEST_MYSQL97_URL');
  await script.exited;
});

test('a ready server is taken from a variable and left as it was', async () => {
  await using server = await startMysql('mariadb-10.11');
  await server.query('CREATE DATABASE theirs');
  const script = runScript(
    `
    import { startMysql } from '${import.meta.dirname}/../servers/mysql.ts';
    await using server = await startMysql('mariadb-10.11');
    await server.query('CREATE DATABASE ours');
    console.log(server.port);
    `,
    { OPENDTS_TEST_MARIADB_URL: server.url },
  );
  expect(await script.line()).toBe(String(server.port));
  expect(await script.exited).toEqual([0, null]);
  const names = (await server.query<{ Database: string }>('SHOW DATABASES')).map((row) => row.Database);
  expect(names).toContain('theirs');
  expect(names).not.toContain('ours');
});
