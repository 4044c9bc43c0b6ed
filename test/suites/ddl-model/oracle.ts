import { evolve } from '../../../engine/connectors/mysql/ddl/evolve.ts';
import {
  historyFromCreateStatements,
  type MysqlHistory,
} from '../../../engine/connectors/mysql/ddl/history.ts';
import type { MysqlTable } from '../../../engine/connectors/mysql/ddl/model.ts';
import type { MysqlServer } from '../../servers/mysql.ts';

export const databases = ['one', 'two'];
export const selection = { databases: databases.map((name) => ({ name })) };

const quote = (name: string) => `\`${name.replaceAll('`', '``')}\``;

/** The history that the server itself tells. */
export async function historyOf(server: MysqlServer): Promise<MysqlHistory> {
  const [facts] = await server.query(
    'SELECT VERSION() AS version, @@collation_server AS collation, @@explicit_defaults_for_timestamp AS explicit_timestamp',
  );
  const tables: { database: string; name: string; createSql: string }[] = [];
  const made: { name: string; createSql: string }[] = [];
  for (const database of databases) {
    const [shown] = await server.query(`SHOW CREATE DATABASE ${quote(database)}`);
    made.push({ name: database, createSql: shown!['Create Database'] });
    for (const row of await server.query(`SHOW TABLES FROM ${quote(database)}`)) {
      const name = String(Object.values(row)[0]);
      const [table] = await server.query(`SHOW CREATE TABLE ${quote(database)}.${quote(name)}`);
      tables.push({ database, name, createSql: table!['Create Table'] });
    }
  }
  return historyFromCreateStatements({
    flavour: server.flavour.startsWith('mariadb') ? 'mariadb' : 'mysql',
    version: facts!.version,
    collationServer: facts!.collation,
    explicitDefaultsForTimestamp: Number(facts!.explicit_timestamp) === 1,
    databases: made,
    tables,
  });
}

/** What two histories must agree on, as text that a diff shows well. */
export function describeHistory(history: MysqlHistory): Record<string, unknown> {
  const tables = history
    .tables()
    .map((table) => [`${table.id.database}.${table.id.name}`, describeTable(table, history.server.flavour)]);
  return {
    databases: Object.fromEntries([...history.databases].sort()),
    tables: Object.fromEntries(tables.sort()),
  };
}

function describeTable(table: MysqlTable, flavour: string): unknown {
  const unique = new Set(table.keys.filter((key) => key.unique).map((key) => key.name));
  // How long MariaDB cuts a plain index over a text depends on what the text was before; no row depends on it.
  const withLengths = <P extends { prefix?: number | undefined }>(name: string, parts: readonly P[]) =>
    unique.has(name) || flavour === 'mysql' ? parts : parts.map(({ prefix: _, ...part }) => part);
  return {
    columns: table.columns,
    keys: table.keys.map((key) => ({ ...key, parts: withLengths(key.name, key.parts) })),
    indexes: table.indexes.map(({ generated: _, parts, options: __, ...index }) => ({
      ...index,
      // The server rewrites expressions in its own words.
      parts: withLengths(index.name, parts).map((part) =>
        part.expression === undefined ? part : { expression: true },
      ),
    })),
    foreignKeys: [...table.foreignKeys].sort((a, b) => (a.name < b.name ? -1 : 1)),
    defaults: table.defaults,
    engine: table.engine,
  };
}

/** Statements that the server logged after `place`, with their default database. */
export interface LoggedStatement {
  readonly text: string;
  readonly database: string;
}

/** Carries the model over what the server logged. */
export function follow(
  history: MysqlHistory,
  statements: readonly LoggedStatement[],
  session: Readonly<Record<string, string>>,
): MysqlHistory {
  return statements.reduce(
    (former, { text, database }) => evolve(former, { text, database, session }, selection).history,
    history,
  );
}

/** Reads the log: SHOW BINLOG EVENTS tells each statement's text behind "use `db`; ". */
export class LogReader {
  readonly #server: MysqlServer;
  #file = '';
  #position = 4;

  constructor(server: MysqlServer) {
    this.#server = server;
  }

  async skipToEnd(): Promise<void> {
    const logs = await this.#server.query('SHOW BINARY LOGS');
    const last = logs.at(-1)!;
    this.#file = last.Log_name;
    this.#position = Number(last.File_size);
  }

  async read(): Promise<LoggedStatement[]> {
    const events = await this.#server.query(`SHOW BINLOG EVENTS IN '${this.#file}' FROM ${this.#position}`);
    const statements: LoggedStatement[] = [];
    for (const event of events) {
      this.#position = Number(event.End_log_pos);
      if (event.Event_type !== 'Query') continue;
      const info = String(event.Info);
      const match = /^use `((?:[^`]|``)*)`; ([\s\S]*)$/.exec(info);
      // MariaDB shows flags of the session too.
      const text = (match?.[2] ?? info)
        .replace(/^set foreign_key_checks=\d; /, '')
        .replace(/ \/\* xid=\d+ \*\/$/, '');
      statements.push({ text, database: match?.[1]?.replaceAll('``', '`') ?? '' });
    }
    return statements;
  }
}
