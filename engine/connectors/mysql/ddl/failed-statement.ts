import type { SchemaStatement } from '../../../core/change.ts';
import { anyDialect } from './dialect.ts';
import { Cursor } from './parser/cursor.ts';

/**
 * What a statement did that failed at the source and was logged all the same. MariaDB drops the former table before it makes the one of
 * CREATE OR REPLACE TABLE. All others are logged because they took effect in part, which their text tells well enough: DROP TABLE of
 * names of which some are unknown.
 */
export function effectOfFailed(statement: SchemaStatement): SchemaStatement {
  const cursor = new Cursor(statement.text, anyDialect(statement.session));
  if (!cursor.take('CREATE OR REPLACE TABLE')) return statement;
  const start = cursor.offset;
  cursor.qualifiedName('table');
  const name = cursor.slice({ start, end: cursor.lastEnd });
  return { ...statement, text: `DROP TABLE IF EXISTS ${name}` };
}
