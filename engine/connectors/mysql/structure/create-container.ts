import { DtsError } from '../../../core/errors.ts';
import type { ObjectDefinition } from '../../../core/structure.ts';
import { tableLabel } from '../../../core/table.ts';
import type { NameMapping } from '../../../core/target.ts';
import type { ServerCapabilities } from '../capabilities.ts';
import type { MysqlConnection } from '../connection.ts';
import { adaptCreate } from '../ddl/adapt.ts';
import { type MysqlTable, sameName } from '../ddl/model.ts';
import { splitCreate } from '../ddl/split-create.ts';
import { quoteName } from '../identifier.ts';
import { parseTable, tableAtTarget, versionOf } from './table-at-target.ts';

export async function createDatabase(
  connection: MysqlConnection,
  definition: ObjectDefinition,
  mapping: NameMapping,
  target: ServerCapabilities,
): Promise<void> {
  const name = mapping.database(definition.id.database);
  const adapted = adaptCreate(definition.sql, { to: versionOf(target) }, definition.session);
  // SHOW CREATE writes the defaults in a versioned comment after the name; encryption is the target's own affair.
  const defaults = /DEFAULT CHARACTER SET \w+(?: COLLATE \w+)?/.exec(adapted)?.[0] ?? '';
  await connection.execute(`CREATE DATABASE IF NOT EXISTS ${quoteName(name)} ${defaults}`, { object: name });
}

/** Throws TARGET_OBJECT_EXISTS when a table of that name has other columns. */
export async function createTable(
  connection: MysqlConnection,
  definition: ObjectDefinition,
  mapping: NameMapping,
  target: ServerCapabilities,
): Promise<void> {
  const id = mapping.table(definition.id);
  const { containerSql } = splitCreate(definition, mapping, { to: versionOf(target) });
  const existing = await tableAtTarget(connection, id, target);
  if (existing) {
    if (existing.engine !== 'innodb') {
      throw new DtsError(
        'TARGET_OBJECT_EXISTS',
        `${tableLabel(id)} exists at the target and is not InnoDB.`,
        {
          details: { object: tableLabel(id) },
          remedy: 'Convert the table at the target to InnoDB, or drop it; then retry the task.',
        },
      );
    }
    const difference = columnsApart(parseTable(containerSql, id, target), existing);
    if (difference === undefined) return;
    throw new DtsError('TARGET_OBJECT_EXISTS', `${tableLabel(id)} exists at the target with other columns.`, {
      details: { object: tableLabel(id), column: difference },
    });
  }
  await connection.execute(`USE ${quoteName(id.database)}`);
  // A definition is written in UTF-8: texts in it, members and defaults, are converted to the character set of their column.
  await connection.execute('SET NAMES utf8mb4');
  await connection.execute(containerSql, { object: tableLabel(id) });
  await connection.execute('SET NAMES binary');
}

/** The first column in which two tables differ by name or type. */
function columnsApart(wanted: MysqlTable, existing: MysqlTable): string | undefined {
  if (wanted.columns.length !== existing.columns.length) {
    const [more, fewer] =
      wanted.columns.length > existing.columns.length ? [wanted, existing] : [existing, wanted];
    return more.columns[fewer.columns.length]?.name;
  }
  const other = wanted.columns.find((column, i) => {
    const there = existing.columns[i]!;
    return !sameName(there.name, column.name) || there.type.name !== column.type.name;
  });
  return other?.name;
}
