import type { UnshownFacts } from '../../../core/precheck.ts';
import { type TableId, tableKey } from '../../../core/table.ts';
import type { MysqlConnection } from '../connection.ts';
import { anyDialect } from '../ddl/dialect.ts';
import { tokenize } from '../ddl/lexer.ts';
import { quoteName, quoteTable, quoteText } from '../identifier.ts';
import { serverErrorNumber, tableDenied } from '../server-error.ts';
import { parseVersion } from '../session.ts';

/** Character sets with characters that the definitions, which servers keep in utf8mb3, show as a question mark. */
export const widerThanDefinitions = ['utf8mb4', 'utf16', 'utf16le', 'utf32', 'gb18030']
  .map(quoteText)
  .join(', ');

/** Columns of type enum and set whose definition does not tell their members as they are. */
export async function memberFacts(
  connection: MysqlConnection,
  tables: readonly TableId[],
): Promise<UnshownFacts[]> {
  const databases = [...new Set(tables.map(({ database }) => database))].map(quoteText).join(', ');
  if (databases === '') return [];
  const columns = await connection.query(
    `SELECT TABLE_SCHEMA AS db, TABLE_NAME AS name, COLUMN_NAME AS column_name, COLUMN_TYPE AS type FROM information_schema.COLUMNS
     WHERE CAST(TABLE_SCHEMA AS BINARY) IN (${databases}) AND DATA_TYPE IN ('enum', 'set')
       AND CHARACTER_SET_NAME IN (${widerThanDefinitions}) AND COLUMN_TYPE LIKE '%?%'`,
  );
  const selected = new Set(tables.map(tableKey));
  const facts: UnshownFacts[] = [];
  for (const row of columns) {
    const id = { database: row.db ?? '', name: row.name ?? '' };
    if (!selected.has(tableKey(id))) continue;
    const lost = await losesMember(connection, id, row.column_name ?? '', row.type ?? '');
    if (lost !== false) facts.push({ id, column: row.column_name ?? '', certain: lost === true });
  }
  return facts;
}

/** Undefined: the server cannot be asked. */
async function losesMember(
  connection: MysqlConnection,
  table: TableId,
  column: string,
  type: string,
): Promise<boolean | undefined> {
  const members = tokenize(type, anyDialect({})).filter(({ kind }) => kind === 'string');
  const isSet = /^set/i.test(type);
  for (const [at, { value }] of members.entries()) {
    if (!value.includes('?')) continue;
    if (!hasRecursion(connection.serverVersion)) return undefined;
    const number = isSet ? 1n << BigInt(at) : BigInt(at + 1);
    const member = await memberOf(connection, table, column, number);
    // MariaDB gives an empty text for any member of a set of 64.
    if (!member) return undefined;
    if (member !== value) return true;
  }
  return false;
}

/** A recursion takes its types from what it begins with: a number becomes the member that the column has for it, without a row of it. */
async function memberOf(
  connection: MysqlConnection,
  table: TableId,
  column: string,
  number: bigint,
): Promise<string | undefined> {
  return await textIfAllowed(
    connection,
    `WITH RECURSIVE members (step, member) AS (
       SELECT 0, own.${quoteName(column)} FROM (SELECT 1 AS one) AS first LEFT JOIN ${quoteTable(table)} AS own ON FALSE
       UNION ALL SELECT 1, ${number} FROM members WHERE step = 0)
     SELECT CONVERT(member USING utf8mb4) AS text FROM members WHERE step = 1`,
  );
}

/** The text that a query over a table gives; undefined where it gives none, or the user may not read the table. */
export async function textIfAllowed(connection: MysqlConnection, sql: string): Promise<string | undefined> {
  try {
    const [row] = await connection.query(sql);
    return row?.text ?? undefined;
  } catch (error) {
    if (tableDenied.has(serverErrorNumber(error) ?? 0)) return undefined;
    throw error;
  }
}

function hasRecursion(serverVersion: string): boolean {
  const { flavour, major, minor } = parseVersion(serverVersion);
  return flavour === 'mysql' ? major >= 8 : major > 10 || (major === 10 && minor > 2);
}
