import type { SelectedDatabase } from '../../gateway/tasks.ts';
import type { State } from '../../protocol/schema/values-of.ts';
import type { databaseAttributes } from './attributes.ts';

export type DatabasesState = { readonly [name: string]: State<typeof databaseAttributes> };

/** The selection as the service takes it, in the order of the names. */
export function selectionOf(databases: DatabasesState): SelectedDatabase[] {
  return entriesOf(databases).map(([name, { target, tables, exclude_tables: excluded }]) => ({
    name,
    ...(target === null ? {} : { as: target }),
    ...(tables === null
      ? {}
      : {
          tables: entriesOf(tables).map(([table, { target: as }]) => ({
            name: table,
            ...(as === null ? {} : { as }),
          })),
        }),
    ...(excluded === null || excluded.length === 0
      ? {}
      : { excludeTables: excluded.filter((table) => table !== null) }),
  }));
}

/** The selection as users write it. What means the same in `former` keeps the form that it has there. */
export function databasesState(
  selected: readonly SelectedDatabase[],
  former: DatabasesState | null,
): DatabasesState {
  const databases = Object.fromEntries(
    selected.map(({ name, as, tables, excludeTables }) => [
      name,
      {
        target: as ?? null,
        tables:
          tables == null
            ? null
            : Object.fromEntries(tables.map((table) => [table.name, { target: table.as ?? null }])),
        exclude_tables: excludeTables == null || excludeTables.length === 0 ? null : [...excludeTables],
      },
    ]),
  );
  return former !== null && isSameSelection(databases, former) ? former : databases;
}

export function isSameSelection(left: DatabasesState, right: DatabasesState): boolean {
  return canonical(left) === canonical(right);
}

/** A text that is equal exactly for selections that carry the same under the same names. */
function canonical(databases: DatabasesState): string {
  return JSON.stringify(
    selectionOf(databases).map(({ name, as, tables, excludeTables }) => [
      name,
      as ?? name,
      tables?.map((table) => [table.name, table.as ?? table.name]) ?? null,
      [...(excludeTables ?? [])].sort(),
    ]),
  );
}

function entriesOf<T>(map: { readonly [name: string]: T }): [string, T][] {
  return Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1));
}
