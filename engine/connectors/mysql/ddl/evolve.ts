import type { SchemaEffect, SchemaStatement } from '../../../core/change.ts';
import { DtsError } from '../../../core/errors.ts';
import type { ObjectSelection } from '../../../core/selection.ts';
import type { StructureHistory } from '../../../core/structure.ts';
import { type TableId, tableLabel } from '../../../core/table.ts';
import { createMapper } from '../../../transform/mapping.ts';
import { tableIdOf } from './additions.ts';
import { applyStatement, type Evolution, type EvolveContext } from './apply-statement.ts';
import { MysqlHistory } from './history.ts';
import type { NameUse } from './parser/cursor.ts';
import { Cursor } from './parser/cursor.ts';
import { type ParsedStatement, parseCursor } from './parser/statement.ts';
import { rulesOf } from './rules.ts';

export type { Evolution } from './apply-statement.ts';

/**
 * The structure after a schema statement, and what it does to the objects of the selection. Pure.
 *
 * Tables of selected databases are followed whether or not they are selected, so that a rename into the selection or a
 * CREATE TABLE … LIKE is known. What is not understood stops here when it may concern a selected object
 * (DDL_NOT_UNDERSTOOD with object and offset); an unselected table is forgotten instead, until a statement needs it.
 */
export function evolve(
  history: StructureHistory,
  statement: SchemaStatement,
  selection: ObjectSelection,
): Evolution {
  if (!(history instanceof MysqlHistory)) throw new DtsError('INTERNAL', 'The history is not one of MySQL.');
  const rules = rulesOf(history.server, statement.session);
  const context: EvolveContext = {
    history,
    database: rules.fold(statement.database),
    rules,
    mapper: createMapper(selection),
  };
  return understood(statement, context);
}

function understood(statement: SchemaStatement, context: EvolveContext): Evolution {
  let cursor: Cursor | undefined;
  let parsed: ParsedStatement;
  try {
    cursor = new Cursor(statement.text, context.rules.dialect);
    parsed = parseCursor(cursor);
  } catch (error) {
    if (!(error instanceof DtsError)) throw error;
    return notUnderstood(error, cursor, statement, context);
  }
  try {
    return applyStatement(parsed, context);
  } catch (error) {
    if (!(error instanceof DtsError)) throw error;
    return notUnderstood(error, cursor, statement, context);
  }
}

/** Stops for a selected object; forgets an unselected one. */
function notUnderstood(
  error: DtsError,
  cursor: Cursor | undefined,
  statement: SchemaStatement,
  context: EvolveContext,
): Evolution {
  const { mapper, rules, history } = context;
  const tables = (cursor?.uses ?? [])
    .filter((use) => use.role === 'table')
    .map((use) => tableIdOf(use.name, context.database, rules));
  const concerned = concernedObject(cursor?.uses ?? [], tables, statement, context);
  if (concerned !== undefined) {
    throw new DtsError(error.code, `${concerned}: ${error.message}`, {
      details: { ...error.details, object: concerned },
      remedy: error.remedy,
      cause: error,
    });
  }
  const forgotten = tables.filter((id) => mapper.touchesDatabase(id.database));
  const effects: SchemaEffect[] = [{ kind: 'none', reason: 'an object outside the selection' }];
  return { history: history.withTables({ remove: forgotten }), effects };
}

/** Name of a selected object that the statement may concern. */
function concernedObject(
  uses: readonly NameUse[],
  tables: readonly TableId[],
  statement: SchemaStatement,
  context: EvolveContext,
): string | undefined {
  const { mapper, database, rules } = context;
  const selected = tables.find((id) => mapper.selects(id));
  if (selected !== undefined) return tableLabel(selected);
  if (tables.length > 0) return undefined;
  const object = uses[0];
  if (object !== undefined) {
    const id = tableIdOf(object.name, database, rules);
    return mapper.touchesDatabase(id.database) ? tableLabel(id) : undefined;
  }
  // Nothing was read: the statement concerns what it stands in or mentions.
  if (mapper.touchesDatabase(database)) return database;
  const text = statement.text.toLowerCase();
  return [...context.history.databases.keys()].find(
    (name) => mapper.touchesDatabase(name) && text.includes(name.toLowerCase()),
  );
}
