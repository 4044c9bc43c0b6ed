import { describe, expect, it } from 'vitest';
import type { Position, PositionOrder } from '../../../engine/core/position.ts';
import type { StructureHistory } from '../../../engine/core/structure.ts';
import { type ForeignKey, type Table, type TableId, tableKey } from '../../../engine/core/table.ts';
import type { TableRun } from '../../../engine/pipeline/run/run-state.ts';
import type { TaskPort } from '../../../engine/pipeline/run/task-port.ts';
import { CascadeGroups } from '../../../engine/pipeline/tables/cascade-groups.ts';
import { joinedTables } from '../../../engine/pipeline/tables/cascades.ts';
import { TableRegistry } from '../../../engine/pipeline/tables/table-registry.ts';

const id = (name: string): TableId => ({ database: 'shop', name });

/** Tables with the tables that their foreign keys refer to; `!` before a name: without an action. */
function structureOf(tables: Record<string, string[]>): StructureHistory {
  const list = Object.entries(tables).map(([name, parents]): Table => {
    const foreignKeys = parents.map(
      (parent): ForeignKey => ({
        name: `to_${parent}`,
        columns: ['parent'],
        references: id(parent.replace('!', '')),
        referencedColumns: ['id'],
        onDelete: parent.startsWith('!') ? 'RESTRICT' : 'CASCADE',
        onUpdate: 'RESTRICT',
      }),
    );
    return { id: id(name), columns: [], keys: [], foreignKeys };
  });
  const find = (wanted: TableId) => list.find((table) => tableKey(table.id) === tableKey(wanted));
  return { table: find, tables: () => list } as Partial<StructureHistory> as StructureHistory;
}

function groupsOf(runs: Record<string, Partial<TableRun>>, logged = false): CascadeGroups {
  const tables = Object.entries(runs).map(([name, given]) => ({ ...id(name), ...given }) as TableRun);
  const positions = {
    covers: (a: Position, b: Position) => Number(a) >= Number(b),
  } as Partial<PositionOrder> as PositionOrder;
  const registry = new TableRegistry({ tables, positions, port: {} as TaskPort });
  return new CascadeGroups({ registry, positions, logged });
}

const names = (ids: readonly TableId[]) => ids.map(({ name }) => name).sort();
const copied = (at: string): Partial<TableRun> => ({ state: 'COPIED', low: at, high: at });
const chain = structureOf({ a: [], b: ['a'], c: ['b'], other: ['!a'], tree: ['tree'] });

describe('tables that foreign keys with actions join', () => {
  it('are found over any number of steps, in whatever order the keys come', () => {
    const joined = joinedTables(structureOf({ d: ['c'], b: ['a'], a: [], c: ['b'], e: ['x'], x: [] }));
    for (const name of ['a', 'b', 'c', 'd']) expect(names(joined(id(name)))).toEqual(['a', 'b', 'c', 'd']);
    expect(names(joined(id('x')))).toEqual(['e', 'x']);
  });

  it('are not those without an action, but a table that refers to itself', () => {
    expect(joinedTables(chain)(id('other'))).toEqual([]);
    expect(names(joinedTables(chain)(id('tree')))).toEqual(['tree']);
  });

  it('are copied again together when one of them is', () => {
    const groups = groupsOf({ a: { state: 'REPLICATING' }, b: { state: 'RELOADING' }, c: copied('5') });
    expect(names(groups.outOfStep(chain))).toEqual(['a', 'c']);
  });

  it('are copied again when they were joined before their copies, which show several positions', () => {
    const groups = groupsOf({ a: copied('5'), b: copied('5'), c: copied('6') });
    expect(names(groups.outOfStep(chain, '4' as Position))).toEqual(['a', 'b', 'c']);
    expect(groups.outOfStep(chain, '7' as Position)).toEqual([]);
    const alike = groupsOf({ a: copied('5'), b: copied('5'), c: copied('5') });
    expect(alike.outOfStep(chain, '4' as Position)).toEqual([]);
  });

  it('go their own ways where the log tells what cascades do', () => {
    const groups = groupsOf({ a: { state: 'REPLICATING' }, b: { state: 'RELOADING' } }, true);
    expect([groups.outOfStep(chain), groups.of(chain)(id('a'))]).toEqual([[], []]);
  });
});
