import { DtsError } from '../../../core/errors.ts';
import type { ObjectDefinition } from '../../../core/structure.ts';
import { tableLabel } from '../../../core/table.ts';
import type { NameMapping } from '../../../core/target.ts';
import type { MysqlConnection } from '../connection.ts';
import { renameDefinition } from '../ddl/rewrite.ts';
import { quoteName, quoteTable } from '../identifier.ts';
import { serverErrorNumber } from '../server-error.ts';
import { restoreSession } from './session-state.ts';

/**
 * Makes views, routines, triggers and events; one of the same name is replaced. The definer stays where the target lets it: that is
 * whose rights the object acts with. Where the account may not be named (it lacks SET_ANY_DEFINER or SUPER, or the account does
 * not exist), the object belongs to the user of the endpoint and, as with Tencent's service, acts with the rights of its caller.
 *
 * The session is of no other use afterwards.
 */
export async function createObject(
  connection: MysqlConnection,
  definition: ObjectDefinition,
  mapping: NameMapping,
): Promise<void> {
  const id =
    definition.kind === 'view'
      ? mapping.table(definition.id)
      : { ...definition.id, database: mapping.database(definition.id.database) };
  const object = tableLabel(id);
  const { session, text } = renameDefinition({ ...definition, database: definition.id.database }, mapping);
  const drop = `DROP ${typeOf(definition)} IF EXISTS ${quoteTable(id)}`;
  await restoreSession(connection, session);
  await connection.execute(`USE ${quoteName(id.database)}`);
  await connection.execute(drop, { object });
  await executeAsDefiner(connection, text, object);
}

/** Runs a statement; where its DEFINER is refused, without it. */
export async function executeAsDefiner(
  connection: MysqlConnection,
  sql: string,
  object?: string,
): Promise<void> {
  try {
    await connection.execute(sql, { object });
  } catch (error) {
    if (!definerRefused.has(serverErrorNumber(error) ?? 0) || !definer.test(sql)) throw error;
    await connection.execute(asOwnUser(sql), { object });
  }
}

/** Access denied for lack of SUPER or SET_USER_ID; the definer does not exist. */
const definerRefused = new Set([1227, 1449]);

const definer =
  /\bDEFINER\s*=\s*(?:`(?:[^`]|``)*`|'(?:[^']|'')*'|\S+?)@(?:`(?:[^`]|``)*`|'(?:[^']|'')*'|\S+)\s+/i;

/** SHOW CREATE writes the clauses in one form only, at the head of the text. */
function asOwnUser(sql: string): string {
  const own = sql.replace(definer, '');
  if (/\bSQL SECURITY DEFINER\b/i.test(own)) {
    return own.replace(/\bSQL SECURITY DEFINER\b/i, 'SQL SECURITY INVOKER');
  }
  return own;
}

const head =
  /^CREATE\s+(?:(?:OR\s+REPLACE|ALGORITHM\s*=\s*\w+|SQL\s+SECURITY\s+\w+|AGGREGATE|DEFINER\s*=\s*(?:`(?:[^`]|``)*`|\S+?)@(?:`(?:[^`]|``)*`|\S+))\s+)*(VIEW|PROCEDURE|FUNCTION|TRIGGER|EVENT)\b/i;

function typeOf({ kind, id, sql }: ObjectDefinition): string {
  const type = head.exec(sql)?.[1];
  if (type) return type.toUpperCase();
  const object = tableLabel(id);
  throw new DtsError('DDL_NOT_UNDERSTOOD', `The definition of ${kind} ${object} has an unknown form.`, {
    details: { object },
  });
}
