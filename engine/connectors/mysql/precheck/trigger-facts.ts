import type { TriggerFacts } from '../../../core/precheck.ts';
import { type TableId, tableKey } from '../../../core/table.ts';
import type { MysqlConnection } from '../connection.ts';
import { quoteText } from '../identifier.ts';

/** Triggers of these tables. `withoutCase`: the server compares names so. */
export async function triggerFacts(
  connection: MysqlConnection,
  tables: readonly TableId[],
  withoutCase: boolean,
): Promise<TriggerFacts[]> {
  const databases = [...new Set(tables.map(({ database }) => database))].map(quoteText).join(', ');
  if (databases === '') return [];
  const keyOf = (id: TableId): string => (withoutCase ? tableKey(id).toLowerCase() : tableKey(id));
  const byKey = new Map(tables.map((id) => [keyOf(id), id]));
  const rows = await connection.query(
    `SELECT EVENT_OBJECT_SCHEMA AS db, EVENT_OBJECT_TABLE AS table_name, TRIGGER_NAME AS name,
       ACTION_TIMING = 'BEFORE' AND EVENT_MANIPULATION <> 'DELETE' AS changes_row
     FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA IN (${databases})`,
  );
  return rows.flatMap((row) => {
    const table = byKey.get(keyOf({ database: row.db ?? '', name: row.table_name ?? '' }));
    return table === undefined ? [] : [{ table, name: row.name ?? '', changesRow: row.changes_row === '1' }];
  });
}
