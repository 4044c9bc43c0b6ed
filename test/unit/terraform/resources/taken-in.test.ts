import { expect, test } from 'vitest';
import { isSelected } from '../../../../terraform/provider/resources/task/taken-in.ts';

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
