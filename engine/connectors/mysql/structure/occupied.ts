import { type TableId, tableKey, tableLabel } from '../../../core/table.ts';
import type { MysqlConnection } from '../connection.ts';
import { quoteTable, quoteText } from '../identifier.ts';

/** Tables and views among `tables` that exist, under the names given. */
export async function existingTables(
  connection: MysqlConnection,
  tables: readonly TableId[],
): Promise<readonly TableId[]> {
  const databases = [...new Set(tables.map((table) => table.database))];
  const found = new Set<string>();
  for (const database of databases) {
    // By the server's own comparison: it knows whether names are compared without case.
    const rows = await connection.rows(
      `SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = ${quoteText(database)}`,
    );
    for (const [name] of rows) found.add(tableKey({ database, name: name?.toString('utf8') ?? '' }));
  }
  const lower = await comparesWithoutCase(connection);
  const folded = lower ? new Set([...found].map((key) => key.toLowerCase())) : found;
  return tables.filter((table) => folded.has(lower ? tableKey(table).toLowerCase() : tableKey(table)));
}

async function comparesWithoutCase(connection: MysqlConnection): Promise<boolean> {
  const [row] = await connection.query('SELECT @@lower_case_table_names AS mode');
  return row?.mode !== '0';
}

/** Tables among `existing` that have rows. */
export async function occupiedTables(
  connection: MysqlConnection,
  existing: readonly TableId[],
): Promise<readonly TableId[]> {
  const occupied: TableId[] = [];
  for (const table of existing) {
    const rows = await connection.rows(`SELECT 1 FROM ${quoteTable(table)} LIMIT 1`, {
      object: tableLabel(table),
    });
    if (rows.length > 0) occupied.push(table);
  }
  return occupied;
}
