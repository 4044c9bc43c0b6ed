import mysql, { type Connection, type ConnectionOptions, type RowDataPacket } from 'mysql2/promise';

export type Login = Required<Pick<ConnectionOptions, 'host' | 'port' | 'user' | 'password'>>;

const ANSWER_MILLIS = 3000;

/** Root's connection: made when needed, made again after the server was down. */
export class RootSession {
  readonly #login: () => Login;
  #connection: Connection | undefined;

  constructor(login: () => Login) {
    this.#login = login;
  }

  async connect(options: ConnectionOptions = {}): Promise<Connection> {
    const connection = await mysql.createConnection({
      ...this.#login(),
      multipleStatements: true,
      supportBigNumbers: true,
      dateStrings: true,
      charset: 'utf8mb4',
      timezone: 'Z',
      ...options,
    });
    connection.on('error', () => {}); // a server that goes away is told by the next query
    return connection;
  }

  async query<T>(sql: string, values?: unknown[]): Promise<T[]> {
    this.#connection ??= await this.connect();
    const connection = this.#connection;
    try {
      const [rows] = await connection.query(sql, values);
      return (Array.isArray(rows) ? rows : [rows]) as T[];
    } catch (error) {
      if ((error as { fatal?: boolean }).fatal && this.#connection === connection) this.end();
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

  /** Sessions of clients that do nothing, as `user@host (id)`; none when the server is down. */
  async idleSessions(): Promise<string[]> {
    try {
      const connection = await this.connect({ connectTimeout: ANSWER_MILLIS });
      try {
        const own = new Set([connection.threadId, this.#connection?.threadId]);
        const statement = { sql: 'SHOW PROCESSLIST', timeout: ANSWER_MILLIS };
        const [rows] = await connection.query<RowDataPacket[]>(statement);
        return rows
          .filter((row) => row.Command === 'Sleep' && !own.has(Number(row.Id)))
          .map((row) => `${row.User}@${row.Host} (${row.Id})`);
      } finally {
        connection.destroy();
      }
    } catch {
      return [];
    }
  }

  end(): void {
    this.#connection?.destroy();
    this.#connection = undefined;
  }
}
