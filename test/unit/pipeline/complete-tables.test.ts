import { expect, test } from 'vitest';
import type { PositionOrder } from '../../../engine/core/position.ts';
import type { StructureHistory } from '../../../engine/core/structure.ts';
import type { ForeignKey, Table } from '../../../engine/core/table.ts';
import type { Target } from '../../../engine/core/target.ts';
import type { TableRun } from '../../../engine/pipeline/run/run-state.ts';
import type { TaskPort } from '../../../engine/pipeline/run/task-port.ts';
import { completeTables } from '../../../engine/pipeline/tables/complete-tables.ts';
import { TableRegistry } from '../../../engine/pipeline/tables/table-registry.ts';
import { createMapper } from '../../../engine/transform/mapping.ts';

const names = ['a', 'b', 'c', 'd', 'parent', 'child'];
const tables = names.map((name): Partial<Table> => {
  const references = { database: 'shop', name: 'parent' };
  const foreignKeys = name === 'child' ? [{ references } as ForeignKey] : [];
  return { id: { database: 'shop', name }, columns: [], keys: [], foreignKeys };
}) as Table[];
const history = {
  tables: () => tables,
  table: ({ name }) => tables.find(({ id }) => id.name === name),
} as Partial<StructureHistory> as StructureHistory;
const runs = names.map(
  (name): Partial<TableRun> => ({
    ...{ database: 'shop', name, targetDatabase: 'shop', targetName: name },
    ...{ state: 'COPIED', completed: false },
  }),
) as TableRun[];

/** Completes all tables, two at once at most; tells who was at work together. */
async function completed(complete: (name: string) => Promise<void> | void, copied = runs) {
  const working = new Set<string>();
  const together: string[] = [];
  const structure = {
    completeTable: async ({ id }: { id: { name: string } }) => {
      working.add(id.name);
      together.push([...working].join(' '));
      await new Promise(setImmediate);
      try {
        await complete(id.name);
      } finally {
        working.delete(id.name);
      }
    },
  };
  const port = { saveTables: async () => {} } as Partial<TaskPort> as TaskPort;
  const registry = new TableRegistry({ tables: copied, positions: {} as PositionOrder, port });
  const target = { structure } as unknown as Target;
  const mapper = createMapper({ databases: [{ name: 'shop' }] });
  const outcome = await completeTables({ target, mapper, registry, history, parallelism: 2 }, copied).then(
    () => 'done',
    (error: Error) => error.message,
  );
  const following = registry.all().flatMap(({ name, state }) => (state === 'REPLICATING' ? [name] : []));
  return { outcome, together, following, working };
}

test('tables are completed side by side, those that foreign keys join one after the other', async () => {
  const { outcome, together, following } = await completed(() => {});
  expect(outcome).toBe('done');
  expect(following).toEqual(names);
  expect(together.some((group) => group.includes(' '))).toBe(true);
  expect(together.every((group) => group.split(' ').length <= 2)).toBe(true);
  expect(together.filter((group) => /parent|child/.test(group))).toEqual(['parent', 'child']);
});

test('a failure is told when no table is at work any more', async () => {
  const { outcome, following, working } = await completed((name) => {
    if (name === 'a') throw new Error('refused');
  });
  expect(outcome).toBe('refused');
  expect(working.size).toBe(0);
  expect(following).not.toContain('a');
});

test('a table that the history does not know yet is left for the change that brings it', async () => {
  const ahead = [{ ...runs[0]!, name: 'ahead', targetName: 'ahead' }, ...runs];
  const { outcome, together, following } = await completed(() => {}, ahead);
  expect(outcome).toBe('done');
  expect(following).toEqual(names);
  expect(together.join(' ')).not.toContain('ahead');
});
