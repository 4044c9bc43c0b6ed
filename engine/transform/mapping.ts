import type { DatabaseSelection, ObjectSelection } from '../core/selection.ts';
import type { TableId } from '../core/table.ts';
import type { NameMapping } from '../core/target.ts';

/** A selection, ready to be asked. Names are compared exactly as the source spells them. */
export interface ObjectMapper extends NameMapping {
  selects(table: TableId): boolean;
  /** The database is carried whole: what is created in it later comes along. */
  selectsDatabase(database: string): boolean;
  /** The database holds at least one selected object. */
  touchesDatabase(database: string): boolean;
}

/** Where columns, filters and merged tables will join: rows pass through here between reduction and target. */
export function createMapper(selection: ObjectSelection): ObjectMapper {
  const databases = new Map<string, DatabaseSelection>(selection.databases.map((d) => [d.name, d]));
  const tables = new Map(
    selection.databases.map((d) => [d.name, new Map((d.tables ?? []).map((t) => [t.name, t.as ?? t.name]))]),
  );
  const excluded = new Map(selection.databases.map((d) => [d.name, new Set(d.excludeTables ?? [])]));
  const mapper: ObjectMapper = {
    database: (source) => databases.get(source)?.as ?? source,
    table: (source) => ({
      database: mapper.database(source.database),
      name: tables.get(source.database)?.get(source.name) ?? source.name,
    }),
    selects(table) {
      const database = databases.get(table.database);
      if (database === undefined) return false;
      if (database.tables !== undefined) return tables.get(table.database)?.has(table.name) ?? false;
      return !excluded.get(table.database)?.has(table.name);
    },
    selectsDatabase: (database) => databases.has(database) && databases.get(database)?.tables === undefined,
    touchesDatabase: (database) => databases.has(database),
  };
  return mapper;
}
