import { expect, test } from 'vitest';
import {
  type ObjectName,
  type ObjectNames,
  selectNames,
  withOthers,
} from '../../../engine/connectors/mysql/structure/list-objects.ts';

const table = (name: string): ObjectName => ({ kind: 'table', id: { database: 'shop', name } });
const triggerOf = (of: string): ObjectName => ({
  kind: 'trigger',
  id: { database: 'shop', name: 'look' },
  table: { database: 'shop', name: of },
});
const names = (tableName: string): ObjectNames => ({
  databases: [],
  tables: [table(tableName)],
  views: [],
  routines: [],
  triggers: [triggerOf(tableName)],
  events: [],
});

test.each(['before', 'since'])(
  'a trigger whose table is being renamed is carried once, whichever name the rename ends with: %s',
  (name) => {
    const both = withOthers(names('since'), names('before'));
    expect(both.tables.map(({ id }) => id.name)).toEqual(['since', 'before']);
    const selection = { databases: [{ name: 'shop', tables: [{ name }] }] };
    expect(selectNames(both, selection).triggers).toEqual([triggerOf(name)]);
    expect(selectNames(both, { databases: [{ name: 'shop' }] }).triggers).toHaveLength(1);
  },
);
