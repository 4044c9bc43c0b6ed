import mysql, { type Connection } from 'mysql2/promise';

/** Where a server listens and who may do everything there. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
}

/** A row as the comparison sees it: every value as text, or null. */
export type TextRow = readonly (string | null)[];

export type TextRecord = Readonly<Record<string, string | null>>;

/** A session in which equal values have equal texts on every server. */
export interface CompareSession extends AsyncDisposable {
  rows(sql: string): Promise<TextRow[]>;
  /** The same rows by column name in upper case, as information_schema spells it on the newer servers. */
  records(sql: string): Promise<TextRecord[]>;
  /** Streams, so that memory does not grow with the result. */
  each(sql: string, visit: (row: TextRow) => void): Promise<void>;
}

const sessionSettings = [
  'SET NAMES utf8mb4',
  "SET SESSION time_zone = '+00:00'",
  "SET SESSION sql_mode = ''",
  'SET SESSION group_concat_max_len = 1000000',
  'SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ',
];

export async function openCompareSession(address: ServerAddress): Promise<CompareSession> {
  const connection: Connection = await mysql.createConnection({
    host: address.host,
    port: address.port,
    user: address.username,
    password: address.password,
    charset: 'utf8mb4',
    rowsAsArray: true,
    // Texts as the server printed them: the driver's own conversions are not to be trusted in a comparison.
    typeCast: (field) => field.string(),
  });
  for (const setting of sessionSettings) await connection.query(setting);
  // Only MySQL 8 and later keep old statistics in information_schema; the others do not know the variable.
  await connection.query('SET SESSION information_schema_stats_expiry = 0').catch(() => undefined);
  return {
    async rows(sql) {
      const [rows] = await connection.query(sql);
      return rows as unknown as TextRow[];
    },
    async records(sql) {
      const [rows, fields] = await connection.query(sql);
      const names = fields.map((field) => field.name.toUpperCase());
      return (rows as unknown as TextRow[]).map((row) =>
        Object.fromEntries(row.map((value, index) => [names[index], value])),
      );
    },
    async each(sql, visit) {
      // The promise wrapper has no streams; the plain connection inside it has.
      const plain = (connection as unknown as { connection: PlainConnection }).connection;
      for await (const row of plain.query(sql).stream({ highWaterMark: 100 })) visit(row as TextRow);
    },
    async [Symbol.asyncDispose]() {
      await connection.end().catch(() => connection.destroy());
    },
  };
}

interface PlainConnection {
  query(sql: string): { stream(options: { highWaterMark: number }): AsyncIterable<unknown> };
}

export const identifier = (name: string): string => `\`${name.replaceAll('`', '``')}\``;
export const literal = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
