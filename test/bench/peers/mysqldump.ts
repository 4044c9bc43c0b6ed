import { type ChildProcess, spawn } from 'node:child_process';
import type { MysqlServer } from '../../servers/mysql.ts';
import { mysql97Client } from '../../servers/mysql-9.7.ts';
import { runProgram } from '../../servers/run-program.ts';

export async function mysqldumpVersion(): Promise<{ mysqldump: string }> {
  const told = await runProgram([...(await mysql97Client('mysqldump')), '--version']);
  return { mysqldump: /\d+(\.\d+)+/.exec(told)?.[0] ?? told.trim() };
}

/** `mysqldump | mysql`, both with MySQL's own defaults, which write many rows per statement. Seconds. */
export async function mysqldumpAndMysql(
  source: MysqlServer,
  target: MysqlServer,
  database: string,
): Promise<number> {
  const dump = await mysql97Client('mysqldump');
  const load = await mysql97Client('mysql');
  const startedAt = performance.now();
  const loading = start([...load, ...accessTo(target), '--binary-mode', database], target, 'pipe');
  // The pipe is the two programs' own: nothing of it goes through this process.
  const dumping = start(
    [...dump, ...accessTo(source), '--single-transaction', '--set-gtid-purged=OFF', database],
    source,
    loading.stdin!,
  );
  loading.stdin!.destroy();
  await Promise.all([ended(dumping, 'mysqldump'), ended(loading, 'mysql')]);
  return (performance.now() - startedAt) / 1000;
}

const accessTo = (server: MysqlServer) => [
  '--no-defaults',
  `--host=${server.host}`,
  `--port=${server.port}`,
  `--user=${server.username}`,
];

/** `other`: where a dump writes to; `pipe` for the program that reads it. */
function start(
  [program, ...args]: readonly string[],
  server: MysqlServer,
  other: 'pipe' | NonNullable<ChildProcess['stdin']>,
): ChildProcess {
  return spawn(program!, args, {
    stdio: other === 'pipe' ? ['pipe', 'ignore', 'pipe'] : ['ignore', other, 'pipe'],
    env: { ...process.env, MYSQL_PWD: server.password },
  });
}

async function ended(child: ChildProcess, name: string): Promise<void> {
  let errors = '';
  child.stderr!.on('data', (text) => {
    errors += text;
  });
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`${name}: exit code ${code}: ${errors.slice(-2000)}`);
}
