import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { adaptCreate } from '../../../engine/connectors/mysql/ddl/adapt.ts';
import { effectOfFailed } from '../../../engine/connectors/mysql/ddl/failed-statement.ts';
import { planReplay, renameDefinition } from '../../../engine/connectors/mysql/ddl/rewrite.ts';
import { completionOf, splitCreate } from '../../../engine/connectors/mysql/ddl/split-create.ts';
import type { ObjectSelection } from '../../../engine/core/selection.ts';
import { createMapper } from '../../../engine/transform/mapping.ts';
import { shopOf, shopTable } from './known.ts';

const tables = [
  'CREATE TABLE orders (id INT NOT NULL, a INT, b VARCHAR(20), PRIMARY KEY (id), KEY ka (a))',
  'CREATE TABLE items (id INT NOT NULL PRIMARY KEY, order_id INT, CONSTRAINT fk FOREIGN KEY (order_id) REFERENCES orders (id))',
];
const renamed: ObjectSelection = {
  databases: [
    {
      name: 'shop',
      as: 'store',
      tables: [{ name: 'orders', as: 'order`s' }, { name: 'items' }, { name: 'extra' }],
    },
  ],
};

const plan = (sql: string, selection: ObjectSelection = renamed, database = 'shop') => {
  const event = shopOf({ tables, selection }).run(sql, database).event!;
  const mapper = createMapper(selection);
  return planReplay(event, mapper, (id) => mapper.selects(id)).map(
    ({ text, database: used }) => `${used}: ${text}`,
  );
};

