import { DtsError } from '../../../core/errors.ts';
import type { ObjectDefinition } from '../../../core/structure.ts';
import { type TableId, tableLabel } from '../../../core/table.ts';
import type { NameMapping } from '../../../core/target.ts';
import type { ServerCapabilities } from '../capabilities.ts';
import type { MysqlConnection } from '../connection.ts';
import { adaptCreate } from '../ddl/adapt.ts';
import { parseVersion, type ServerVersion } from '../ddl/dialect.ts';
import { historyFromCreateStatements } from '../ddl/history.ts';
import { misfitOf } from '../ddl/misfit.ts';
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
    const sql = row?.['Create Table'];
    if (!sql) throw tableExists(id, 'it is no table');
    return parseTable(sql, id, target);
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

/**
 * True when the target has the table of a definition already; false when it has none. Throws TARGET_OBJECT_EXISTS when it has one of that
 * name that cannot take every row as it is.
 */
export async function hasFittingTable(
  connection: MysqlConnection,
  definition: ObjectDefinition,
  mapping: NameMapping,
  target: ServerCapabilities,
): Promise<boolean> {
  const id = mapping.table(definition.id);
  const existing = await tableAtTarget(connection, id, target);
  if (existing === undefined) return false;
  const adapted = adaptCreate(definition.sql, { to: versionOf(target) }, definition.session);
  const misfit = misfitOf(parseTable(adapted, id, target), existing);
  if (misfit !== undefined) throw tableExists(id, misfit.why, misfit.column);
  return true;
}

/** `why` is in the details too, for who names the table elsewhere. */
const tableExists = (id: TableId, why: string, column?: string): DtsError =>
  new DtsError(
    'TARGET_OBJECT_EXISTS',
    `${tableLabel(id)} exists at the target and cannot take every row of the source: ${why}.`,
    {
      details: { object: tableLabel(id), ...(column === undefined ? {} : { column }), why },
      remedy:
        'Alter it at the target so that it is like the table of the source, or drop it there, or map the table to another name; then retry the task.',
    },
  );
