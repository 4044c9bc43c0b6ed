import { expect, test } from 'vitest';
import { isSelected, targetOf } from '../../../../terraform/provider/resources/task/taken-in.ts';

test.each([
  [[{ name: 'shop' }], true],
  [[{ name: 'shop', tables: null, excludeTables: null }], true],
  [[{ name: 'crm' }], false],
  [[{ name: 'shop', tables: [{ name: 'orders', as: 'sales' }] }], true],
  [[{ name: 'shop', tables: [{ name: 'sales', as: 'orders' }] }], false],
  [[{ name: 'shop', excludeTables: ['orders'] }], false],
  [[{ name: 'crm' }, { name: 'shop', excludeTables: ['notes'] }], true],
])('of %j shop.orders is selected: %s', (databases, selected) => {
  expect(isSelected(databases, { database: 'shop', name: 'orders' })).toBe(selected);
});

test.each([
  [[{ name: 'shop' }], 'shop.orders'],
  [[{ name: 'shop', as: 'depot' }], 'depot.orders'],
  [[{ name: 'shop', tables: [{ name: 'orders', as: 'sales' }] }], 'shop.sales'],
  [[{ name: 'shop', as: 'depot', tables: [{ name: 'orders' }] }], 'depot.orders'],
])('of %j shop.orders is %s at the target', (databases, target) => {
  expect(targetOf(databases, { database: 'shop', name: 'orders' })).toBe(target);
});
