import { DtsError } from '../../../core/errors.ts';
import { type TableId, tableLabel } from '../../../core/table.ts';
import { tableOf } from './create.ts';
import type { Dialect, ServerVersion } from './dialect.ts';
import type { MysqlTable } from './model.ts';
import type { ColumnNode } from './parser/ast.ts';
import { parseStatement } from './parser/statement.ts';
import { rulesOf } from './rules.ts';

/** What a CREATE TABLE says: the table that it makes, and of its columns also what decides the values that nobody writes. */
export interface TableDefinition {
  readonly table: MysqlTable;
  readonly columns: readonly ColumnNode[];
  readonly dialect: Dialect;
}

/** As `server` takes the text of its own SHOW CREATE TABLE, or one adapted to it. Throws DDL_NOT_UNDERSTOOD naming the table. */
export function readDefinition(sql: string, id: TableId, server: ServerVersion): TableDefinition {
  // Names were chosen before: nothing is folded.
  const rules = rulesOf({ ...server, lowerCaseTableNames: 0 }, {});
  const object = tableLabel(id);
  try {
    const { node } = parseStatement(sql, rules.dialect);
    if (node.kind !== 'create-table')
      throw new DtsError('DDL_NOT_UNDERSTOOD', 'The text is no CREATE TABLE.');
    const table = tableOf(node, { database: id.database, databaseDefaults: rules.serverCharset, rules });
    const columns = node.elements.flatMap((element) => (element.kind === 'column' ? [element.column] : []));
    return { table: { ...table, id }, columns, dialect: rules.dialect };
  } catch (error) {
    if (!(error instanceof DtsError)) throw error;
    const { code, message, details } = error;
    throw new DtsError(code, `${object}: ${message}`, { details: { ...details, object }, cause: error });
  }
}
