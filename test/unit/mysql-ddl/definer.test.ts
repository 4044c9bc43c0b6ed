import { expect, test } from 'vitest';
import { asOwnDefiner, changeToDefiner } from '../../../engine/connectors/mysql/ddl/definer.ts';

const plain = (text: string | undefined) => text?.replaceAll(/\s+/g, ' ');

test.each([
  [
    'CREATE ALGORITHM=UNDEFINED DEFINER=`a`@`%` SQL SECURITY DEFINER VIEW `v` AS select 1',
    'CREATE ALGORITHM=UNDEFINED SQL SECURITY INVOKER VIEW `v` AS select 1',
  ],
  ['CREATE DEFINER=`a`@`%` VIEW v AS SELECT 1', 'CREATE SQL SECURITY INVOKER VIEW v AS SELECT 1'],
  [
    "CREATE OR REPLACE DEFINER = 'x y'@'10.%' SQL SECURITY DEFINER VIEW v AS SELECT 'SQL SECURITY DEFINER'",
    "CREATE OR REPLACE SQL SECURITY INVOKER VIEW v AS SELECT 'SQL SECURITY DEFINER'",
  ],
  ['CREATE DEFINER=CURRENT_USER() VIEW v AS SELECT 1', 'CREATE SQL SECURITY INVOKER VIEW v AS SELECT 1'],
  ['CREATE DEFINER=`role` VIEW v AS SELECT 1', 'CREATE SQL SECURITY INVOKER VIEW v AS SELECT 1'],
  [
    "CREATE DEFINER=`a`@`%` PROCEDURE `p`(IN a DECIMAL(5,2), b ENUM('(',')'))\nBEGIN SELECT 1; END",
    "CREATE PROCEDURE `p`(IN a DECIMAL(5,2), b ENUM('(',')')) SQL SECURITY INVOKER BEGIN SELECT 1; END",
  ],
  [
    "CREATE DEFINER=`a`@`%` PROCEDURE db.p() READS SQL DATA SQL SECURITY DEFINER COMMENT 'SQL SECURITY DEFINER' SELECT 1",
    "CREATE PROCEDURE db.p() READS SQL DATA SQL SECURITY INVOKER COMMENT 'SQL SECURITY DEFINER' SELECT 1",
  ],
  [
    'CREATE DEFINER=`a`@`%` FUNCTION `f`(i INT) RETURNS varchar(20) CHARSET utf8mb4 COLLATE utf8mb4_bin DETERMINISTIC RETURN i',
    'CREATE FUNCTION `f`(i INT) RETURNS varchar(20) CHARSET utf8mb4 COLLATE utf8mb4_bin SQL SECURITY INVOKER DETERMINISTIC RETURN i',
  ],
  [
    'CREATE DEFINER=`a`@`%` AGGREGATE FUNCTION f(x INT) RETURNS int unsigned BEGIN RETURN 1; END',
    'CREATE AGGREGATE FUNCTION f(x INT) RETURNS int unsigned SQL SECURITY INVOKER BEGIN RETURN 1; END',
  ],
  [
    'CREATE DEFINER=`a`@`%` TRIGGER t BEFORE INSERT ON x FOR EACH ROW SET @a = 1',
    'CREATE TRIGGER t BEFORE INSERT ON x FOR EACH ROW SET @a = 1',
  ],
  [
    'CREATE DEFINER=`a`@`%` EVENT e ON SCHEDULE EVERY 1 DAY DO CALL p()',
    'CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO CALL p()',
  ],
])('as the user itself: %s', (text, own) => {
  const made = asOwnDefiner(text, {});
  expect(plain(made?.text)).toBe(own);
  expect(made?.actsOtherwise).toBe(true);
});

test.each([
  'CREATE DEFINER=`a`@`%` SQL SECURITY INVOKER VIEW v AS SELECT 1',
  'CREATE DEFINER=`a`@`%` PROCEDURE p() NO SQL SQL SECURITY INVOKER SELECT 1',
])('what acts with the rights of its caller goes on to do so: %s', (text) => {
  expect(asOwnDefiner(text, {})).toEqual({
    text: text.replace('DEFINER=`a`@`%`', ''),
    actsOtherwise: false,
  });
});

test.each(['CREATE VIEW v AS SELECT 1', 'CREATE TABLE t (a INT)', 'DROP VIEW v', 'ALTER TABLE t ADD b INT'])(
  'names no definer: %s',
  (text) => expect(asOwnDefiner(text, {})).toBeUndefined(),
);

test('quotation marks mean what the session says', () => {
  const text = 'CREATE DEFINER="a"@"%" PROCEDURE "p"() SELECT 1';
  expect(plain(asOwnDefiner(text, { sql_mode: "'ANSI_QUOTES'" })?.text)).toBe(
    'CREATE PROCEDURE "p"() SQL SECURITY INVOKER SELECT 1',
  );
});

test('a change of security is known, and no other', () => {
  expect(changeToDefiner("ALTER PROCEDURE d.p COMMENT 'x' SQL SECURITY DEFINER", {})).toMatchObject({
    type: 'PROCEDURE',
    name: { database: { value: 'd' }, name: { value: 'p' } },
    asInvoker: "ALTER PROCEDURE d.p COMMENT 'x' SQL SECURITY INVOKER",
  });
  for (const text of [
    'ALTER FUNCTION f SQL SECURITY INVOKER',
    "ALTER FUNCTION f COMMENT 'SQL SECURITY DEFINER'",
    'ALTER TABLE t ADD a INT',
    'ALTER SQL SECURITY DEFINER VIEW v AS SELECT 1',
  ])
    expect(changeToDefiner(text, {})).toBeUndefined();
});
