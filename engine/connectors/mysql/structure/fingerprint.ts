import { createHash } from 'node:crypto';
import type { TableId } from '../../../core/table.ts';
import type { MysqlConnection } from '../connection.ts';
import { quoteName, quoteTable } from '../identifier.ts';
import { serverErrorNumber } from '../server-error.ts';

/** Unknown database, table, view or routine. */
const missingNumbers = new Set([1049, 1051, 1146, 1305, 1109]);

/**
 * What objects look like now, as one text: equal as long as they are alike. Tables and views by their definition without the
 * running auto_increment value, databases by theirs; routines by name too, as an effect does not tell which kind it means.
 */
export async function fingerprint(connection: MysqlConnection, objects: readonly TableId[]): Promise<string> {
  const texts: string[] = [];
  for (const object of objects) texts.push(await describe(connection, object));
  return texts.join(',');
}

async function describe(connection: MysqlConnection, object: TableId): Promise<string> {
  const parts =
    object.name === ''
      ? [await show(connection, `SHOW CREATE DATABASE ${quoteName(object.database)}`)]
      : [
          await show(connection, `SHOW CREATE TABLE ${quoteTable(object)}`),
          await show(connection, `SHOW CREATE PROCEDURE ${quoteTable(object)}`),
          await show(connection, `SHOW CREATE FUNCTION ${quoteTable(object)}`),
        ];
  if (parts.every((part) => part === '')) return '';
  return createHash('sha256').update(parts.join('\0')).digest('base64url').slice(0, 22);
}

/** The definition alone: the first columns repeat the name, the later ones tell of the database's defaults. */
async function show(connection: MysqlConnection, sql: string): Promise<string> {
  try {
    const [row = {}] = await connection.query(sql);
    const text = Object.entries(row).find(([name]) => name.startsWith('Create '))?.[1] ?? '';
    return text.replace(/ AUTO_INCREMENT=\d+/, '');
  } catch (error) {
    if (missingNumbers.has(serverErrorNumber(error) ?? 0)) return '';
    throw error;
  }
}
