import { TerraformVariable, Testing } from 'cdktf';
import { describe, expect, test } from 'vitest';
import {
  type DatabaseSelection,
  database,
  databasesOf,
  selectionFaults,
} from '../../../../terraform/constructs/selection.ts';

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
    ['nothing', [], 'nothing is selected: give objects'],
    ['an empty name', [database('')], 'The name is empty.'],
    ['a long name', [database('x'.repeat(65))], 'longer than 64 characters'],
    ['a table named twice', [database('a').tables('t', 't')], 'table "a.t" is chosen twice: remove one.'],
    [
      'tables both named and left out',
      [database('a').table('t').except('u')],
      'use either table(…) or except(…)',
    ],
    [
      'a database twice',
      [database('a').table('t'), database('a').table('u')],
      'database "a" is selected twice',
    ],
    ['two databases as one', [database('a').as('x'), database('b').as('x')], 'two databases arrive as "x"'],
    [
      'a whole one beside tables',
      [database('a').as('b'), database('b').table('t')],
      'two databases arrive as "b"',
    ],
    [
      'two tables as one',
      [database('a').as('x').table('t'), database('b').as('x').table('u', { as: 't' })],
      'two tables arrive as "x.t"',
    ],
    [
      'two tables of one database as one',
      [database('a').table('t').table('u', { as: 't' })],
      'two tables arrive as "a.t"',
    ],
  ])('%s', (_what, selections, fault) => {
    expect(selectionFaults(selections)).toEqual([expect.stringContaining(fault)]);
  });

  test('not two databases that arrive as one table by table', () => {
    const selections = [database('a').as('x').table('t'), database('b').as('x').table('u')];
    expect(selectionFaults(selections)).toEqual([]);
  });

  test('not names that are known at the deployment alone', () => {
    Testing.synthScope((scope) => {
      const name = new TerraformVariable(scope, 'name', { type: 'string' }).stringValue;
      expect(selectionFaults([database(name).as(name), database('b').as(name)])).toEqual([]);
    });
  });
});
