import { DtsError } from '../../../core/errors.ts';
import type { StructureHistory } from '../../../core/structure.ts';
import { type Table, type TableId, type TableKey, tableKey, tableLabel } from '../../../core/table.ts';
import { type CharsetPair, resolveCharset } from './charset.ts';
import { tableOf } from './create.ts';
import { type Flavour, parseVersion } from './dialect.ts';
import type { MysqlTable } from './model.ts';
import { parseStatement } from './parser/statement.ts';
import { rulesOf, type ServerFacts } from './rules.ts';

/** The structure of databases of MySQL or MariaDB as of one position: all their tables, selected or not. Immutable. */
export class MysqlHistory implements StructureHistory {
  readonly server: ServerFacts;
  readonly databases: ReadonlyMap<string, CharsetPair>;
  readonly #tables: ReadonlyMap<TableKey, MysqlTable>;

  constructor(
    server: ServerFacts,
    databases: ReadonlyMap<string, CharsetPair>,
    tables: ReadonlyMap<TableKey, MysqlTable>,
  ) {
    this.server = server;
    this.databases = databases;
    this.#tables = tables;
  }

  table(id: TableId): MysqlTable | undefined {
    return this.#tables.get(tableKey(id));
  }

  tables(): readonly MysqlTable[] {
    return [...this.#tables.values()];
  }

  /** With these tables put in and those taken out; taken out first. */
  withTables(change: { remove?: readonly TableId[]; put?: readonly MysqlTable[] }): MysqlHistory {
    const tables = new Map(this.#tables);
    for (const id of change.remove ?? []) tables.delete(tableKey(id));
    for (const table of change.put ?? []) tables.set(tableKey(table.id), table);
    return new MysqlHistory(this.server, this.databases, tables);
  }

  adopting(id: TableId, from: StructureHistory): MysqlHistory {
    const table = from.table(id);
    return this.withTables({ remove: [id], put: table === undefined ? [] : [asMysqlTable(table)] });
  }

  withDatabase(name: string, defaults: CharsetPair): MysqlHistory {
    return new MysqlHistory(this.server, new Map(this.databases).set(name, defaults), this.#tables);
  }

  withoutDatabase(name: string): MysqlHistory {
    const databases = new Map(this.databases);
    databases.delete(name);
    const tables = new Map([...this.#tables].filter(([, table]) => table.id.database !== name));
    return new MysqlHistory(this.server, databases, tables);
  }

  serialize(): string {
    const written: SerializedHistory = {
      format,
      server: this.server,
      databases: [...this.databases],
      tables: this.tables(),
    };
    return JSON.stringify(written);
  }
}

const format = 1;

interface SerializedHistory {
  readonly format: number;
  readonly server: ServerFacts;
  readonly databases: readonly (readonly [string, CharsetPair])[];
  readonly tables: readonly MysqlTable[];
}

/** Reads what `serialize` wrote. Throws TARGET_CHECKPOINT_LOST when it cannot. */
export function restoreHistory(text: string): MysqlHistory {
  let read: SerializedHistory;
  try {
    read = JSON.parse(text);
  } catch (cause) {
    throw new DtsError('STORE_VERSION', 'The stored structure is not readable.', { cause });
  }
  if (read.format !== format) {
    throw new DtsError(
      'STORE_VERSION',
      `The stored structure has format ${read.format}, this version reads ${format}.`,
    );
  }
  const tables = new Map(read.tables.map((table) => [tableKey(table.id), table]));
  return new MysqlHistory(read.server, new Map(read.databases), tables);
}

export interface StructureTexts {
  readonly flavour: Flavour;
  /** As @@version tells: `8.0.36`, `10.11.18-MariaDB-log`; or a number like 80036. */
  readonly version: string | number;
  readonly lowerCaseTableNames?: number | undefined;
  readonly collationServer?: string | undefined;
  readonly explicitDefaultsForTimestamp?: boolean | undefined;
  readonly defaultStorageEngine?: string | undefined;
  /** SHOW CREATE DATABASE. */
  readonly databases: readonly { readonly name: string; readonly createSql: string }[];
  /** SHOW CREATE TABLE. */
  readonly tables: readonly {
    readonly database: string;
    readonly createSql: string;
    readonly name?: string;
  }[];
  /** Session variables under which the texts were written, name → SQL literal. */
  readonly session?: Readonly<Record<string, string>> | undefined;
}

/** The history that a server's own SHOW CREATE texts tell. Throws DDL_NOT_UNDERSTOOD naming the object. */
export function historyFromCreateStatements(texts: StructureTexts): MysqlHistory {
  const { flavour, lowerCaseTableNames = 0, collationServer, explicitDefaultsForTimestamp } = texts;
  const server: ServerFacts = {
    flavour,
    version: parseVersion(texts.version),
    lowerCaseTableNames,
    collationServer,
    explicitDefaultsForTimestamp,
    defaultStorageEngine: texts.defaultStorageEngine,
  };
  const rules = rulesOf(server, texts.session ?? {});
  const databases = new Map<string, CharsetPair>();
  for (const { name, createSql } of texts.databases) {
    const { node } = naming(name, () => parseStatement(createSql, rules.dialect));
    if (node.kind !== 'create-database') throw notA('CREATE DATABASE', name);
    databases.set(name, resolveCharset(node, rules.serverCharset, rules.collationFor));
  }
  const tables = new Map<TableKey, MysqlTable>();
  for (const { database, name, createSql } of texts.tables) {
    const table = naming(name === undefined ? database : `${database}.${name}`, () => {
      const { node } = parseStatement(createSql, rules.dialect);
      if (node.kind !== 'create-table') throw notA('CREATE TABLE', database);
      const databaseDefaults = databases.get(database) ?? rules.serverCharset;
      return withGuessedIndexes(tableOf(node, { database, databaseDefaults, rules }));
    });
    tables.set(tableKey(table.id), table);
  }
  return new MysqlHistory(server, databases, tables);
}

/**
 * SHOW CREATE TABLE does not tell which indexes the server made for a foreign key by itself; one that has the foreign key's
 * name and columns is taken for such.
 */
function withGuessedIndexes(table: MysqlTable): MysqlTable {
  const indexes = table.indexes.map((index) => {
    const generated =
      index.kind === 'INDEX' &&
      index.options === '' &&
      table.foreignKeys.some(
        (key) =>
          key.name === index.name &&
          key.columns.length === index.parts.length &&
          key.columns.every((column, at) => index.parts[at]?.column === column),
      );
    return generated ? { ...index, generated } : index;
  });
  return { ...table, indexes };
}

function naming<T>(object: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof DtsError)) throw error;
    throw new DtsError(error.code, `${object}: ${error.message}`, {
      details: { ...error.details, object },
      cause: error,
    });
  }
}

const notA = (what: string, object: string): DtsError =>
  new DtsError('DDL_NOT_UNDERSTOOD', `The text for ${object} is no ${what}.`, { details: { object } });

/** The MySQL view of a table that came through the pipeline. Law: tables of a MysqlHistory are given, no others. */
export function asMysqlTable(table: Table): MysqlTable {
  if ('indexes' in table && 'defaults' in table) return table as MysqlTable;
  throw new DtsError('INTERNAL', `${tableLabel(table.id)} does not come from a MySQL history.`);
}
