import type { ObjectDefinition } from '../../../core/structure.ts';
import { tableLabel } from '../../../core/table.ts';
import type { NameMapping } from '../../../core/target.ts';
import type { ServerCapabilities } from '../capabilities.ts';
import type { MysqlConnection } from '../connection.ts';
import { adaptCreate } from '../ddl/adapt.ts';
import { splitCreate } from '../ddl/split-create.ts';
import { quoteName } from '../identifier.ts';
import { hasFittingTable, versionOf } from './table-at-target.ts';

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

/** Throws TARGET_OBJECT_EXISTS when a table of that name cannot take every row. */
export async function createTable(
  connection: MysqlConnection,
  definition: ObjectDefinition,
  mapping: NameMapping,
  target: ServerCapabilities,
): Promise<void> {
  const id = mapping.table(definition.id);
  if (await hasFittingTable(connection, definition, mapping, target)) return;
  const { containerSql } = splitCreate(definition, mapping, { to: versionOf(target) });
  await connection.execute(`USE ${quoteName(id.database)}`);
  // A definition is written in UTF-8: texts in it, members and defaults, are converted to the character set of their column.
  await connection.execute('SET NAMES utf8mb4');
  await connection.execute(containerSql, { object: tableLabel(id) });
  await connection.execute('SET NAMES binary');
}
