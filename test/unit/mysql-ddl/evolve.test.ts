import { describe, expect, test } from 'vitest';
import { restoreHistory } from '../../../engine/connectors/mysql/ddl/history.ts';
import { shopOf, shopTable } from './known.ts';

const orders = 'CREATE TABLE orders (id INT NOT NULL, a INT, b VARCHAR(20), PRIMARY KEY (id), KEY ka (a))';

describe('effects', () => {
  test.each([
    ['ALTER TABLE orders ADD KEY (b), DROP KEY ka', 'indexes'],
    ['ALTER TABLE orders RENAME INDEX ka TO kb', 'indexes'],
    ['CREATE INDEX i ON orders (b)', 'indexes'],
    ['DROP INDEX ka ON orders', 'indexes'],
    ['ALTER TABLE orders ADD FOREIGN KEY (a) REFERENCES orders (id)', 'indexes'],
    ['ALTER TABLE orders ADD c INT', 'additive'],
    ['ALTER TABLE orders ADD c INT, ALGORITHM = INPLACE', 'additive'],
    ['ALTER TABLE orders ADD c INT, ADD INDEX by_c (c)', 'rewrite'],
    ['ALTER TABLE orders ADD c INT NOT NULL DEFAULT 0 FIRST', 'additive'],
    ['ALTER TABLE orders ADD c INT AS (a + 1)', 'additive'],
    ['ALTER TABLE orders ALTER a SET DEFAULT 5', 'additive'],
    ["ALTER TABLE orders COMMENT 'x'", 'additive'],
    ["ALTER TABLE orders MODIFY a INT COMMENT 'x'", 'additive'],
    ['ALTER TABLE orders ADD c INT NOT NULL', 'rewrite'],
    ['ALTER TABLE orders ADD c SERIAL', 'rewrite'],
    ['ALTER TABLE orders DROP b', 'rewrite'],
    ['ALTER TABLE orders MODIFY a BIGINT', 'rewrite'],
    ['ALTER TABLE orders MODIFY a INT FIRST', 'rewrite'],
    ['ALTER TABLE orders MODIFY a INT NOT NULL', 'rewrite'],
    ['ALTER TABLE orders RENAME COLUMN a TO aa', 'rewrite'],
    ['ALTER TABLE orders DROP PRIMARY KEY', 'rewrite'],
    ['ALTER TABLE orders CONVERT TO CHARACTER SET latin1', 'rewrite'],
    ['ALTER TABLE orders TRUNCATE PARTITION p0', 'rewrite'],
    ['ALTER TABLE orders ENGINE=MyISAM', 'rewrite'],
  ])('%s is %s', (sql, change) => {
    const after = shopOf({ tables: [orders] }).run(sql);
    expect(after.effects).toEqual([{ kind: 'alter-table', table: shopTable('orders'), change }]);
  });

  test('a unique key over NOT NULL columns that begins to identify rows is a rewrite', () => {
    const shop = shopOf({ tables: ['CREATE TABLE log (a INT NOT NULL, b INT)'] });
    expect(shop.run('ALTER TABLE log ADD UNIQUE (a)').effects).toMatchObject([{ change: 'rewrite' }]);
    expect(shop.run('ALTER TABLE log ADD UNIQUE (b)').effects).toMatchObject([{ change: 'indexes' }]);
  });

  test('the cut-over of gh-ost swaps tables, told as renames', () => {
    const after = shopOf({ tables: [orders] })
      .run('create /* gh-ost */ table `shop`.`_orders_gho` like `shop`.`orders`')
      .run('alter /* gh-ost */ table `shop`.`_orders_gho` add column c int')
      .run('rename /* gh-ost */ table `shop`.`orders` to `shop`.`_orders_del`')
      .run('rename /* gh-ost */ table `shop`.`_orders_gho` to `shop`.`orders`');
    expect(after.effects).toEqual([
      { kind: 'rename-table', from: shopTable('_orders_gho'), to: shopTable('orders') },
    ]);
    expect(after.names('orders')).toEqual(['id', 'a', 'b', 'c']);
    expect(after.names('_orders_del')).toEqual(['id', 'a', 'b']);
  });

  test('pt-online-schema-change swaps in one statement and leaves its triggers for later', () => {
    const after = shopOf({ tables: [orders] })
      .run(
        'CREATE TABLE `shop`.`_orders_new` (id INT NOT NULL, a INT, b VARCHAR(20), PRIMARY KEY (id), KEY ka (a))',
      )
      .run('ALTER TABLE `shop`.`_orders_new` DROP a')
      .run(
        'CREATE TRIGGER `pt_osc_ins` AFTER INSERT ON `shop`.`orders` FOR EACH ROW REPLACE INTO `shop`.`_orders_new` VALUES (NEW.id, NEW.b)',
      )
      .run('RENAME TABLE `shop`.`orders` TO `shop`.`_orders_old`, `shop`.`_orders_new` TO `shop`.`orders`');
    expect(after.effects).toHaveLength(2);
    expect(after.names('orders')).toEqual(['id', 'b']);
    expect(after.indexes('orders')).toEqual(['PRIMARY']);
  });

  test('a tool that works beside selected tables is followed in silence, its swap is told', () => {
    const selection = { databases: [{ name: 'shop', tables: [{ name: 'orders' }] }] };
    const before = shopOf({ tables: [orders], selection }).run('CREATE TABLE _new LIKE orders');
    expect(before.effects).toMatchObject([{ kind: 'none' }]);
    const after = before.run('ALTER TABLE _new ADD c INT').run('RENAME TABLE orders TO _old, _new TO orders');
    expect(after.effects).toEqual([
      { kind: 'rename-table', from: shopTable('orders'), to: shopTable('_old') },
      { kind: 'rename-table', from: shopTable('_new'), to: shopTable('orders') },
    ]);
    expect(after.names('orders')).toEqual(['id', 'a', 'b', 'c']);
  });

  test('a dropped database tells each table of it', () => {
    const after = shopOf({ tables: [orders] }).run('DROP DATABASE shop');
    expect(after.effects).toEqual([
      { kind: 'drop-table', table: shopTable('orders') },
      { kind: 'drop-database', database: 'shop' },
    ]);
    expect(after.history.tables()).toEqual([]);
  });
});

