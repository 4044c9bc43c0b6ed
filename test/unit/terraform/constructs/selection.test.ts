import { TerraformStack, TerraformVariable } from 'cdktf';
import { describe, expect, test } from 'vitest';
import {
  type DatabaseSelection,
  database,
  databasesOf,
  selectionFaults,
} from '../../../../terraform/constructs/selection.ts';
import { testingApp } from './testing-app.ts';

describe('a selection becomes', () => {
  test.each<[string, DatabaseSelection, unknown]>([
    ['a whole database', database('shop'), {}],
    ['a renamed database', database('shop').as('shop_v2'), { target: 'shop_v2' }],
    ['tables', database('shop').tables('a', 'b'), { tables: { a: {}, b: {} } }],
    [
      'renamed tables',
      database('shop').as('v2').table('orders').table('items', { as: 'lines' }),
      { target: 'v2', tables: { orders: {}, items: { target: 'lines' } } },
    ],
    ['all but some', database('shop').except('a').except('b', 'c'), { excludeTables: ['a', 'b', 'c'] }],
  ])('%s', (_what, selection, expected) => {
    expect(selectionFaults([selection])).toEqual([]);
    expect(JSON.parse(JSON.stringify(databasesOf([selection])))).toEqual({ shop: expected });
  });

  test('a new one at each step, so that a common beginning can be shared', () => {
    const shop = database('shop').table('orders');
    shop.table('items');
    expect(Object.keys(shop.toConfig().tables ?? {})).toEqual(['orders']);
  });
});

describe('refused with the remedy', () => {
  test.each<[string, readonly DatabaseSelection[], string]>([
    ['a table chosen twice', [database('a').table('t').tables('u', 't')], 'table "a.t" is chosen twice'],
    [
      'a database twice',
      [database('a').table('t'), database('a').table('u')],
      'database "a" is selected twice: choose all of its tables in one selection.',
    ],
  ])('%s', (_what, selections, fault) => {
    expect(selectionFaults(selections)).toEqual([expect.stringContaining(fault)]);
  });

  test('not names that are known at the deployment alone', () => {
    const stack = new TerraformStack(testingApp(), 'stack');
    const name = new TerraformVariable(stack, 'name', { type: 'string' }).stringValue;
    expect(selectionFaults([database(name).tables(name, name), database(name)])).toEqual([]);
  });
});