describe('a replayed statement', () => {
  test.each([
    ['ALTER TABLE orders ADD c INT', 'store: ALTER TABLE `order``s` ADD c INT'],
    [
      'ALTER TABLE `shop`.orders /* why */ ADD c INT',
      'store: ALTER TABLE `store`.`order``s` /* why */ ADD c INT',
    ],
    ['CREATE INDEX i ON orders (a)', 'store: CREATE INDEX i ON `order``s` (a)'],
    ['TRUNCATE TABLE items', 'store: TRUNCATE TABLE items'],
    ['CREATE TABLE extra LIKE shop.orders', 'store: CREATE TABLE extra LIKE `store`.`order``s`'],
    [
      'ALTER TABLE items ADD CONSTRAINT f2 FOREIGN KEY (order_id) REFERENCES shop.orders (id)',
      'store: ALTER TABLE items ADD CONSTRAINT f2 FOREIGN KEY (order_id) REFERENCES `store`.`order``s` (id)',
    ],
    ['RENAME TABLE orders TO extra', 'store: RENAME TABLE `order``s` TO extra'],
    ['CREATE TABLE extra (a INT) START TRANSACTION', 'store: CREATE TABLE extra (a INT) '],
  ])('%s', (sql, expected) => {
    expect(plan(sql)).toEqual([expected]);
  });

  test('keeps of a list what is selected', () => {
    expect(plan('DROP TABLE orders, other, shop.items')).toEqual([
      ': DROP TABLE IF EXISTS `store`.`order``s`, `store`.`items`',
    ]);
    expect(plan('DROP DATABASE shop')).toEqual([
      ': DROP TABLE IF EXISTS `store`.`order``s`, `store`.`items`',
    ]);
  });

  test('drops what leaves the selection and leaves to the caller what enters it', () => {
    expect(plan('RENAME TABLE orders TO _old, items TO extra')).toEqual([
      ': DROP TABLE IF EXISTS `store`.`order``s`',
      'store: RENAME TABLE `store`.`items` TO `store`.`extra`',
    ]);
  });

  test.each([
    'CHANGE a b VARCHAR(20), CHANGE b a INT',
    'RENAME COLUMN b TO A, RENAME COLUMN a TO b',
    'DROP COLUMN a, CHANGE b a VARCHAR(20), ADD b INT',
  ])('whose columns take names that others leave is carried under another name of the table: %s', (specs) => {
    const [alter, rename, ...more] = plan(`ALTER TABLE orders ${specs}`);
    const aside = /RENAME TO `store`\.`(.*?)`/.exec(alter!)?.[1];
    expect(alter).toBe(`store: ALTER TABLE \`order\`\`s\` RENAME TO \`store\`.\`${aside}\`, ${specs}`);
    expect(rename).toBe(`: RENAME TABLE \`store\`.\`${aside}\` TO \`store\`.\`order\`\`s\``);
    expect(more).toEqual([]);
  });

  test.each(['CHANGE a c INT, CHANGE b d VARCHAR(20)', 'CHANGE a A BIGINT', 'DROP a, ADD a INT'])(
    'that shows its effect, or may be repeated, is one: %s',
    (specs) => {
      expect(plan(`ALTER TABLE orders ${specs}`)).toEqual([`store: ALTER TABLE \`order\`\`s\` ${specs}`]);
    },
  );

  test('is nothing for what is not selected, for triggers, events and administration', () => {
    const whole: ObjectSelection = { databases: [{ name: 'shop' }] };
    expect(plan('CREATE TABLE other (a INT)')).toEqual([]);
    expect(plan('CREATE TRIGGER t BEFORE INSERT ON orders FOR EACH ROW SET @a = 1', whole)).toEqual([]);
    expect(plan('DROP EVENT e', whole)).toEqual([]);
    expect(plan('GRANT ALL ON *.* TO x', whole)).toEqual([]);
    expect(plan('ANALYZE TABLE orders', whole)).toEqual([]);
  });

  test('a new database is made outside any database', () => {
    const selection: ObjectSelection = { databases: [{ name: 'shop' }, { name: 'new', as: 'fresh' }] };
    expect(plan('CREATE DATABASE new', selection, 'new')).toEqual([': CREATE DATABASE `fresh`']);
  });

  test('is the same text where nothing is renamed', () => {
    const whole: ObjectSelection = { databases: [{ name: 'shop' }] };
    fc.assert(
      fc.property(
        fc.constantFrom(' ', '\n', '/* c */', ' # x\n'),
        fc.constantFrom('orders', '`orders`', 'shop.orders', '`shop` . `orders`'),
        (gap, name) => {
          const sql =
            `ALTER${gap || ' '}TABLE ${name}${gap} ADD COLUMN \`q\`\`x\` INT${gap}COMMENT 'it''s'`.replace(
              'ALTER/* c */TABLE',
              'ALTER /* c */ TABLE',
            );
          expect(plan(sql, whole)).toEqual([`shop: ${sql}`]);
        },
      ),
    );
  });
});

describe('views and programs', () => {
  const rename = (sql: string, selection: ObjectSelection = renamed) =>
    renameDefinition({ sql, session: {}, database: 'shop' }, createMapper(selection)).text;
  const databaseOnly: ObjectSelection = { databases: [{ name: 'shop', as: 'store' }] };

  test('follow renamed databases and tables', () => {
    expect(
      rename('CREATE VIEW v AS select `shop`.`orders`.`id` AS `id` from `shop`.`orders`', databaseOnly),
    ).toBe('CREATE VIEW v AS select `store`.`orders`.`id` AS `id` from `store`.`orders`');
    expect(rename('CREATE VIEW v AS select `orders`.`id` AS `id` from (`orders` join `items`)')).toBe(
      'CREATE VIEW v AS select `order``s`.`id` AS `id` from (`order``s` join `items`)',
    );
    expect(
      rename('CREATE TRIGGER t AFTER INSERT ON orders FOR EACH ROW UPDATE shop.items SET id = NEW.id'),
    ).toBe('CREATE TRIGGER t AFTER INSERT ON `order``s` FOR EACH ROW UPDATE `store`.items SET id = NEW.id');
  });

  test('keep their text when they mention nothing renamed', () => {
    const sql = "CREATE DEFINER=`a`@`b` PROCEDURE p() BEGIN SELECT 'orders' FROM items; END";
    expect(rename(sql)).toBe(sql);
  });

  test.each([
    'CREATE VIEW v AS select 1 AS orders',
    'CREATE PROCEDURE p() SELECT * FROM items, orders',
    "CREATE PROCEDURE p() BEGIN PREPARE s FROM 'SELECT * FROM orders'; EXECUTE s; END",
  ])('are refused where a renamed name could mean something else: %s', (sql) => {
    expect(() => rename(sql)).toThrow(expect.objectContaining({ code: 'DDL_NOT_UNDERSTOOD' }));
  });
});

