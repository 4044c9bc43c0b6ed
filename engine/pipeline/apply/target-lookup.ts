import type { Table } from '../../core/table.ts';
import type { TargetTable } from '../../core/target.ts';
import type { ObjectMapper } from '../../transform/mapping.ts';
import type { TableRegistry } from '../tables/table-registry.ts';

/** Where the rows of a table go, kept per structure: that of its copy, or by the mapping where it has none. */
export function targetLookup(registry: TableRegistry, mapper: ObjectMapper): (table: Table) => TargetTable {
  const targets = new WeakMap<Table, TargetTable>();
  return (table) => {
    const known = targets.get(table);
    if (known !== undefined) return known;
    const run = registry.get(table.id);
    const id =
      run === undefined ? mapper.table(table.id) : { database: run.targetDatabase, name: run.targetName };
    const target = { source: table, id };
    targets.set(table, target);
    return target;
  };
}
