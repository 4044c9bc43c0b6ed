import { describe, expect, test } from 'vitest';
import { shopOf } from './known.ts';

const tables = ['CREATE TABLE orders (id INT PRIMARY KEY, a INT)'];
const refused = expect.objectContaining({
  code: 'DDL_NOT_UNDERSTOOD',
  details: expect.objectContaining({ object: 'shop.orders', reason: 'diverges' }),
});

describe('a column added with a default', () => {
  test.each([
    '(UUID())',
    '(1 + rand ())',
    '(CONNECTION_ID())',
    '(CONCAT(user(), 1))',
    'CURRENT_USER',
    '(LAST_INSERT_ID())',
    '(SYSDATE())',
    '(@@server_id)',
    '(VERSION())',
  ])('that each server or session fills otherwise is refused: %s', (value) => {
    const shop = shopOf({ tables, version: '10.11.6-MariaDB' });
    expect(() => shop.run(`ALTER TABLE orders ADD c VARCHAR(99) DEFAULT ${value}`)).toThrow(refused);
  });

  test.each(["'user'", "'rand()'", "(CONCAT('it''s uuid()', `a`))", '(NOW())', '(DATABASE())', '(a + 1)'])(
    'that means the same everywhere is carried: %s',
    (value) => {
      const shop = shopOf({ tables }).run(`ALTER TABLE orders ADD c VARCHAR(99) DEFAULT ${value}`);
      expect(shop.names('orders')).toEqual(['id', 'a', 'c']);
    },
  );

  test('that names the database is refused where the database has another name at the target', () => {
    const shop = shopOf({ tables, selection: { databases: [{ name: 'shop', as: 'store' }] } });
    expect(() => shop.run('ALTER TABLE orders ADD c VARCHAR(99) DEFAULT (DATABASE())')).toThrow(refused);
  });
});
