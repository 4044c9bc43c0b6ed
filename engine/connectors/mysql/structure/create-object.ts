import type { SchemaStatement } from '../../../core/change.ts';
import { DtsError } from '../../../core/errors.ts';
import type { ObjectDefinition } from '../../../core/structure.ts';
import { tableLabel } from '../../../core/table.ts';
import type { ActsFor, NameMapping } from '../../../core/target.ts';
import type { MysqlConnection } from '../connection.ts';
import { asOwnDefiner, changeToDefiner, type SecurityChange } from '../ddl/definer.ts';
import { renameDefinition } from '../ddl/rewrite.ts';
import { quoteName, quoteTable, quoteText } from '../identifier.ts';
import { accessDenied, serverErrorNumber } from '../server-error.ts';
import { restoreSession } from './session-state.ts';

/**
 * Makes views, routines, triggers and events; one of the same name is replaced. The definer stays where the target lets it: that is
 * whose rights the object acts with. Where the account may not be named (the endpoint's user lacks SET_ANY_DEFINER or what other servers
 * call it, the account does not exist or has SYSTEM_USER), the object belongs to the endpoint's user: a view or routine then acts, as
 * with Tencent's service, with the rights of its caller, a trigger or event with those of the endpoint's user.
 *
 * The session is of no other use afterwards.
 */
export async function createObject(
  connection: MysqlConnection,
  definition: ObjectDefinition,
  mapping: NameMapping,
): Promise<ActsFor> {
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
  return await executeAsDefiner(connection, { text, session: definition.session }, object);
}

/** Runs a statement of a session that was restored; where its DEFINER is refused, as the endpoint's user. */
async function executeAsDefiner(
  connection: MysqlConnection,
  { text, session }: Pick<SchemaStatement, 'text' | 'session'>,
  object?: string,
): Promise<ActsFor> {
  try {
    await connection.execute(text, { object });
    return 'definer';
  } catch (error) {
    const own = definerRefused.has(serverErrorNumber(error) ?? 0) ? asOwnDefiner(text, session) : undefined;
    if (own === undefined) throw error;
    await connection.execute(own.text, { object });
    return own.actsOtherwise ? 'endpoint user' : 'definer';
  }
}

/**
 * Runs a schema change. A routine that belongs to the endpoint's user, because its own definer was refused, goes on to act with the rights
 * of its caller, whatever the source makes of it.
 */
export async function executeChange(
  connection: MysqlConnection,
  statement: SchemaStatement,
): Promise<ActsFor> {
  const change = changeToDefiner(statement.text, statement.session);
  if (change === undefined || !(await isOwnRoutine(connection, change, statement.database)))
    return await executeAsDefiner(connection, statement);
  await connection.execute(change.asInvoker);
  return 'endpoint user';
}

async function isOwnRoutine(
  connection: MysqlConnection,
  { type, name }: SecurityChange,
  database: string,
): Promise<boolean> {
  const id = { database: name.database?.value ?? database, name: name.name.value };
  const [row] = await connection.query(
    `SELECT DEFINER AS definer, CURRENT_USER() AS own FROM information_schema.ROUTINES
     WHERE CAST(ROUTINE_SCHEMA AS BINARY) = ${quoteText(id.database)} AND ROUTINE_NAME = ${quoteText(id.name)} AND ROUTINE_TYPE = '${type}'`,
  );
  return row !== undefined && row.definer === row.own;
}

/** Access denied for lack of a privilege; the definer does not exist. */
const definerRefused = new Set([accessDenied, 1449]);

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
