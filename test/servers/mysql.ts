import fs from 'node:fs';
import mysql, { type Connection, type ConnectionOptions, type RowDataPacket } from 'mysql2/promise';
import { type ExternalServer, takeExternalServer } from './external-server.ts';
import { freePort } from './free-port.ts';
import type { Installation } from './installation.ts';
import { installMariadb1011 } from './mariadb-10.11.ts';
import { installMysql56 } from './mysql-5.6.ts';
import { installMysql97 } from './mysql-9.7.ts';
import { registerServer } from './running-servers.ts';
import { ServerProcess } from './server-process.ts';

export type Flavour = 'mysql-9.7' | 'mysql-5.6' | 'mariadb-10.11';

interface FlavourSource {
  readonly install: () => Promise<Installation>;
  /** Variable that names ready servers instead. */
  readonly variable: string;
  readonly needs: string;
}

const sources: Record<Flavour, FlavourSource> = {
  'mysql-9.7': {
    install: installMysql97,
    variable: 'OPENDTS_TEST_MYSQL97_URL',
    needs: 'apt-get and dpkg-deb with a Debian archive that has the suite sid',
  },
  'mysql-5.6': {
    install: installMysql56,
    variable: 'OPENDTS_TEST_MYSQL56_URL',
    needs: 'Linux on x64 and the development dependencies of `npm ci`',
  },
  'mariadb-10.11': {
    install: installMariadb1011,
    variable: 'OPENDTS_TEST_MARIADB_URL',
    needs: 'apt-get and dpkg-deb with a Debian archive that has the suite bookworm',
  },
};

export const flavours = Object.keys(sources) as Flavour[];

/** A real server, empty at its start, that this process may do anything to. Root has no password. */
export interface MysqlServer extends AsyncDisposable {
  readonly flavour: Flavour;
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly url: string;
  /** Process id; throws while the server is down. */
  readonly pid: number;
  /** Runs SQL as root on one connection that stays open, by the text protocol; several statements give a list of results. */
  query<T = RowDataPacket>(sql: string, values?: unknown[]): Promise<T[]>;
  /** A connection as root, or as `options` say; the caller ends it. */
  connect(options?: ConnectionOptions): Promise<Connection>;
  /** Orderly stop and start on the same port and data. */
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

/** Has the flavour's programs in the cache, or fails with what is missing. */
export async function installFlavour(flavour: Flavour): Promise<Installation> {
  const source = sources[flavour];
  try {
    return await source.install();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `${flavour} cannot be had on this system: ${reason}\n` +
        `It needs ${source.needs}; or set ${source.variable} to the URL of a ready server, as mysql://root:password@host:port`,
      { cause },
    );
  }
}

/** Whether a variable names ready servers of this flavour. */
export function isExternal(flavour: Flavour): boolean {
  return Boolean(process.env[sources[flavour].variable]);
}

/** Starts a server of the flavour on a free loopback port. */
export async function startMysql(flavour: Flavour, options: StartOptions = {}): Promise<MysqlServer> {
  const list = process.env[sources[flavour].variable];
  const server = list
    ? await connectExternal(flavour, await takeExternalServer(list))
    : await startOwn(flavour, await installFlavour(flavour), options);
  registerServer(server);
  return server;
}

let startedServers = 0;

