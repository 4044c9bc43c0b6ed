import { describe, expect, it } from 'vitest';
import type { PositionOrder } from '../../../engine/core/position.ts';
import { type TableId, tableLabel } from '../../../engine/core/table.ts';
import { sourceIdOf, type TableRun } from '../../../engine/pipeline/run/run-state.ts';
import type { TaskPort } from '../../../engine/pipeline/run/task-port.ts';
import { TableRegistry } from '../../../engine/pipeline/tables/table-registry.ts';

const id = (name: string): TableId => ({ database: 'shop', name });
const positions = {} as PositionOrder;

/** Tables whose number of inserts tells them apart whatever they are called. */
function tablesNamed(...names: string[]): Map<string, TableRun> {
  return new Map(
    names.map((name, i) => [
      `shop.${name}`,
      {
        ...{
          database: 'shop',
          name,
          targetDatabase: 'shop',
          targetName: name,
          state: 'REPLICATING' as const,
        },
        ...{
          keyless: false,
          completed: true,
          estimatedRows: 0,
          estimatedBytes: 0,
          rowsCopied: 0,
          bytesCopied: 0,
        },
        ...{ inserts: i + 1, updates: 0, deletes: 0, ddls: 0 },
      },
    ]),
  );
}

/** A store that stops taking changes after `calls` of them, as a killed process leaves it. */
function registryOn(stored: Map<string, TableRun>, calls = Number.POSITIVE_INFINITY): TableRegistry {
  let left = calls;
  const change = (work: () => void) => {
    if (left-- <= 0) throw new Error('killed');
    work();
  };
  const port: Partial<TaskPort> = {
    saveTables: async (changed) =>
      change(() => {
        for (const run of changed) stored.set(tableLabel(sourceIdOf(run)), run);
      }),
    removeTable: async (table) => change(() => void stored.delete(tableLabel(table))),
  };
  return new TableRegistry({ tables: [...stored.values()], positions, port: port as TaskPort });
}

const told = (stored: Map<string, TableRun>) =>
  Object.fromEntries([...stored].map(([name, { inserts }]) => [name, inserts]).sort());

const swap = [
  { from: id('a'), to: id('tmp') },
  { from: id('b'), to: id('a') },
  { from: id('tmp'), to: id('b') },
];
const chain = [
  { from: id('b'), to: id('c') },
  { from: id('a'), to: id('b') },
];
const rename = (registry: TableRegistry, pairs: typeof swap) =>
  registry.rename({ pairs, at: '7', namesOf: (to) => ({ name: to.name, targetName: to.name }) });

describe('tables that are renamed', () => {
  it.for([
    { what: 'swap their names', pairs: swap, result: { 'shop.a': 2, 'shop.b': 1 } },
    { what: 'move up in a chain', pairs: chain, result: { 'shop.b': 1, 'shop.c': 2 } },
  ])('$what once, wherever the process dies and however often it repeats', async ({ pairs, result }) => {
    for (let calls = 0; calls <= 4; calls += 1) {
      const stored = tablesNamed('a', 'b');
      await rename(registryOn(stored, calls), pairs).catch(() => undefined);
      await rename(registryOn(stored), pairs);
      await rename(registryOn(stored), pairs);
      expect(told(stored)).toEqual(result);
    }
  });
});
