import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import mysql, { type Connection, type ConnectionOptions } from 'mysql2/promise';
import { cacheFolder } from './cache.ts';
import { acquireAnyLock, type HeldLock } from './cross-process-lock.ts';
import type { Flavour, MysqlServer } from './mysql-server.ts';
import { RootSession } from './root-session.ts';
import { registerServer } from './running-servers.ts';

/**
 * Takes a ready server from a list of URLs, split by blanks or commas, that no other test of this machine holds. It
 * cannot be restarted; the databases that were created in it are dropped at the end.
 */
export async function takeExternalServer(flavour: Flavour, list: string): Promise<MysqlServer> {
  const urls = list.split(/[\s,]+/).filter((each) => each !== '');
  const lock = await acquireAnyLock(urls.map(lockFile));
  const url = urls.find((each) => lockFile(each) === lock.file) ?? '';
  const server = new ExternalServer(flavour, new URL(url), lock);
  try {
    await server.noteDatabases();
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
  return server;
}

function lockFile(url: string): string {
  const folder = path.join(cacheFolder(), 'ready-servers');
  fs.mkdirSync(folder, { recursive: true });
  return path.join(folder, createHash('sha256').update(url).digest('hex').slice(0, 16));
}

class ExternalServer implements MysqlServer {
  readonly flavour: Flavour;
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly url: string;
  readonly #lock: HeldLock;
  readonly #root: RootSession;
  readonly #checkSessions: () => Promise<void>;
  #databasesBefore: ReadonlySet<string> | undefined;

  constructor(flavour: Flavour, url: URL, lock: HeldLock) {
    this.flavour = flavour;
    this.host = url.hostname;
    this.port = Number(url.port || 3306);
    this.username = decodeURIComponent(url.username || 'root');
    this.password = decodeURIComponent(url.password);
    this.url = url.href;
    this.#lock = lock;
    this.#root = new RootSession(() => ({
      host: this.host,
      port: this.port,
      user: this.username,
      password: this.password,
    }));
    this.#checkSessions = registerServer({
      describe: () => `${flavour} at ${this.host}:${this.port}`,
      idleSessions: () => Promise.resolve([]), // others may use it too
      stop: () => this.stop(),
    });
  }

  get pid(): number {
    throw new Error('the process of a ready server is not known');
  }

  async noteDatabases(): Promise<void> {
    this.#databasesBefore = new Set(await this.#databases());
  }

  query<T>(sql: string, values?: unknown[]): Promise<T[]> {
    return this.#root.query(sql, values);
  }

  connect(options?: ConnectionOptions): Promise<Connection> {
    return this.#root.connect(options);
  }

  restart(): Promise<void> {
    return this.#refuse();
  }

  kill(): Promise<void> {
    return this.#refuse();
  }

  start(): Promise<void> {
    return this.#refuse();
  }

  async stop(): Promise<void> {
    await this.#checkSessions();
    try {
      for (const name of await this.#databases()) {
        if (this.#databasesBefore?.has(name) === false)
          await this.query(`DROP DATABASE ${mysql.escapeId(name)}`);
      }
    } finally {
      this.#root.end();
      this.#lock[Symbol.dispose]();
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #databases(): Promise<string[]> {
    return (await this.query<{ Database: string }>('SHOW DATABASES')).map((row) => row.Database);
  }

  #refuse(): Promise<never> {
    const server = `the ready ${this.flavour} server that a variable names`;
    return Promise.reject(new Error(`this test stops its server, which it may not do to ${server}`));
  }
}
