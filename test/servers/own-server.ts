import fs from 'node:fs';
import { freePort } from './free-port.ts';
import type { Installation } from './installation.ts';
import type { Flavour, MysqlServer, StartOptions } from './mysql-server.ts';
import { RootSession } from './root-session.ts';
import { registerServer } from './running-servers.ts';
import { ServerProcess } from './server-process.ts';

const PORT_TAKEN = /TCP\/IP port|address already in use/i;
const PORT_ATTEMPTS = 3;

let startedServers = 0;

/** Starts a server of our own; everything of it goes with `stop`, or with this process. */
export async function startOwnServer(
  flavour: Flavour,
  installation: Installation,
  options: StartOptions,
): Promise<MysqlServer> {
  const server = new OwnServer(flavour, installation, options);
  await server.create();
  return server;
}

class OwnServer implements MysqlServer {
  readonly flavour: Flavour;
  readonly host = '127.0.0.1';
  readonly username = 'root';
  readonly password = '';
  readonly #installation: Installation;
  readonly #process: ServerProcess;
  readonly #serverId: number;
  readonly #root: RootSession;
  readonly #checkSessions: () => Promise<void>;
  #port = 0;
  #args: readonly string[];

  constructor(flavour: Flavour, installation: Installation, options: StartOptions) {
    this.flavour = flavour;
    this.#installation = installation;
    this.#args = options.args ?? [];
    this.#serverId = options.serverId ?? 1000 + (process.pid % 1_000_000) * 1000 + (startedServers++ % 1000);
    this.#process = new ServerProcess(`opendts-${flavour}`);
    this.#root = new RootSession(() => ({ host: this.host, port: this.#port, user: 'root', password: '' }));
    this.#checkSessions = registerServer({
      describe: () => `${flavour} on port ${this.#port}`,
      idleSessions: () => (this.#process.running ? this.#root.idleSessions() : Promise.resolve([])),
      stop: () => this.stop(),
    });
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `mysql://root@${this.host}:${this.#port}`;
  }

  get pid(): number {
    return this.#process.pid;
  }

  async create(): Promise<void> {
    try {
      await this.#installation.createData(`${this.#process.folder}/data`, this.#args);
      await this.#findPort();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  query<T>(sql: string, values?: unknown[]): Promise<T[]> {
    return this.#root.query(sql, values);
  }

  connect(options?: Parameters<MysqlServer['connect']>[0]): ReturnType<MysqlServer['connect']> {
    return this.#root.connect(options);
  }

  async restart(args?: readonly string[]): Promise<void> {
    this.#root.end();
    await this.#process.terminate();
    await this.start(args);
  }

  async kill(): Promise<void> {
    await this.#process.kill();
    this.#root.end();
  }

  async start(args: readonly string[] = this.#args): Promise<void> {
    this.#args = args;
    const { folder } = this.#process;
    const command = this.#installation.command({ folder, port: this.#port, serverId: this.#serverId, args });
    await this.#process.start(command, this.#installation.env, () => this.#root.answers());
  }

  async stop(): Promise<void> {
    await this.#checkSessions();
    this.#root.end();
    await this.#process.remove(); // the data goes, so no orderly end is needed
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #findPort(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      this.#port = await freePort();
      try {
        return await this.start();
      } catch (error) {
        const takenMeanwhile = PORT_TAKEN.test(this.#process.log());
        if (attempt === PORT_ATTEMPTS || !takenMeanwhile) throw error;
        fs.rmSync(this.#process.logFile, { force: true });
      }
    }
  }
}
