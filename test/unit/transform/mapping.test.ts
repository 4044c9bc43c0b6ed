import { describe, expect, it } from 'vitest';
import { createMapper } from '../../../engine/transform/mapping.ts';

const mapper = createMapper({
  databases: [
    { name: 'shop', as: 'shop_v2', excludeTables: ['secrets'] },
    { name: 'crm', tables: [{ name: 'people', as: 'persons' }, { name: 'notes' }] },
  ],
});

describe('object selection', () => {
  it('carries a whole database with what comes later, apart from what is left out', () => {
    expect(mapper.selects({ database: 'shop', name: 'made_tomorrow' })).toBe(true);
    expect(mapper.selects({ database: 'shop', name: 'secrets' })).toBe(false);
    expect(mapper.selectsDatabase('shop')).toBe(true);
    expect(mapper.table({ database: 'shop', name: 'orders' })).toEqual({
      database: 'shop_v2',
      name: 'orders',
    });
  });

  it('carries only the named tables of another, under their new names', () => {
    expect(mapper.selects({ database: 'crm', name: 'people' })).toBe(true);
    expect(mapper.selects({ database: 'crm', name: 'other' })).toBe(false);
    expect(mapper.selectsDatabase('crm')).toBe(false);
    expect(mapper.touchesDatabase('crm')).toBe(true);
    expect(mapper.table({ database: 'crm', name: 'people' })).toEqual({ database: 'crm', name: 'persons' });
  });

  it('carries nothing else, and compares names exactly', () => {
    for (const database of ['other', 'Shop', '__proto__', 'constructor']) {
      expect(mapper.selects({ database, name: 'orders' })).toBe(false);
      expect(mapper.touchesDatabase(database)).toBe(false);
    }
  });
});
