import type { EndpointConfig } from '../../core/endpoint.ts';
import { connect } from './connect.ts';
import type { ConnectOptions, MysqlConnection } from './connection.ts';

/** Idle connections of one purpose, kept for the next who needs one. It sets no limit: its users' parallelism is bounded. */
export class ConnectionPool {
  readonly #endpoint: EndpointConfig;
  readonly #options: ConnectOptions;
  readonly #idle: { connection: MysqlConnection; since: number }[] = [];
  readonly #now: () => number;
  #eviction: NodeJS.Timeout | undefined;
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
    else {
      this.#idle.push({ connection, since: this.#now() });
      this.#eviction ??= setTimeout(() => this.#evict(), IDLE_MS).unref();
    }
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
    clearTimeout(this.#eviction);
    await Promise.all(this.#idle.splice(0).map(({ connection }) => connection.close()));
  }

  /** Closes what nobody took for long: a task that is done with copying keeps no sessions for it. */
  #evict(): void {
    const oldest = this.#now() - IDLE_MS;
    const kept = this.#idle.findIndex(({ since }) => since > oldest);
    const old = this.#idle.splice(0, kept < 0 ? this.#idle.length : kept);
    for (const { connection } of old) connection.close().catch(() => undefined);
    const next = this.#idle[0];
    this.#eviction =
      next === undefined ? undefined : setTimeout(() => this.#evict(), next.since - oldest).unref();
  }
}

const IDLE_MS = 10_000;
