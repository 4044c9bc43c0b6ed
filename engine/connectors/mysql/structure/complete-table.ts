import { DtsError } from '../../../core/errors.ts';
import { tableLabel } from '../../../core/table.ts';
import type { NameMapping, TargetTable } from '../../../core/target.ts';
import type { ServerCapabilities } from '../capabilities.ts';
import type { MysqlConnection } from '../connection.ts';
import { sameName } from '../ddl/model.ts';
import { completionOf } from '../ddl/split-create.ts';
import { quoteTable } from '../identifier.ts';
import { tableAtTarget, versionOf } from './table-at-target.ts';

/**
 * Adds the secondary indexes and foreign keys that the table lacks, all in one ALTER TABLE: the rows are walked once. It looks at
 * what the target has, so it may be repeated after a crash at any point; the ALTER itself takes effect whole or not at all.
 */
export async function completeTable(
  connection: MysqlConnection,
  table: TargetTable,
  mapping: NameMapping,
  target: ServerCapabilities,
): Promise<void> {
  const object = tableLabel(table.id);
  const existing = await tableAtTarget(connection, table.id, target);
  if (!existing) {
    throw new DtsError('TARGET_REJECTED', `${object} is missing at the target.`, { details: { object } });
  }
  const completion = completionOf(table.source, mapping, versionOf(target));
  const has = (named: readonly { readonly name: string }[], name: string) =>
    named.some((one) => sameName(one.name, name));
  const additions = [
    ...completion.indexes.filter(({ name }) => !has(existing.indexes, name)),
    ...completion.foreignKeys.filter(({ name }) => !has(existing.foreignKeys, name)),
  ];
  if (additions.length === 0) return;
  const specifications = additions.map((addition) => addition.sql).join(', ');
  await connection.execute(`ALTER TABLE ${quoteTable(table.id)} ${specifications}`, {
    object,
    stallTimeoutMs: 0,
  });
}
