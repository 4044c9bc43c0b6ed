import { describe, expect, it } from 'vitest';
import type { SchemaEffect } from '../../../engine/core/change.ts';
import { type TableId, tableKey, tableLabel } from '../../../engine/core/table.ts';
import type { TableRun } from '../../../engine/pipeline/run/run-state.ts';
import { type CopyRelation, decideSchemaChange } from '../../../engine/pipeline/schema/schema-decision.ts';

const orders: TableId = { database: 'shop', name: 'orders' };
const archive: TableId = { database: 'shop', name: 'archive' };
const outside: TableId = { database: 'other', name: 'orders' };

function run(id: TableId, given: Partial<TableRun> = {}): TableRun {
  return {
    database: id.database,
    name: id.name,
    targetDatabase: id.database,
    targetName: id.name,
    state: 'COPIED',
    keyless: false,
    completed: false,
    estimatedRows: 0,
    estimatedBytes: 0,
    rowsCopied: 0,
    bytesCopied: 0,
    inserts: 0,
    updates: 0,
    deletes: 0,
    ddls: 0,
    ...given,
  };
}

function decide(effects: SchemaEffect[], tables: TableRun[], relation: CopyRelation) {
  return decideSchemaChange({
    effects,
    selects: (id) => id.database === 'shop',
    run: (id) => tables.find((t) => t.database === id.database && t.name === id.name),
    relation: () => relation,
  });
}
const names = (ids: readonly TableId[]) => ids.map(tableLabel);
const alter = (change: 'indexes' | 'additive' | 'rewrite'): SchemaEffect[] => [
  { kind: 'alter-table', table: orders, change },
];

describe('a schema change that meets a copy', () => {
  it('of indexes waits for SCHEMA_2 while the table has none yet, and runs at once after', () => {
    for (const relation of ['before', 'within', 'after'] as const) {
      expect([...decide(alter('indexes'), [run(orders)], relation).leaveOut]).toEqual([tableKey(orders)]);
    }
    const later = decide(alter('indexes'), [run(orders, { completed: true })], 'after');
    expect([later.leaveOut.size, later.reload.length, later.completeFirst.length]).toEqual([0, 0, 0]);
  });

  it('that only adds columns never copies anything again', () => {
    const within = decide(alter('additive'), [run(orders)], 'within');
    expect([within.reload, within.lowerLow]).toEqual([[], []]);
  });

  it('that adds columns before the copy began makes the events since then count', () => {
    expect(names(decide(alter('additive'), [run(orders)], 'before').lowerLow)).toEqual(['shop.orders']);
  });

  it('that adds columns to a keyless table before its copy reloads it: its events cannot be repeated', () => {
    expect(names(decide(alter('additive'), [run(orders, { keyless: true })], 'before').reload)).toEqual([
      'shop.orders',
    ]);
  });

  it('meets a table that was copied together with others like a keyless one', () => {
    const together = [run(orders, { together: true })];
    expect(names(decide(alter('additive'), together, 'before').reload)).toEqual(['shop.orders']);
    const truncate: SchemaEffect[] = [{ kind: 'truncate-table', table: orders }];
    const before = decide(truncate, together, 'before');
    expect([before.emptied, [...before.leaveOut]]).toEqual([[], [tableKey(orders)]]);
    const after = decide(truncate, together, 'after');
    expect([names(after.emptied), after.leaveOut.size]).toEqual([['shop.orders'], 0]);
  });

  it('of another kind reloads the table when rows of both shapes were read, and not when the copy was over', () => {
    expect(names(decide(alter('rewrite'), [run(orders)], 'before').reload)).toEqual(['shop.orders']);
    expect(names(decide(alter('rewrite'), [run(orders)], 'within').reload)).toEqual(['shop.orders']);
    const after = decide(alter('rewrite'), [run(orders)], 'after');
    expect([names(after.reload), names(after.completeFirst)]).toEqual([[], ['shop.orders']]);
  });

  it('of a table that waits for its reload is simply replayed', () => {
    const decision = decide(
      alter('rewrite'),
      [run(orders, { state: 'RELOADING', completed: true })],
      'within',
    );
    expect([decision.reload, decision.completeFirst, decision.leaveOut.size]).toEqual([[], [], 0]);
  });

  it('that empties a table settles its copy', () => {
    const decision = decide([{ kind: 'truncate-table', table: orders }], [run(orders)], 'within');
    expect([names(decision.emptied), decision.reload]).toEqual([['shop.orders'], []]);
  });

  it('that renames follows the name; into the selection it copies, out of it it lets go', () => {
    const rename = (from: TableId, to: TableId) =>
      decide([{ kind: 'rename-table', from, to }], [run(orders)], 'after');
    expect(rename(orders, archive).rename).toEqual([{ from: orders, to: archive }]);
    expect(names(rename(outside, archive).enter)).toEqual(['shop.archive']);
    expect(names(rename(orders, outside).remove)).toEqual(['shop.orders']);
  });

  it('that renames a table in the middle of its copy reloads it', () => {
    const decision = decide([{ kind: 'rename-table', from: orders, to: archive }], [run(orders)], 'within');
    expect(names(decision.reload)).toEqual(['shop.orders']);
  });

  it('carries nothing but the names of a table that is set apart', () => {
    const apart = run(orders, { state: 'RELOADING', detached: true, completed: true });
    const altered = decide([{ kind: 'alter-table', table: orders, change: 'rewrite' }], [apart], 'after');
    expect([...altered.leaveOut]).toEqual([tableKey(orders)]);
    const emptied = decide([{ kind: 'truncate-table', table: orders }], [apart], 'after');
    expect(names(emptied.emptied)).toEqual([]);
    const alike = decide([{ kind: 'create-table', table: archive, like: orders }], [apart], 'after');
    expect(names(alike.enter)).toEqual(['shop.archive']);
    expect(names(alike.add)).toEqual([]);
  });

  it('that makes a table like another leaves what indexes it lacks to SCHEMA_2, whatever the other has', () => {
    const like: SchemaEffect[] = [{ kind: 'create-table', table: archive, like: orders }];
    for (const completed of [false, true]) {
      const decision = decide(like, [run(orders, { completed })], 'after');
      expect([names(decision.add), names(decision.addIncomplete)]).toEqual([[], ['shop.archive']]);
    }
    expect(names(decide([{ kind: 'create-table', table: archive }], [], 'after').add)).toEqual([
      'shop.archive',
    ]);
  });
});
