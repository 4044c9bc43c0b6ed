import type { StructureHistory } from '../../core/structure.ts';
import {
  actsOnRows,
  type ForeignKey,
  type Table,
  type TableId,
  type TableKey,
  tableKey,
} from '../../core/table.ts';
import type { TargetTable } from '../../core/target.ts';
import type { CascadeParent } from '../apply/reduce/reducer.ts';

const acts = (rule: ForeignKey['onDelete']) => rule !== 'RESTRICT' && rule !== 'NO ACTION';

/**
 * Finds tables that foreign keys with an action join to others. Their events must all be repeated over a copy: a parent's change that
 * is repeated at the target may take along children that the copy has from later, and only their own events bring them back.
 */
export function actingTables(history: StructureHistory): (table: Table) => boolean {
  const lookup = cascadeLookup(() => history);
  return (table) =>
    table.foreignKeys.some(({ onDelete, onUpdate }) => acts(onDelete) || acts(onUpdate)) ||
    lookup(table) !== undefined;
}

/** Which tables act on others through foreign keys, as of the structure that `history` gives; worked out once per structure. */
export function cascadeLookup(history: () => StructureHistory): (table: Table) => CascadeParent | undefined {
  let known: StructureHistory | undefined;
  let parents = new Map<TableKey, CascadeParent>();
  return (table) => {
    const current = history();
    if (current !== known) {
      parents = parentsOf(current);
      known = current;
    }
    return parents.get(tableKey(table.id));
  };
}

function parentsOf(history: StructureHistory): Map<TableKey, CascadeParent> {
  const parents = new Map<TableKey, CascadeParent>();
  for (const child of history.tables()) {
    for (const key of child.foreignKeys) {
      const [onDelete, onUpdate] = [acts(key.onDelete), acts(key.onUpdate)];
      const parent = history.table(key.references);
      if ((!onDelete && !onUpdate) || parent === undefined) continue;
      const former = parents.get(tableKey(parent.id)) ?? { columns: [], onDelete: false, onUpdate: false };
      const columns = key.referencedColumns.map((name) =>
        parent.columns.findIndex((column) => column.name.toLowerCase() === name.toLowerCase()),
      );
      parents.set(tableKey(parent.id), {
        columns: [...new Set([...former.columns, ...columns])],
        onDelete: former.onDelete || onDelete,
        onUpdate: former.onUpdate || onUpdate,
      });
    }
  }
  return parents;
}

/**
 * Finds the tables that foreign keys with an action join to a table, itself included, over any number of steps; none for one that has
 * no such key and to which none refers.
 */
export function joinedTables(history: StructureHistory): (table: TableId) => readonly TableId[] {
  const groups = new Map<TableKey, TableId[]>();
  const groupOf = (id: TableId) => groups.get(tableKey(id)) ?? [id];
  for (const { id, foreignKeys } of history.tables()) {
    for (const { references } of foreignKeys.filter(actsOnRows)) {
      const parent = history.table(references)?.id;
      if (parent === undefined) continue;
      const [group, other] = [groupOf(id), groupOf(parent)];
      const joined = group.some((member) => tableKey(member) === tableKey(parent))
        ? group
        : [...group, ...other];
      for (const member of joined) groups.set(tableKey(member), joined);
    }
  }
  return (table) => groups.get(tableKey(table)) ?? [];
}

/** The carried tables that foreign keys of `table` refer to, itself left out. */
export function parentsAtTarget(
  table: Table,
  history: StructureHistory,
  targetOf: (id: TableId) => TableId | undefined,
): TargetTable[] {
  const ids = new Map(table.foreignKeys.map(({ references }) => [tableKey(references), references]));
  ids.delete(tableKey(table.id));
  return [...ids.values()].flatMap((reference) => {
    const source = history.table(reference);
    const id = source === undefined ? undefined : targetOf(reference);
    return source === undefined || id === undefined ? [] : [{ source, id }];
  });
}
