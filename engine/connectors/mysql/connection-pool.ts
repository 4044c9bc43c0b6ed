import type { EndpointConfig } from '../../core/endpoint.ts';
import { connect } from './connect.ts';
import type { ConnectOptions, MysqlConnection } from './connection.ts';

/** Idle connections of one purpose, kept for the next who needs one. It sets no limit: its users' parallelism is bounded. */
export class ConnectionPool {
  readonly #endpoint: EndpointConfig;
  readonly #options: ConnectOptions;
  readonly #idle: { connection: MysqlConnection; since: number }[] = [];
  readonly #now: () => number;
  #closed = false;

  constructor(endpoint: EndpointConfig, options: ConnectOptions, now: () => number) {
    this.#endpoint = endpoint;
    this.#options = options;
    this.#now = now;
  }

  async take(): Promise<MysqlConnection> {
    for (;;) {
      const idle = this.#idle.pop();
      if (!idle) return await connect(this.#endpoint, this.#options);
      // A server or a firewall may have dropped a connection that idled for long without our noticing.
      if (idle.connection.usable && this.#now() - idle.since < IDLE_MS) return idle.connection;
      await idle.connection.close();
    }
  }

  /** Gives a connection back in the session state that it was taken in; a broken one is dropped. */
  give(connection: MysqlConnection): void {
    if (!connection.usable) return;
    if (this.#closed) connection.destroy();
    else this.#idle.push({ connection, since: this.#now() });
  }

  /** Runs `work` on a connection; one whose work failed is closed, as nobody knows its session. */
  async with<T>(work: (connection: MysqlConnection) => Promise<T>): Promise<T> {
    const connection = await this.take();
    try {
      const result = await work(connection);
      this.give(connection);
      return result;
    } catch (error) {
      connection.destroy(error);
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#idle.splice(0).map(({ connection }) => connection.close()));
  }
}

const IDLE_MS = 30_000;
