import { DtsError } from '../../../core/errors.ts';
import type { ObjectDefinition } from '../../../core/structure.ts';
import { type TableId, tableLabel } from '../../../core/table.ts';
import type { NameMapping } from '../../../core/target.ts';
import type { ServerCapabilities } from '../capabilities.ts';
import type { MysqlConnection } from '../connection.ts';
import { adaptCreate } from '../ddl/adapt.ts';
import { readDefinition, type TableDefinition } from '../ddl/definition.ts';
import { parseVersion, type ServerVersion, serverOf } from '../ddl/dialect.ts';
import { misfitOf } from '../ddl/misfit.ts';
import type { MysqlTable } from '../ddl/model.ts';
import { sameDefinition } from '../ddl/same-definition.ts';
import { quoteTable } from '../identifier.ts';
import { serverErrorNumber } from '../server-error.ts';
import { withExplicitCollation } from './explicit-collation.ts';
import { shownText } from './shown-text.ts';

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
  const sql = await textAtTarget(connection, id);
  return sql === undefined ? undefined : readDefinition(sql, id, versionOf(target)).table;
}

async function textAtTarget(connection: MysqlConnection, id: TableId): Promise<string | undefined> {
  try {
    // A view's text comes with two columns more.
    const [row = []] = await connection.rows(`SHOW CREATE TABLE ${quoteTable(id)}`);
    if (row.length !== 2 || !row[1]) throw tableExists(id, 'it is no table');
    return shownText(row[1]);
  } catch (error) {
    if (missingNumbers.has(serverErrorNumber(error) ?? 0)) return undefined;
    throw error;
  }
}

/** A table of the source and that of the target, both as the target understands them. */
export interface BothEnds {
  readonly id: TableId;
  readonly wanted: TableDefinition;
  readonly existing: TableDefinition;
}

/** Undefined where the target lacks the table; `alike` where both ends show the same. */
export async function bothEnds(
  connection: MysqlConnection,
  definition: ObjectDefinition,
  mapping: NameMapping,
  target: ServerCapabilities,
): Promise<BothEnds | 'alike' | undefined> {
  const id = mapping.table(definition.id);
  const sql = await textAtTarget(connection, id);
  if (sql === undefined) return undefined;
  const to = versionOf(target);
  const shown = { ...to, sql: withExplicitCollation(sql, target) };
  if (sameDefinition({ ...(serverOf(definition.session) ?? to), sql: definition.sql }, shown)) return 'alike';
  const adapted = adaptCreate(definition.sql, { to }, definition.session);
  return { id, wanted: readDefinition(adapted, id, to), existing: readDefinition(sql, id, to) };
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
  const ends = await bothEnds(connection, definition, mapping, target);
  if (ends === undefined || ends === 'alike') return ends !== undefined;
  const misfit = misfitOf(ends.wanted.table, ends.existing.table);
  if (misfit !== undefined) throw tableExists(ends.id, misfit.why, misfit.column);
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
