import type { TableId } from '../../../core/table.ts';
import type { ServerCapabilities } from '../capabilities.ts';
import type { MysqlConnection } from '../connection.ts';
import { parseVersion, type ServerVersion } from '../ddl/dialect.ts';
import { historyFromCreateStatements } from '../ddl/history.ts';
import type { MysqlTable } from '../ddl/model.ts';
import { quoteTable } from '../identifier.ts';
import { serverErrorNumber } from '../server-error.ts';

export const versionOf = ({
  flavour,
  version,
}: Pick<ServerCapabilities, 'flavour' | 'version'>): ServerVersion => ({
  flavour,
  version: parseVersion(version),
});

const missingNumbers = new Set([1049, 1146]);

/** The structure that a table has at the target now; undefined when it does not exist. */
export async function tableAtTarget(
  connection: MysqlConnection,
  id: TableId,
  target: ServerCapabilities,
): Promise<MysqlTable | undefined> {
  try {
    const [row] = await connection.query(`SHOW CREATE TABLE ${quoteTable(id)}`);
    return parseTable(row?.['Create Table'] ?? '', id, target);
  } catch (error) {
    if (missingNumbers.has(serverErrorNumber(error) ?? 0)) return undefined;
    throw error;
  }
}

export function parseTable(createSql: string, id: TableId, server: ServerCapabilities): MysqlTable {
  const history = historyFromCreateStatements({
    flavour: server.flavour,
    version: server.version,
    // Names were chosen before: nothing is folded.
    lowerCaseTableNames: 0,
    databases: [{ name: id.database, createSql: 'CREATE DATABASE x' }],
    tables: [{ database: id.database, name: id.name, createSql }],
  });
  return history.tables()[0]!;
}
