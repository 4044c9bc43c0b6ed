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

export const startBenchServer = (args: readonly string[] = []): Promise<MysqlServer> =>
  startMysql('mysql-9.7', { args: [...serverArgs, ...args] });
