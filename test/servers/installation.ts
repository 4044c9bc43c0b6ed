/** How one version of a server is had and run. */
export interface Installation {
  /** Environment of the server process. */
  readonly env: NodeJS.ProcessEnv;
  /** Makes a data folder that no server has used; `args` are the extra options of this server. */
  createData(folder: string, args: readonly string[]): Promise<void>;
  /** The command that starts the server; extra options come last and win. */
  command(options: CommandOptions): string[];
}

export interface CommandOptions {
  readonly folder: string;
  readonly port: number;
  readonly serverId: number;
  readonly args: readonly string[];
}

/** Options that all flavours share: loopback only, everything inside `folder`, quick rather than safe from power loss. */
/** A commit is on disk when it is answered: MySQL's own default. Given as `args` it goes before the servers' usual one. */
export const syncedCommits = ['--sync-binlog=1', '--innodb-flush-log-at-trx-commit=1'];
/** What servers usually run with here, so that tests do not wait for the disk. */
export const unsyncedCommits = ['--sync-binlog=0', '--innodb-flush-log-at-trx-commit=2'];

export function commonOptions({ folder, port, serverId }: CommandOptions): string[] {
  return [
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    `--socket=${folder}/s`,
    `--pid-file=${folder}/pid`,
    // A server that starts removes the temporary tables of others from a folder that they share.
    `--tmpdir=${folder}/tmp`,
    `--server-id=${serverId}`,
    '--log-bin=bin',
    '--binlog-format=ROW',
    '--skip-name-resolve',
    '--secure-file-priv=',
    '--local-infile=ON',
    '--max-connections=200',
    ...unsyncedCommits,
    '--innodb-buffer-pool-size=128M',
  ];
}

/** A server that is started by root wants to be told so. */
export function userOption(): string[] {
  return process.getuid?.() === 0 ? ['--user=root'] : [];
}
