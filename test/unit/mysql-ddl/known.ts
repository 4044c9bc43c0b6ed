import { evolve } from '../../../engine/connectors/mysql/ddl/evolve.ts';
import {
  historyFromCreateStatements,
  type MysqlHistory,
} from '../../../engine/connectors/mysql/ddl/history.ts';
import type { MysqlTable } from '../../../engine/connectors/mysql/ddl/model.ts';
import type { SchemaEffect, SchemaEvent } from '../../../engine/core/change.ts';
import type { ObjectSelection } from '../../../engine/core/selection.ts';
import type { Column, TableId } from '../../../engine/core/table.ts';

/** A server with the database `shop` and these tables in it. */
export function shopOf(options: {
  tables?: readonly string[];
  version?: string;
  selection?: ObjectSelection;
  session?: Readonly<Record<string, string>>;
}): Shop {
  const { tables = [], version = '8.0.36' } = options;
  const history = historyFromCreateStatements({
    flavour: /mariadb/i.test(version) ? 'mariadb' : 'mysql',
    version,
    databases: [
      { name: 'shop', createSql: 'CREATE DATABASE `shop` /*!40100 DEFAULT CHARACTER SET utf8mb4 */' },
    ],
    tables: tables.map((createSql) => ({ database: 'shop', createSql })),
  });
  return new Shop(history, options.selection ?? { databases: [{ name: 'shop' }] }, options.session ?? {});
}

export class Shop {
  readonly history: MysqlHistory;
  readonly effects: readonly SchemaEffect[];
  readonly event: SchemaEvent | undefined;
  readonly #selection: ObjectSelection;
  readonly #session: Readonly<Record<string, string>>;

  constructor(
    history: MysqlHistory,
    selection: ObjectSelection,
    session: Readonly<Record<string, string>>,
    event?: SchemaEvent,
  ) {
    this.history = history;
    this.#selection = selection;
    this.#session = session;
    this.event = event;
    this.effects = event?.effects ?? [];
  }

  run(text: string, database = 'shop'): Shop {
    const statement = { text, database, session: this.#session };
    const { history, effects } = evolve(this.history, statement, this.#selection);
    return new Shop(history, this.#selection, this.#session, { kind: 'schema', statement, effects });
  }

  table(name: string, database = 'shop'): MysqlTable {
    const table = this.history.table({ database, name });
    if (table === undefined) throw new Error(`no table ${name}`);
    return table;
  }

  column(table: string, name: string): Column {
    const column = this.table(table).columns.find((c) => c.name === name);
    if (column === undefined) throw new Error(`no column ${name}`);
    return column;
  }

  names(table: string): string[] {
    return this.table(table).columns.map((column) => column.name);
  }

  indexes(table: string): string[] {
    return this.table(table).indexes.map((index) => index.name);
  }
}

export const shopTable = (name: string): TableId => ({ database: 'shop', name });
