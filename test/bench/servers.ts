import { syncedCommits } from '../servers/installation.ts';
import { type MysqlServer, startMysql } from '../servers/mysql.ts';

/**
 * Both ends of every case: alike, a commit on disk when it is answered, as MySQL is by default, and a buffer that holds the rows, so that no
 * side waits for the disk's reads.
 */
const serverArgs = [
  ...syncedCommits,
  '--innodb-buffer-pool-size=2G',
  '--innodb-redo-log-capacity=2G',
  '--max-binlog-size=1G',
  // mydumper reads the row estimate that it cuts tables by from EXPLAIN, and does not know the tree that MySQL 9 prints.
  '--explain-format=TRADITIONAL',
];

/** A server that ends with the case. */
export const startBenchServer = async (
  stack: AsyncDisposableStack,
  args: readonly string[] = [],
): Promise<MysqlServer> => stack.use(await startMysql('mysql-9.7', { args: [...serverArgs, ...args] }));

export async function versionOf(server: MysqlServer): Promise<{ MySQL: string }> {
  const [row] = await server.query<{ version: string }>('SELECT VERSION() AS version');
  return { MySQL: row?.version ?? 'unknown' };
}
