import { DtsError } from '../../../core/errors.ts';
import { type ForeignKey, type Table, tableKey, tableLabel } from '../../../core/table.ts';
import type { NameMapping, TargetTable } from '../../../core/target.ts';
import type { ServerCapabilities } from '../capabilities.ts';
import type { MysqlConnection } from '../connection.ts';
import { sameName } from '../ddl/model.ts';
import { type Completion, completionOf } from '../ddl/split-create.ts';
import { quoteTable } from '../identifier.ts';
import { isMysqlAtLeast } from '../session.ts';
import { tableAtTarget, versionOf } from './table-at-target.ts';

interface Work {
  readonly connection: MysqlConnection;
  readonly table: TargetTable;
  readonly mapping: NameMapping;
  /** Tables that its foreign keys refer to. */
  readonly parents: readonly TargetTable[];
  readonly target: ServerCapabilities;
}

/**
 * Adds the secondary indexes and foreign keys that the table lacks, all in one ALTER TABLE: the rows are walked once. It looks at
 * what the target has, so it may be repeated after a crash at any point; the ALTER itself takes effect whole or not at all.
 */
export async function completeTable(work: Work): Promise<void> {
  const { table, mapping, target } = work;
  await addReferredIndexes(work, table.source.foreignKeys);
  await addMissing(work, completionOf(table.source, mapping, versionOf(target)));
}

/** The foreign keys that change rows of this table, and the indexes that they stand on. */
export async function addActingForeignKeys(work: Work): Promise<void> {
  const { table, mapping, target } = work;
  const acting = table.source.foreignKeys.filter((key) => acts(key.onDelete) || acts(key.onUpdate));
  if (acting.length === 0) return;
  await addReferredIndexes(work, acting);
  const completion = completionOf(table.source, mapping, versionOf(target));
  await addMissing(work, {
    indexes: completion.indexes.filter(({ name }) =>
      acting.some((key) => beginsWith(table.source, name, key.columns)),
    ),
    foreignKeys: completion.foreignKeys.filter(({ name }) => acting.some((key) => key.name === name)),
  });
}

/** A foreign key needs an index on what it refers to. That of the primary key stands already; another may be yet to come. */
async function addReferredIndexes(work: Work, foreignKeys: readonly ForeignKey[]): Promise<void> {
  for (const parent of work.parents) {
    const referring = foreignKeys.filter((key) => tableKey(key.references) === tableKey(parent.source.id));
    const { indexes } = completionOf(parent.source, work.mapping, versionOf(work.target));
    const referred = indexes.filter(({ name }) =>
      referring.some((key) => beginsWith(parent.source, name, key.referencedColumns)),
    );
    if (referred.length > 0)
      await addMissing({ ...work, table: parent }, { indexes: referred, foreignKeys: [] });
  }
}

function beginsWith(table: Table, index: string, columns: readonly string[]): boolean {
  const parts = table.keys.find((key) => key.name === index)?.parts ?? [];
  return columns.every((column, i) => {
    const name = table.columns[parts[i]?.column ?? -1]?.name;
    return name !== undefined && sameName(name, column);
  });
}

const acts = (rule: ForeignKey['onDelete']): boolean => rule === 'CASCADE' || rule.startsWith('SET');

/** Memory of the server for sorting one table's new indexes. Its default of 1 MiB makes large ones merge from disk many times. */
const SORT_BYTES = 32 * 1024 * 1024;

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
  if (isMysqlAtLeast(connection.serverVersion, 8, 0, 27))
    await connection.execute(`SET SESSION innodb_ddl_buffer_size=${SORT_BYTES}`);
  const specifications = additions.map((addition) => addition.sql).join(', ');
  await connection.execute(`ALTER TABLE ${quoteTable(table.id)} ${specifications}`, {
    object,
  });
}
