import { type TableId, tableKey } from '../../core/table.ts';
import type { MysqlConnection } from './connection.ts';
import { quoteText } from './identifier.ts';

/** Those of the tables whose engine has no transactions, as of now: what is written to them shows at once and stays. */
export async function tablesWithoutTransactions(
  connection: MysqlConnection,
  tables: readonly TableId[],
): Promise<readonly TableId[]> {
  if (tables.length === 0) return [];
  const databases = [...new Set(tables.map(({ database }) => quoteText(database)))].join(', ');
  const names = tables.map(({ name }) => quoteText(name)).join(', ');
  const rows = await connection.query(
    `SELECT t.TABLE_SCHEMA AS db, t.TABLE_NAME AS name FROM information_schema.TABLES t
     JOIN information_schema.ENGINES e ON e.ENGINE = t.ENGINE
     WHERE CAST(t.TABLE_SCHEMA AS BINARY) IN (${databases}) AND CAST(t.TABLE_NAME AS BINARY) IN (${names})
       AND COALESCE(e.TRANSACTIONS, 'NO') <> 'YES'`,
  );
  const found = new Set(rows.map(({ db, name }) => tableKey({ database: db ?? '', name: name ?? '' })));
  return tables.filter((id) => found.has(tableKey(id)));
}
