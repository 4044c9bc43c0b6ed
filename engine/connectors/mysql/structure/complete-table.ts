import { DtsError } from '../../../core/errors.ts';
import { type ForeignKey, tableLabel } from '../../../core/table.ts';
import type { NameMapping, TargetTable } from '../../../core/target.ts';
import type { ServerCapabilities } from '../capabilities.ts';
import type { MysqlConnection } from '../connection.ts';
import { sameName } from '../ddl/model.ts';
import { type Completion, completionOf } from '../ddl/split-create.ts';
import { quoteTable } from '../identifier.ts';
import { tableAtTarget, versionOf } from './table-at-target.ts';

interface Work {
  readonly connection: MysqlConnection;
  readonly table: TargetTable;
  readonly target: ServerCapabilities;
}

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
  const completion = completionOf(table.source, mapping, versionOf(target));
  await addMissing({ connection, table, target }, completion);
}

/** The foreign keys that change rows of this table, and the indexes that they stand on. */
export async function addActingForeignKeys(
  connection: MysqlConnection,
  table: TargetTable,
  mapping: NameMapping,
  target: ServerCapabilities,
): Promise<void> {
  const { source } = table;
  const acting = source.foreignKeys.filter((key) => acts(key.onDelete) || acts(key.onUpdate));
  if (acting.length === 0) return;
  const supports = (columns: readonly string[], index: string) => {
    const parts = source.keys.find((key) => key.name === index)?.parts ?? [];
    return columns.every((column, i) => source.columns[parts[i]?.column ?? -1]?.name === column);
  };
  const completion = completionOf(source, mapping, versionOf(target));
  await addMissing(
    { connection, table, target },
    {
      indexes: completion.indexes.filter(({ name }) => acting.some((key) => supports(key.columns, name))),
      foreignKeys: completion.foreignKeys.filter(({ name }) => acting.some((key) => key.name === name)),
    },
  );
}

const acts = (rule: ForeignKey['onDelete']): boolean => rule === 'CASCADE' || rule.startsWith('SET');

async function addMissing({ connection, table, target }: Work, completion: Completion): Promise<void> {
  const object = tableLabel(table.id);
  const existing = await tableAtTarget(connection, table.id, target);
  if (!existing) {
    throw new DtsError('TARGET_REJECTED', `${object} is missing at the target.`, { details: { object } });
  }
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
  });
}
