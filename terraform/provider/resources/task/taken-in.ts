import { sourceTables } from '../../gateway/catalog.ts';
import type { GatewayClient } from '../../gateway/client.ts';
import { taskTables } from '../../gateway/task-tables.ts';
import type { SelectedDatabase, Task } from '../../gateway/tasks.ts';

type TableName = Pick<Awaited<ReturnType<typeof sourceTables>>[number], 'database' | 'name'>;

/** Whether the table is among what is selected. */
export function isSelected(selected: readonly SelectedDatabase[], { database, name }: TableName): boolean {
  const found = selected.find((each) => each.name === database);
  if (found === undefined) return false;
  const { tables, excludeTables } = found;
  if (tables) return tables.some((table) => table.name === name);
  return !excludeTables?.includes(name);
}

/** The name of a selected table at the target, with the database. */
export function targetOf(selected: readonly SelectedDatabase[], { database, name }: TableName): string {
  const found = selected.find((each) => each.name === database);
  const as = found?.tables?.find((table) => table.name === name)?.as;
  return `${found?.as ?? database}.${as ?? name}`;
}

/**
 * Tells whether the changes of all tables are applied that a task was given while it was under way, under the names that they have at the
 * target by now: its phase alone says that of those it began with. The source is asked which tables there are, and asked again where one of them does not come: it may be gone.
 */
export function tablesTakenIn(
  client: GatewayClient,
  databases: readonly SelectedDatabase[],
  signal: AbortSignal,
): (task: Task) => Promise<boolean> {
  let selected: readonly TableName[] | undefined;
  return async ({ id, source }) => {
    if (source === null) return true;
    const carried = await taskTables(client, id, signal);
    if (!carried.every(({ state }) => state === 'REPLICATING' || state === 'DROPPED')) return false;
    const targets = new Map(carried.map((each) => [keyOf(each), each.target]));
    const lacks = (each: TableName) => targets.get(keyOf(each)) !== targetOf(databases, each);
    if (selected?.some(lacks) ?? true) {
      const names = databases.map(({ name }) => name);
      const all = await sourceTables(client, source.id, names, signal);
      selected = all.filter((each) => isSelected(databases, each));
    }
    return !selected?.some(lacks);
  };
}

const keyOf = ({ database, name }: TableName): string => JSON.stringify([database, name]);
