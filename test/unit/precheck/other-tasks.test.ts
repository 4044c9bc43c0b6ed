import { expect, test } from 'vitest';
import type { ObjectSelection } from '../../../engine/core/selection.ts';
import type { TableId } from '../../../engine/core/table.ts';
import type { Finding } from '../../../engine/precheck/check.ts';
import { otherTasksFinding } from '../../../engine/precheck/checks/other-tasks.ts';

const ids = (...labels: string[]): TableId[] =>
  labels.map((label) => {
    const [database = '', name = ''] = label.split('.');
    return { database, name };
  });

const carried = ids('shop.orders', 'shop.items', 'shop.notes');

/** What is found about one other task, which reads the same source unless told otherwise. */
function found(
  databases: ObjectSelection['databases'],
  given: {
    sameSource?: boolean;
    tables?: TableId[];
    own?: ObjectSelection['databases'];
    foldsNames?: boolean;
  } = {},
): Pick<Finding, 'grade' | 'objects'> | undefined {
  const { sameSource = true, tables = [], own = [{ name: 'shop' }], foldsNames = false } = given;
  const other = { id: '01sync', name: 'keep up', sameSource, objects: { databases }, tables };
  const finding = otherTasksFinding({
    objects: { databases: own },
    tables: carried,
    others: [other],
    foldsNames,
  });
  return finding && { grade: finding.grade, objects: finding.objects ?? [] };
}

const both = (...tables: string[]) => tables.map((table) => `${table}: 01sync`);
const fails = (...tables: string[]) => ({ grade: 'FAIL', objects: both(...tables) });
const warns = (...tables: string[]) => ({ grade: 'WARNING', objects: both(...tables) });

test('two tasks over one database carry each of its tables twice', () => {
  expect(found([{ name: 'shop' }])).toEqual(fails('shop.orders', 'shop.items', 'shop.notes'));
});

test('tables that the one leaves out, or does not name, are not carried twice', () => {
  expect(found([{ name: 'shop', excludeTables: ['orders', 'notes'] }])).toEqual(fails('shop.items'));
  expect(found([{ name: 'shop', excludeTables: ['orders', 'items', 'notes'] }])).toBeUndefined();
  expect(found([{ name: 'shop', tables: [{ name: 'notes' }, { name: 'others' }] }])).toEqual(
    fails('shop.notes'),
  );
  expect(found([{ name: 'shop', tables: [{ name: 'others' }] }])).toBeUndefined();
  expect(found([{ name: 'crm' }])).toBeUndefined();
});

test('what counts is the name at the target', () => {
  expect(found([{ name: 'shop', as: 'copy' }])).toBeUndefined();
  expect(found([{ name: 'shop', as: 'copy' }], { own: [{ name: 'shop', as: 'copy' }] })).toEqual(
    fails('copy.orders', 'copy.items', 'copy.notes'),
  );
  expect(found([{ name: 'shop', tables: [{ name: 'orders', as: 'former_orders' }] }])).toBeUndefined();
  const renamed = [{ name: 'orders', as: 'notes' }];
  expect(found([{ name: 'shop', tables: renamed }])).toEqual(fails('shop.notes'));
  expect(found([{ name: 'crm', as: 'shop', tables: [{ name: 'items' }] }])).toEqual(fails('shop.items'));
});

test('a server that knows names in lower case alone holds them for the same', () => {
  const databases = [{ name: 'shop', tables: [{ name: 'orders', as: 'Items' }] }];
  expect(found(databases)).toBeUndefined();
  expect(found(databases, { foldsNames: true })).toEqual(fails('shop.items'));
});

test('a run tells its tables where names alone do not, as far as they are still selected', () => {
  const whole = [{ name: 'crm', as: 'shop' }];
  expect(found(whole)).toBeUndefined();
  expect(found(whole, { tables: ids('crm.notes', 'crm.people') })).toEqual(fails('shop.notes'));
  const without = [{ name: 'crm', as: 'shop', excludeTables: ['notes'] }];
  expect(found(without, { tables: ids('crm.notes', 'crm.people') })).toBeUndefined();
});

test('tables of different sources may be merged, which is warned of', () => {
  expect(found([{ name: 'shop', tables: [{ name: 'items' }] }], { sameSource: false })).toEqual(
    warns('shop.items'),
  );
  expect(found([{ name: 'shop' }], { sameSource: false, tables: ids('shop.notes') })).toEqual(
    warns('shop.notes'),
  );
  // What another server has in its database is not known.
  expect(found([{ name: 'shop' }], { sameSource: false })).toBeUndefined();
});

test('the tasks are named, with what to do; those of the same source first', () => {
  const objects = { databases: [{ name: 'shop', tables: [{ name: 'items' }] }] };
  const other = (id: string, sameSource: boolean) => ({
    id,
    name: `sync ${id}`,
    sameSource,
    objects,
    tables: [],
  });
  const finding = otherTasksFinding({
    objects: { databases: [{ name: 'shop' }] },
    tables: carried,
    others: [other('01a', false), other('01b', true), other('01c', true)],
    foldsNames: false,
  });
  expect(finding).toMatchObject({ grade: 'FAIL', objects: ['shop.items: 01b', 'shop.items: 01c'] });
  expect(finding?.message).toContain('01b "sync 01b", 01c "sync 01c"');
  expect(finding?.remedy).toMatch(/leave .* out .*, stop or destroy .*, or map/i);
});
