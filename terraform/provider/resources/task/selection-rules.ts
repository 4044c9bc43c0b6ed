import { objectNameFault } from '../../names.ts';
import type { Diagnostics, Path } from '../../protocol/contracts/diagnostics.ts';
import type { Config } from '../../protocol/schema/values-of.ts';
import { isUnknown } from '../../protocol/values/unknown.ts';
import type { databaseAttributes } from './attributes.ts';

type DatabaseConfig = Config<typeof databaseAttributes>;
type DatabasesConfig = { readonly [name: string]: unknown };

/** Databases that belong to one server, in lower case. */
const SYSTEM_DATABASES: readonly string[] = [
  'information_schema',
  'mysql',
  'opendts',
  'performance_schema',
  'sys',
];

/** What can be said about a selection without asking anybody. What is unknown is passed over. */
export function checkSelection(databases: unknown, diagnostics: Diagnostics): void {
  if (databases === null || isUnknown(databases)) return;
  const known = Object.entries(databases as DatabasesConfig)
    .filter((entry): entry is [string, DatabaseConfig] => entry[1] !== null && !isUnknown(entry[1]))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  if (Object.keys(databases as DatabasesConfig).length === 0) {
    diagnostics.error({
      summary: 'No database is selected',
      detail: 'Name at least one, such as `databases = { shop = {} }` for the whole database "shop".',
      path: ['databases'],
    });
  }
  for (const [name, database] of known) checkDatabase(name, database, diagnostics);
  checkClashes(known, diagnostics);
}

function checkDatabase(name: string, database: DatabaseConfig, diagnostics: Diagnostics): void {
  const path: Path = ['databases', name];
  const { target, tables, exclude_tables: excluded } = database;
  checkNamed(name, path, diagnostics, true);
  if (typeof target === 'string') checkNamed(target, [...path, 'target'], diagnostics, true);
  if (tables !== null && !isUnknown(tables) && hasElements(excluded)) {
    diagnostics.error({
      summary: 'Tables are both selected and left out',
      detail: `Of the database "${name}" either the tables are named by "tables", or it is carried whole without those of "exclude_tables". Remove one of the two.`,
      path: [...path, 'exclude_tables'],
    });
  }
  for (const table of excluded === null || isUnknown(excluded) ? [] : excluded) {
    if (typeof table === 'string') checkNamed(table, [...path, 'exclude_tables'], diagnostics, false);
    if (table !== null) continue;
    diagnostics.error({
      summary: 'A table to leave out is null',
      detail: `Name each table of the database "${name}" that is left out: "exclude_tables" holds names alone.`,
      path: [...path, 'exclude_tables'],
    });
  }
  if (tables === null || isUnknown(tables)) return;
  if (Object.keys(tables).length === 0) {
    diagnostics.error({
      summary: 'No table is selected',
      detail: `Name a table of the database "${name}", or leave "tables" out for the whole database.`,
      path: [...path, 'tables'],
    });
  }
  for (const [table, chosen] of Object.entries(tables)) {
    checkNamed(table, [...path, 'tables', table], diagnostics, false);
    if (chosen === null || isUnknown(chosen) || typeof chosen.target !== 'string') continue;
    checkNamed(chosen.target, [...path, 'tables', table, 'target'], diagnostics, false);
  }
}

/** An empty set leaves nothing out. */
const hasElements = (excluded: DatabaseConfig['exclude_tables']): boolean =>
  excluded !== null && !isUnknown(excluded) && excluded.length > 0;

function checkNamed(name: string, path: Path, diagnostics: Diagnostics, isDatabase: boolean): void {
  const fault = objectNameFault(name);
  if (fault !== undefined) {
    diagnostics.error({
      summary: 'That is no name of a database object',
      detail: `${fault} Correct it.`,
      path,
    });
  } else if (isDatabase && SYSTEM_DATABASES.includes(name.toLowerCase())) {
    diagnostics.error({
      summary: `"${name}" is a system database`,
      detail: 'It belongs to one server and can be neither source nor target of data. Remove it.',
      path,
    });
  }
}

/** No two objects arrive under one name; two databases may arrive as one only if both name their tables. */
function checkClashes(
  databases: readonly (readonly [string, DatabaseConfig])[],
  diagnostics: Diagnostics,
): void {
  const arrived = new Map<string, { readonly from: string; readonly whole: boolean }>();
  const tables = new Map<string, string>();
  for (const [name, database] of databases) {
    if (isUnknown(database.target) || isUnknown(database.tables)) continue;
    const target = database.target ?? name;
    const whole = database.tables === null;
    const other = arrived.get(target);
    if (other !== undefined && (whole || other.whole)) {
      diagnostics.error({
        summary: `Two databases arrive as "${target}"`,
        detail: `"${other.from}" and "${name}" have the same name at the target. Give one of them another "target", or name the tables of both.`,
        path: ['databases', name],
      });
    }
    arrived.set(target, { from: name, whole });
    for (const [table, chosen] of Object.entries(database.tables ?? {})) {
      if (chosen === null || isUnknown(chosen) || isUnknown(chosen.target)) continue;
      const arrives = chosen.target ?? table;
      const key = `${target}\0${arrives}`; // no name holds NUL
      const from = tables.get(key);
      if (from !== undefined) {
        diagnostics.error({
          summary: `Two tables arrive as "${target}.${arrives}"`,
          detail: `"${from}" and "${name}.${table}" have the same name at the target. Give one of them another "target".`,
          path: ['databases', name, 'tables', table],
        });
      }
      tables.set(key, `${name}.${table}`);
    }
  }
}