describe('a definition in two steps', () => {
  const shown = `CREATE TABLE \`orders\` (
  \`id\` int NOT NULL AUTO_INCREMENT,
  \`code\` varchar(9) NOT NULL,
  \`p\` int DEFAULT NULL /*!80023 INVISIBLE */,
  UNIQUE KEY \`code\` (\`code\`),
  KEY \`id\` (\`id\`),
  KEY \`hid\` (\`p\`) /*!80000 INVISIBLE */,
  KEY \`fun\` ((\`p\` + 1),\`code\`(3) DESC) USING BTREE COMMENT 'it''s',
  FULLTEXT KEY \`ft\` (\`code\`) /*!50100 WITH PARSER \`ngram\` */,
  CONSTRAINT \`fk\` FOREIGN KEY (\`p\`) REFERENCES \`orders\` (\`id\`) ON DELETE SET NULL,
  CONSTRAINT \`ck\` CHECK ((\`p\` > 0))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4
/*!50100 PARTITION BY HASH (\`p\`) PARTITIONS 2 */`;
  const split = splitCreate({ id: shopTable('orders'), sql: shown }, createMapper(renamed));

  test('the container has what rows and counters need', () => {
    expect(split.containerSql).toBe(`CREATE TABLE IF NOT EXISTS \`store\`.\`order\`\`s\` (
  \`id\` int NOT NULL AUTO_INCREMENT,
  \`code\` varchar(9) NOT NULL,
  \`p\` int DEFAULT NULL   INVISIBLE,
  UNIQUE KEY \`code\` (\`code\`),
  KEY \`id\` (\`id\`),
  CONSTRAINT \`ck\` CHECK ((\`p\` > 0))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 PARTITION BY HASH (\`p\`) PARTITIONS 2`);
  });

  test('the rest is added behind the rows', () => {
    expect(split.completion.indexes.map(({ sql }) => sql)).toEqual([
      'ADD KEY `hid` (`p`) INVISIBLE',
      "ADD KEY `fun` ((`p` + 1), `code`(3) DESC) USING BTREE COMMENT 'it''s'",
      'ADD FULLTEXT KEY `ft` (`code`) WITH PARSER `ngram`',
    ]);
    expect(split.completion.foreignKeys).toEqual([
      {
        name: 'fk',
        sql: 'ADD CONSTRAINT `fk` FOREIGN KEY (`p`) REFERENCES `store`.`order``s` (`id`) ON DELETE SET NULL',
      },
    ]);
  });

  test('and follows what happened to the table meanwhile', () => {
    const after = shopOf({ tables: [shown] }).run(
      'ALTER TABLE orders CHANGE code kode VARCHAR(9) NOT NULL, DROP KEY hid',
    );
    expect(
      completionOf(after.table('orders'), createMapper(renamed)).indexes.map(({ name }) => name),
    ).toEqual(['fun', 'ft']);
    expect(completionOf(after.table('orders'), createMapper(renamed)).indexes[1]?.sql).toContain('`kode`');
  });
});

