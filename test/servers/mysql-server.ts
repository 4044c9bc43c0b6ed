import type { Connection, ConnectionOptions, RowDataPacket } from 'mysql2/promise';

export type Flavour = 'mysql-9.7' | 'mysql-5.6' | 'mariadb-10.11';

/** A real server, empty at its start, that a test may do anything to. Root has no password on our own ones. */
export interface MysqlServer extends AsyncDisposable {
  readonly flavour: Flavour;
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly url: string;
  /** Process id; throws while the server is down. */
  readonly pid: number;
  /**
   * Runs SQL as root by the text protocol; several statements give a list of results. Session state such as USE lasts
   * from call to call until the server goes down. Dates and integers beyond 2^53 come as strings.
   */
  query<T = RowDataPacket>(sql: string, values?: unknown[]): Promise<T[]>;
  /** A connection as root, or as `options` say; the caller ends it. */
  connect(options?: ConnectionOptions): Promise<Connection>;
  /** Orderly stop and start on the same port and data; `args` replace the extra options from then on. */
  restart(args?: readonly string[]): Promise<void>;
  /** SIGKILL; `start` brings the server back. */
  kill(): Promise<void>;
  /** Starts after `kill`, on the same port and data; `args` replace the extra options from then on. */
  start(args?: readonly string[]): Promise<void>;
  /** Stops the server and removes its data. */
  stop(): Promise<void>;
}

export interface StartOptions {
  /** Extra options of the server; they win over ours. */
  readonly args?: readonly string[];
  /** Default: different for each server. */
  readonly serverId?: number;
}