describe('the rules of the server', () => {
  test('timestamps are NOT NULL unless said, where explicit_defaults_for_timestamp is off', () => {
    const sql = 'CREATE TABLE t (a TIMESTAMP, b TIMESTAMP NULL)';
    const old = shopOf({ version: '5.6.51' }).run(sql);
    expect([old.column('t', 'a').nullable, old.column('t', 'b').nullable]).toEqual([false, true]);
    expect(shopOf({}).run(sql).column('t', 'a').nullable).toBe(true);
    const told = shopOf({ session: { explicit_defaults_for_timestamp: '0' } }).run(sql);
    expect(told.column('t', 'a').nullable).toBe(false);
  });

  test('a character set named alone brings the collation of the version', () => {
    const sql = 'CREATE TABLE t (a CHAR(1)) CHARACTER SET utf8mb4';
    const collation = (version: string) => shopOf({ version }).run(sql).column('t', 'a').type.collation;
    expect(collation('5.7.44')).toBe('utf8mb4_general_ci');
    expect(collation('8.4.0')).toBe('utf8mb4_0900_ai_ci');
    expect(collation('10.11.18-MariaDB')).toBe('utf8mb4_general_ci');
    expect(collation('11.8.2-MariaDB')).toBe('utf8mb4_uca1400_ai_ci');
  });

  test('the database decides what its tables and columns do not', () => {
    const after = shopOf({})
      .run('ALTER DATABASE shop CHARACTER SET latin1')
      .run('CREATE TABLE t (a CHAR(3), b NCHAR(2))');
    expect(after.column('t', 'a').type).toEqual({
      name: 'char',
      length: 3,
      charset: 'latin1',
      collation: 'latin1_swedish_ci',
    });
    expect(after.column('t', 'b').type.charset).toBe('utf8mb3');
  });

  test('keys stand in the order that decides which of them identifies rows', () => {
    const after = shopOf({}).run(
      'CREATE TABLE t (a INT, b VARCHAR(9) NOT NULL, c INT NOT NULL, KEY k (a), UNIQUE ua (a), UNIQUE ub (b(3)), UNIQUE uc (c), PRIMARY KEY (c, a))',
    );
    expect(after.indexes('t')).toEqual(['PRIMARY', 'ua', 'uc', 'ub', 'k']);
    const keyless = shopOf({}).run(
      'CREATE TABLE t (a INT, c INT NOT NULL, KEY k (a), UNIQUE ua (a), UNIQUE uc (c))',
    );
    expect(keyless.indexes('t')).toEqual(['uc', 'ua', 'k']);
  });

  test('JSON of MariaDB is a text', () => {
    const after = shopOf({ version: '10.11.18-MariaDB' }).run('CREATE TABLE t (j JSON)');
    expect(after.column('t', 'j').type).toEqual({
      name: 'longtext',
      charset: 'utf8mb4',
      collation: 'utf8mb4_bin',
    });
  });

  test('names without case where the server folds them', () => {
    const after = shopOf({ tables: [orders] }).run('ALTER TABLE orders DROP COLUMN A');
    expect(after.names('orders')).toEqual(['id', 'b']);
    expect(after.indexes('orders')).toEqual(['PRIMARY']);
  });

  test('a history is read back as it was written', () => {
    const { history } = shopOf({ tables: [orders] }).run(
      "ALTER TABLE orders ADD e ENUM('ü', '\\0', ''), ADD KEY ((a + 1))",
    );
    const again = restoreHistory(history.serialize());
    expect(again.serialize()).toBe(history.serialize());
    expect(again.tables()).toEqual(history.tables());
  });
});