describe('columns of types that MariaDB alone has', () => {
  const mariadb = { flavour: 'mariadb', version: 101_118 } as const;
  const table = 'CREATE TABLE hosts (id UUID NOT NULL PRIMARY KEY, at INET6, name VARCHAR(40))';
  const replayed = (sql: string, target: { flavour: 'mysql' | 'mariadb'; version: number }) => {
    const event = shopOf({ tables: [table], version: '10.11.18-MariaDB' }).run(sql).event!;
    const mapper = createMapper({ databases: [{ name: 'shop' }] });
    return planReplay(event, mapper, () => true, { source: mariadb, target }).map(({ text }) => text);
  };

  test.each([
    'ALTER TABLE hosts ADD other UUID NOT NULL',
    'ALTER TABLE hosts MODIFY at INET6 NOT NULL',
    'ALTER TABLE hosts MODIFY name UUID',
    'ALTER TABLE hosts CHANGE id id BINARY(16) NOT NULL',
  ])('are not filled or converted at MySQL: %s', (sql) => {
    expect(() => replayed(sql, { flavour: 'mysql', version: 90_700 })).toThrow(
      expect.objectContaining({
        code: 'DDL_NOT_UNDERSTOOD',
        details: expect.objectContaining({ object: 'shop.hosts' }),
      }),
    );
    expect(replayed(sql, mariadb)).toEqual([sql]);
  });

  test.each([
    ['ALTER TABLE hosts WAIT 5 ADD c INT', 'ALTER TABLE hosts  ADD c INT'],
    ['ALTER TABLE hosts NOWAIT DROP at', 'ALTER TABLE hosts  DROP at'],
    ['TRUNCATE TABLE hosts WAIT 5', 'TRUNCATE TABLE hosts '],
  ])('a limit for the wait on a lock is left out at MySQL: %s', (sql, expected) => {
    expect(replayed(sql, { flavour: 'mysql', version: 90_700 })).toEqual([expected]);
    expect(replayed(sql, mariadb)).toEqual([sql]);
  });

  test('a change without a counterpart at the target names its table', () => {
    expect(() =>
      replayed('ALTER TABLE hosts ADD c CHAR(1) CHARACTER SET latin1 COLLATE latin1_nopad_bin', {
        flavour: 'mysql',
        version: 90_700,
      }),
    ).toThrow(
      expect.objectContaining({
        code: 'DDL_NOT_UNDERSTOOD',
        details: expect.objectContaining({ object: 'shop.hosts' }),
      }),
    );
  });

  test.each([
    ['ALTER TABLE hosts ADD other INET4', 'varchar(15)'],
    ["ALTER TABLE hosts ADD other INET4 NOT NULL DEFAULT '10.0.0.1'", 'varchar(15)'],
    ['ALTER TABLE hosts CHANGE at address INET6 NULL', 'varchar(45)'],
  ])('are text at MySQL: %s', (sql, type) => {
    expect(replayed(sql, { flavour: 'mysql', version: 90_700 })).toEqual([
      sql.replace(/INET\d/, `${type} CHARACTER SET ascii COLLATE ascii_general_ci`),
    ]);
  });
});

test('a statement that failed has done what its server does first', () => {
  const effect = (text: string) => effectOfFailed({ text, database: 'shop', session: {} }).text;
  expect(effect('create or replace table `shop`.t (id INT, id INT)')).toBe('DROP TABLE IF EXISTS `shop`.t');
  expect(effect('DROP TABLE a, b')).toBe('DROP TABLE a, b');
  expect(effect('CREATE OR REPLACE VIEW v AS SELECT 1')).toBe('CREATE OR REPLACE VIEW v AS SELECT 1');
});

