import type { DatabaseSelection, ObjectSelection, TableSelection } from '../core/selection.ts';

/** What a selection carries that the former one does not carry, or under another name. */
export function addedObjects(former: ObjectSelection, next: ObjectSelection): ObjectSelection {
  const before = new Map(former.databases.map((database) => [database.name, database]));
  return { databases: next.databases.flatMap((database) => addedOf(before.get(database.name), database)) };
}

function addedOf(former: DatabaseSelection | undefined, next: DatabaseSelection): DatabaseSelection[] {
  if (former === undefined || targetOf(former) !== targetOf(next)) return [next];
  const { name, as } = next;
  const part = (tables: readonly TableSelection[]) =>
    tables.length === 0 ? [] : [{ name, ...(as === undefined ? {} : { as }), tables }];
  if (next.tables !== undefined) return part(next.tables.filter((table) => !carries(former, table)));
  if (former.tables === undefined) {
    const excluded = new Set(next.excludeTables);
    const back = (former.excludeTables ?? []).filter((table) => !excluded.has(table));
    return part(back.map((table) => ({ name: table })));
  }
  // Of the tables that were named, those that keep their name are there already.
  const kept = former.tables.filter((table) => targetOf(table) === table.name).map((table) => table.name);
  return [{ ...next, excludeTables: [...new Set([...(next.excludeTables ?? []), ...kept])] }];
}

function carries(former: DatabaseSelection, table: TableSelection): boolean {
  if (former.tables === undefined)
    return !former.excludeTables?.includes(table.name) && targetOf(table) === table.name;
  const known = former.tables.find(({ name }) => name === table.name);
  return known !== undefined && targetOf(known) === targetOf(table);
}

const targetOf = ({ name, as }: { readonly name: string; readonly as?: string | undefined }) => as ?? name;
