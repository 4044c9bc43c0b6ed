import type { UnshownFacts } from '../../../core/precheck.ts';
import { type TableId, tableKey } from '../../../core/table.ts';
import type { MysqlConnection } from '../connection.ts';
import { flavourOf, parseVersion, showsEveryDefault } from '../ddl/dialect.ts';
import { quoteName, quoteTable, quoteText } from '../identifier.ts';
import { textIfAllowed, widerThanDefinitions } from './member-facts.ts';

/** Columns with a text for a default that their definition may not show as it is. Expressions are shown whole everywhere. */
export async function defaultFacts(
  connection: MysqlConnection,
  tables: readonly TableId[],
): Promise<UnshownFacts[]> {
  const server = {
    flavour: flavourOf(connection.serverVersion),
    version: parseVersion(connection.serverVersion),
  };
  const databases = [...new Set(tables.map(({ database }) => database))].map(quoteText).join(', ');
  if (databases === '' || showsEveryDefault(server)) return [];
  const columns = await connection.query(
    `SELECT TABLE_SCHEMA AS db, TABLE_NAME AS name, COLUMN_NAME AS column_name, COLUMN_DEFAULT AS text FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA IN (${databases}) AND CAST(TABLE_SCHEMA AS BINARY) IN (${databases}) AND DATA_TYPE IN ('char', 'varchar')
       AND CHARACTER_SET_NAME IN (${widerThanDefinitions}) AND COLUMN_DEFAULT LIKE '%?%'`,
  );
  const selected = new Set(tables.map(tableKey));
  const facts: UnshownFacts[] = [];
  for (const row of columns) {
    const id = { database: row.db ?? '', name: row.name ?? '' };
    const column = row.column_name ?? '';
    if (!selected.has(tableKey(id)) || (server.flavour === 'mariadb' && !isLiteral(row.text ?? ''))) continue;
    const lost = await losesDefault(connection, id, column);
    if (lost !== false) facts.push({ id, column, certain: lost === true });
  }
  return facts;
}

/** MariaDB shows a default as it would be written. */
const isLiteral = (text: string): boolean => /^'(?:[^'\\]|\\.|'')*'$/s.test(text);

/** Beyond the BMP, of which the definitions show none. Undefined: the server cannot be asked, as of a column NOT NULL of an empty table. */
async function losesDefault(
  connection: MysqlConnection,
  table: TableId,
  column: string,
): Promise<boolean | undefined> {
  const text = await textIfAllowed(
    connection,
    `SELECT CONVERT(DEFAULT(own.${quoteName(column)}) USING utf8mb4) AS text
     FROM (SELECT 1 AS one) AS first LEFT JOIN ${quoteTable(table)} AS own ON TRUE LIMIT 1`,
  );
  return text === undefined ? undefined : /[\u{10000}-\u{10ffff}]/u.test(text);
}
