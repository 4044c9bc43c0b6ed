import type { ObjectSelection } from '../../../core/selection.ts';

/** Whether rows of a table are carried. */
export type TableFilter = (database: string, table: string) => boolean;

export function tableFilter(selection: ObjectSelection): TableFilter {
  const rules = new Map(
    selection.databases.map((database) => {
      const listed = database.tables && new Set(database.tables.map((table) => table.name));
      const excluded = new Set(database.excludeTables);
      return [database.name, (table: string) => (listed ? listed.has(table) : !excluded.has(table))] as const;
    }),
  );
  return (database, table) => rules.get(database)?.(table) ?? false;
}

/** Whether a statement in this text and default database may touch a selected table: by names, never too few. */
export function mayTouch(
  selection: ObjectSelection,
  statement: { database: string; updatedDatabases: readonly string[] | undefined; text: string },
): boolean {
  const text = statement.text.toLowerCase();
  return selection.databases.some(({ name, tables }) => {
    const named =
      statement.database === name ||
      statement.updatedDatabases?.includes(name) === true ||
      text.includes(name.toLowerCase());
    return named && (!tables || tables.some((table) => text.includes(table.name.toLowerCase())));
  });
}
