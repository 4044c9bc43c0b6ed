import { createHash } from 'node:crypto';
import type { TableId } from '../../../core/table.ts';
import { IDENTITY_SHOWN } from '../../../core/target.ts';
import type { MysqlConnection } from '../connection.ts';
import { quoteName, quoteTable } from '../identifier.ts';
import { serverErrorNumber } from '../server-error.ts';

/** Unknown database, table, view or routine. */
const missingNumbers = new Set([1049, 1051, 1146, 1305, 1109]);

/**
 * What objects look like now, as one text: equal as long as they are alike. Tables and views by their definition without the
 * running auto_increment value, databases by theirs; routines by name too, as an effect does not tell which kind it means.
 */
export async function fingerprint(
  connection: MysqlConnection,
  objects: readonly TableId[],
  identity: boolean,
): Promise<string> {
  const texts: string[] = [];
  for (const object of objects) texts.push(await describe(connection, object));
  const ids = identity ? await storageIds(connection, objects, texts) : undefined;
  return ids === undefined ? texts.join(',') : `${texts.join(',')} ${ids}${IDENTITY_SHOWN}`;
}

/**
 * InnoDB's numbers of the tables and their partitions: they go along with a rename and with exchanged rows. Undefined where the user
 * may not see them (PROCESS), or a table is none of InnoDB's, or its name is written otherwise there.
 */
async function storageIds(
  connection: MysqlConnection,
  objects: readonly TableId[],
  texts: readonly string[],
): Promise<string | undefined> {
  if (!objects.every(({ database, name }) => /^\w+$/.test(database) && /^\w+$/.test(name))) return undefined;
  for (const view of ['INNODB_TABLES', 'INNODB_SYS_TABLES']) {
    try {
      const rows = await connection.rows(`SELECT NAME, TABLE_ID FROM information_schema.${view}`);
      const found = rows.map(
        ([name, id]) => [name?.toString('utf8').toLowerCase() ?? '', String(id)] as const,
      );
      const ids = objects.map((object) => {
        const own = `${object.database}/${object.name}`.toLowerCase();
        return found
          .filter(([name]) => name === own || name.startsWith(`${own}#p#`))
          .map(([name, id]) => `${name.slice(own.length)}=${id}`)
          .sort()
          .join(' ');
      });
      const complete = ids.every((id, i) => (id === '') === (texts[i] === ''));
      return complete ? ids.join(',') : undefined;
    } catch (error) {
      if (!unseenNumbers.has(serverErrorNumber(error) ?? 0)) throw error;
    }
  }
  return undefined;
}

/** Access denied; no such view in this version. */
const unseenNumbers = new Set([1044, 1109, 1142, 1227]);

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