async function startOwn(
  flavour: Flavour,
  installation: Installation,
  options: StartOptions,
): Promise<MysqlServer> {
  const process_ = new ServerProcess(`opendts-${flavour}`);
  const serverId = options.serverId ?? 1000 + (process.pid % 100_000) * 100 + (startedServers++ % 100);
  let args = options.args ?? [];
  let port = await freePort();
  const root = new RootSession(() => ({ host: '127.0.0.1', port, user: 'root', password: '' }));
  const launch = async () => {
    const command = installation.command({ folder: process_.folder, port, serverId, args });
    await process_.start(command, installation.env, () => root.answers());
  };
  try {
    await installation.createData(`${process_.folder}/data`, args);
    for (let attempt = 1; ; attempt++) {
      try {
        await launch();
        break;
      } catch (error) {
        if (attempt === 3 || !/port|address already in use/i.test(process_.log())) throw error;
        fs.rmSync(process_.logFile, { force: true });
        port = await freePort(); // somebody was quicker
      }
    }
  } catch (error) {
    await process_.remove();
    throw error;
  }
  const start = async (newArgs?: readonly string[]) => {
    args = newArgs ?? args;
    await launch();
  };
  const server: MysqlServer = {
    flavour,
    host: '127.0.0.1',
    port,
    username: 'root',
    password: '',
    url: `mysql://root@127.0.0.1:${port}`,
    get pid() {
      return process_.pid;
    },
    query: (sql, values) => root.query(sql, values),
    connect: (each) => root.connect(each),
    restart: async (newArgs) => {
      await root.end();
      await process_.terminate();
      await start(newArgs);
    },
    kill: async () => {
      await process_.kill();
      await root.end();
    },
    start,
    stop: async () => {
      await root.end();
      await process_.remove(); // the data goes, so no orderly end is needed
    },
    [Symbol.asyncDispose]: () => server.stop(),
  };
  return server;
}

/** A server that is not ours: it cannot be restarted, and what was created in it is dropped at the end. */
async function connectExternal(flavour: Flavour, external: ExternalServer): Promise<MysqlServer> {
  const { url } = external;
  const login = {
    host: url.hostname,
    port: Number(url.port || 3306),
    user: decodeURIComponent(url.username || 'root'),
    password: decodeURIComponent(url.password),
  };
  const root = new RootSession(() => login);
  const databases = async () =>
    (await root.query<{ Database: string }>('SHOW DATABASES')).map((row) => row.Database);
  const before = new Set(await databases());
  const refuse = async () => {
    throw new Error(
      `${sources[flavour].variable} names a server that tests may not stop; unset it for this test`,
    );
  };
  const server: MysqlServer = {
    flavour,
    host: login.host,
    port: login.port,
    username: login.user,
    password: login.password,
    url: url.href,
    get pid(): number {
      throw new Error('the process of an external server is not known');
    },
    query: (sql, values) => root.query(sql, values),
    connect: (each) => root.connect(each),
    restart: refuse,
    kill: refuse,
    start: refuse,
    stop: async () => {
      for (const name of (await databases()).filter((each) => !before.has(each))) {
        await root.query(`DROP DATABASE ${mysql.escapeId(name)}`);
      }
      await root.end();
      external[Symbol.dispose]();
    },
    [Symbol.asyncDispose]: () => server.stop(),
  };
  return server;
}

type Login = Required<Pick<ConnectionOptions, 'host' | 'port' | 'user' | 'password'>>;

/** Root's connection: made when needed, made again after the server was down. */
class RootSession {
  readonly #login: () => Login;
  #connection: Connection | undefined;

  constructor(login: () => Login) {
    this.#login = login;
  }

  connect(options: ConnectionOptions = {}): Promise<Connection> {
    return mysql.createConnection({
      ...this.#login(),
      multipleStatements: true,
      supportBigNumbers: true,
      dateStrings: true,
      charset: 'utf8mb4',
      timezone: 'Z',
      ...options,
    });
  }

  async query<T>(sql: string, values?: unknown[]): Promise<T[]> {
    this.#connection ??= await this.connect();
    const connection = this.#connection;
    try {
      const [rows] = await connection.query(sql, values);
      return (Array.isArray(rows) ? rows : [rows]) as T[];
    } catch (error) {
      if ((error as { fatal?: boolean }).fatal && this.#connection === connection)
        this.#connection = undefined;
      throw error;
    }
  }

  async answers(): Promise<boolean> {
    try {
      await this.query('SELECT 1');
      return true;
    } catch {
      return false;
    }
  }

  async end(): Promise<void> {
    this.#connection?.destroy();
    this.#connection = undefined;
  }
}
