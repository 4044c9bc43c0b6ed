import type { Catalog, CatalogPage, CatalogRequest } from '../../../core/catalog.ts';
import { systemDatabases } from '../../../core/selection.ts';
import type { ConnectorContext } from '../../../core/source.ts';
import { connect } from '../connect.ts';
import type { MysqlConnection } from '../connection.ts';
import { quoteText } from '../identifier.ts';

// Compared as bytes: the collation of these columns differs between versions, and names are what the user chose.
const SCHEMA = 'CAST(TABLE_SCHEMA AS BINARY)';
const NAME = 'CAST(TABLE_NAME AS BINARY)';
const own = systemDatabases.map(quoteText).join(', ');

/** By one connection, opened when it is first asked. */
export function mysqlCatalog({ endpoint, signal }: ConnectorContext): Catalog {
  let opening: Promise<MysqlConnection> | undefined;
  const open = () => {
    opening ??= connect(endpoint, { purpose: 'admin', role: 'source', signal });
    return opening;
  };
  return {
    databases: async () => databaseNames(await open()),
    tables: async (request) => tablePage(await open(), request),
    close: async () => {
      const connection = await opening?.catch(() => undefined);
      await connection?.close();
    },
  };
}

async function databaseNames(connection: MysqlConnection): Promise<string[]> {
  const rows = await connection.query(
    `SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA
     WHERE LOWER(SCHEMA_NAME) NOT IN (${own}) ORDER BY CAST(SCHEMA_NAME AS BINARY)`,
  );
  return rows.map(({ name }) => name ?? '');
}

async function tablePage(
  connection: MysqlConnection,
  { databases, first, after }: CatalogRequest,
): Promise<CatalogPage> {
  if (databases?.length === 0) return { items: [], hasMore: false };
  const conditions = ["TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')"];
  conditions.push(
    databases === undefined
      ? `LOWER(TABLE_SCHEMA) NOT IN (${own})`
      : `${SCHEMA} IN (${databases.map(quoteText).join(', ')})`,
  );
  if (after !== undefined) {
    const [database, name] = [quoteText(after.database), quoteText(after.name)];
    conditions.push(`(${SCHEMA} > ${database} OR (${SCHEMA} = ${database} AND ${NAME} > ${name}))`);
  }
  const rows = await connection.query(
    `SELECT TABLE_SCHEMA AS db, TABLE_NAME AS name, TABLE_ROWS AS row_count FROM information_schema.TABLES
     WHERE ${conditions.join(' AND ')} ORDER BY ${SCHEMA}, ${NAME} LIMIT ${first + 1}`,
  );
  const shown = rows.slice(0, first);
  const keyed = await tablesWithPrimaryKey(connection, [...new Set(shown.map(({ db }) => db ?? ''))]);
  return {
    items: shown.map(({ db, name, row_count }) => ({
      database: db ?? '',
      name: name ?? '',
      estimatedRows: Number(row_count ?? 0),
      hasPrimaryKey: keyed.has(`${db}\0${name}`),
    })),
    hasMore: rows.length > first,
  };
}

async function tablesWithPrimaryKey(
  connection: MysqlConnection,
  databases: readonly string[],
): Promise<ReadonlySet<string>> {
  if (databases.length === 0) return new Set();
  const rows = await connection.query(
    `SELECT TABLE_SCHEMA AS db, TABLE_NAME AS name FROM information_schema.TABLE_CONSTRAINTS
     WHERE CONSTRAINT_TYPE = 'PRIMARY KEY' AND ${SCHEMA} IN (${databases.map(quoteText).join(', ')})`,
  );
  return new Set(rows.map(({ db, name }) => `${db}\0${name}`));
}
