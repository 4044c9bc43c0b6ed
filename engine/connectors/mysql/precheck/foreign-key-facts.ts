import type { ForeignKeyFacts } from '../../../core/precheck.ts';
import { type TableKey, tableKey } from '../../../core/table.ts';

type Ask = (sql: string) => Promise<Record<string, string | null>[]>;

/** Foreign keys by the table that has them. `ask` puts the selected databases in place of `$databases`. */
export async function foreignKeyFacts(ask: Ask): Promise<ReadonlyMap<TableKey, readonly ForeignKeyFacts[]>> {
  const rules = await ask(
    `SELECT CONSTRAINT_SCHEMA AS db, TABLE_NAME AS name, CONSTRAINT_NAME AS fk, UNIQUE_CONSTRAINT_SCHEMA AS parent_db,
       REFERENCED_TABLE_NAME AS parent, UPDATE_RULE AS on_update, DELETE_RULE AS on_delete
     FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CAST(CONSTRAINT_SCHEMA AS BINARY) IN ($databases)`,
  );
  const referenced = listsOf(
    await ask(
      `SELECT TABLE_SCHEMA AS db, TABLE_NAME AS name, CONSTRAINT_NAME AS list, REFERENCED_COLUMN_NAME AS item
       FROM information_schema.KEY_COLUMN_USAGE
       WHERE CAST(TABLE_SCHEMA AS BINARY) IN ($databases) AND REFERENCED_COLUMN_NAME IS NOT NULL`,
    ),
  );
  const unique = listsOf(
    await ask(
      `SELECT TABLE_SCHEMA AS db, TABLE_NAME AS name, INDEX_NAME AS list, COLUMN_NAME AS item
       FROM information_schema.STATISTICS WHERE CAST(TABLE_SCHEMA AS BINARY) IN ($databases) AND NON_UNIQUE = 0`,
    ),
  );
  const facts = new Map<TableKey, ForeignKeyFacts[]>();
  for (const row of rules) {
    const id = { database: row.db ?? '', name: row.name ?? '' };
    const parent = { database: row.parent_db ?? '', name: row.parent ?? '' };
    const columns = referenced.get(tableKey(id))?.get(row.fk ?? '');
    const keys = unique.get(tableKey(parent));
    facts.set(tableKey(id), [
      ...(facts.get(tableKey(id)) ?? []),
      {
        parent,
        cascades: [row.on_update, row.on_delete].some(
          (rule) => rule?.startsWith('CASCADE') || rule?.startsWith('SET'),
        ),
        // Of a parent in a database that is not selected nothing is known.
        refersToKey: keys === undefined || columns === undefined || [...keys.values()].includes(columns),
      },
    ]);
  }
  return facts;
}

/** By table, the named lists as one text each, whatever their order. */
function listsOf(rows: readonly Record<string, string | null>[]): Map<TableKey, Map<string, string>> {
  const items = new Map<TableKey, Map<string, string[]>>();
  for (const { db, name, list, item } of rows) {
    const key = tableKey({ database: db ?? '', name: name ?? '' });
    const lists = items.get(key) ?? new Map<string, string[]>();
    lists.set(list ?? '', [...(lists.get(list ?? '') ?? []), (item ?? '').toLowerCase()]);
    items.set(key, lists);
  }
  return new Map(
    [...items].map(([key, lists]) => [
      key,
      new Map([...lists].map(([name, list]) => [name, JSON.stringify(list.sort())])),
    ]),
  );
}
