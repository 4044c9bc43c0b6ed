import type { StructureHistory } from '../../core/structure.ts';
import type { TableId } from '../../core/table.ts';
import type { NameMapping } from '../../core/target.ts';
import { serverLiteral, serverVariable } from './ddl/dialect.ts';
import { MysqlHistory } from './ddl/history.ts';

/** What decides what the schema statements of a source mean, as variables of their sessions; its log may not tell them. */
export function sourceSettings(history: StructureHistory): Readonly<Record<string, string>> {
  if (!(history instanceof MysqlHistory)) return {};
  const { explicitDefaultsForTimestamp: explicit, lowerCaseTableNames } = history.server;
  return {
    [serverVariable]: serverLiteral(history.server),
    ...(explicit === undefined ? {} : { explicit_defaults_for_timestamp: explicit ? '1' : '0' }),
    lower_case_table_names: String(lowerCaseTableNames),
  };
}

/** Whether the session's server takes names of databases and tables in lower case, however they are written. */
export const foldsNames = (session: Readonly<Record<string, string>>): boolean =>
  (session.lower_case_table_names ?? '0') !== '0';

export const foldedId = ({ database, name }: TableId): TableId => ({
  database: database.toLowerCase(),
  name: name.toLowerCase(),
});

/** A mapping of names as a statement may write them. */
export function foldingMapping(mapping: NameMapping): NameMapping {
  return {
    database: (name) => mapping.database(name.toLowerCase()),
    table: (id) => mapping.table(foldedId(id)),
  };
}
