import type { TableId } from '../../../core/table.ts';
import type { MysqlConnection } from '../connection.ts';
import { quoteName, quoteTable, quoteText } from '../identifier.ts';

/**
 * CREATE TABLE of an empty table that takes the place of one that comes later: with no more than the columns and keys that foreign keys
 * of the server's tables refer to, without which the server refuses the name even while it checks no foreign keys.
 */
export async function placeholderFor(connection: MysqlConnection, table: TableId): Promise<string> {
  const rows = await connection.query(
    `SELECT k.CONSTRAINT_SCHEMA AS db, k.TABLE_NAME AS child, k.CONSTRAINT_NAME AS name, k.REFERENCED_COLUMN_NAME AS parent,
            c.COLUMN_TYPE AS type, c.CHARACTER_SET_NAME AS charset, c.COLLATION_NAME AS collation
     FROM information_schema.KEY_COLUMN_USAGE k
     JOIN information_schema.COLUMNS c
       ON c.TABLE_SCHEMA = k.TABLE_SCHEMA AND c.TABLE_NAME = k.TABLE_NAME AND c.COLUMN_NAME = k.COLUMN_NAME
     WHERE k.REFERENCED_TABLE_SCHEMA = ${quoteText(table.database)} AND k.REFERENCED_TABLE_NAME = ${quoteText(table.name)}
     ORDER BY k.CONSTRAINT_SCHEMA, k.TABLE_NAME, k.CONSTRAINT_NAME, k.ORDINAL_POSITION`,
  );
  const columns = new Map<string, string>();
  const keys = new Map<string, string[]>();
  for (const { db, child, name, parent, type, charset, collation } of rows) {
    const column = quoteName(parent ?? '');
    const text = charset ? ` CHARACTER SET ${charset} COLLATE ${collation}` : '';
    columns.set(column.toLowerCase(), `${column} ${type}${text} NOT NULL`);
    const key = JSON.stringify([db, child, name]);
    keys.set(key, [...(keys.get(key) ?? []), column]);
  }
  const unique = new Set([...keys.values()].map((parts) => `UNIQUE KEY (${parts.join(', ')})`));
  const parts = columns.size === 0 ? ['held INT'] : [...columns.values(), ...unique];
  return `CREATE TABLE IF NOT EXISTS ${quoteTable(table)} (${parts.join(', ')})`;
}