describe('a definition for another server', () => {
  const mysql9 = { flavour: 'mysql', version: 90_700 } as const;
  const mariadb = { flavour: 'mariadb', version: 101_118 } as const;
  const adapt = (sql: string) => adaptCreate(sql, { from: mariadb, to: mysql9 });

  test.each([
    [
      'CREATE TABLE t (a INT) ENGINE=Aria PAGE_CHECKSUM=1 TRANSACTIONAL=1 ROW_FORMAT=PAGE',
      'CREATE TABLE t (a INT) ENGINE=InnoDB      ',
    ],
    ['CREATE TABLE t (a INT AS (1) PERSISTENT)', 'CREATE TABLE t (a INT AS (1) STORED)'],
    ['CREATE TABLE t (a CHAR(36) DEFAULT uuid())', 'CREATE TABLE t (a CHAR(36) DEFAULT (uuid()))'],
    ["CREATE TABLE t (a TEXT DEFAULT 'x')", "CREATE TABLE t (a TEXT DEFAULT ('x'))"],
    [
      'CREATE TABLE t (a INT DEFAULT (1) + (2), b INT DEFAULT -1, c INT DEFAULT (3))',
      'CREATE TABLE t (a INT DEFAULT ((1) + (2)), b INT DEFAULT -1, c INT DEFAULT (3))',
    ],
    [
      'CREATE TABLE t (a DATE DEFAULT curdate(), b DATE NOT NULL)',
      'CREATE TABLE t (a DATE DEFAULT (curdate()), b DATE NOT NULL)',
    ],
    [
      'CREATE TABLE t (a UUID NOT NULL, b inet6 DEFAULT NULL, c INET4)',
      'CREATE TABLE t (a char(36) CHARACTER SET ascii COLLATE ascii_general_ci NOT NULL, b varchar(45) CHARACTER SET ascii COLLATE ascii_general_ci DEFAULT NULL, c varchar(15) CHARACTER SET ascii COLLATE ascii_general_ci)',
    ],
    [
      "CREATE TABLE t (a VARCHAR(9) DEFAULT 'x', b DATETIME DEFAULT current_timestamp() ON UPDATE current_timestamp(), c TEXT DEFAULT NULL)",
      undefined,
    ],
    [
      'CREATE TABLE t (a longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL CHECK (json_valid(`a`)))',
      undefined,
    ],
    ['CREATE TABLE t (a INT, KEY (a) IGNORED)', 'CREATE TABLE t (a INT, KEY (a) INVISIBLE)'],
    [
      'CREATE TABLE t (a CHAR(1) COLLATE utf8mb4_uca1400_ai_ci)',
      'CREATE TABLE t (a CHAR(1) COLLATE utf8mb4_0900_ai_ci)',
    ],
  ])('%s', (sql, expected = sql) => {
    expect(adapt(sql).replace(/ +$/, '')).toBe(expected.replace(/ +$/, ''));
  });

  test('what has no counterpart is refused', () => {
    expect(() => adapt('CREATE TABLE t (a CHAR(1) COLLATE latin1_nopad_bin)')).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED' }),
    );
  });

  test.each([mariadb, { flavour: 'mysql', version: 80_036 }] as const)(
    'a literal stays a literal, whatever a backslash means: $flavour',
    (from) => {
      const sql = "CREATE TABLE t (a VARCHAR(9) DEFAULT 'a\\', b VARCHAR(9) DEFAULT 'it''s \\')";
      expect(adaptCreate(sql, { from, to: mysql9 }, { sql_mode: "'NO_BACKSLASH_ESCAPES'" })).toBe(sql);
    },
  );

  test('files and old spellings of 5.6 are left behind', () => {
    const from = { flavour: 'mysql', version: 50_651 } as const;
    const sql =
      "CREATE TABLE t (a CHAR(1) COLLATE utf8_bin) ENGINE=InnoDB ROW_FORMAT=FIXED DATA DIRECTORY='/x' COMMENT='c'";
    expect(adaptCreate(sql, { from, to: mysql9 }).replace(/ +/g, ' ')).toBe(
      "CREATE TABLE t (a CHAR(1) COLLATE utf8mb3_bin) ENGINE=InnoDB COMMENT='c'",
    );
  });
});
