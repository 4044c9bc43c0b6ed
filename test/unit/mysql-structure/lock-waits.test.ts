import { expect, test } from 'vitest';
import { waitMessage } from '../../../engine/connectors/mysql/structure/lock-waits.ts';

const orders = { database: 'shop', name: 'a' };
const running = (...statements: (string | null)[]) =>
  statements.map((Info, i) => ({
    Id: `${i + 1}`,
    Time: '9',
    State: 'Waiting for table metadata lock',
    Info,
  }));
const alone = 'Reading the structure of the source waits for a lock on shop.a.';

test('no process is named for a lock but one whose statement names the object', () => {
  const others = running(
    null,
    'ALTER TABLE shop.orders ADD n INT',
    'FLUSH TABLES',
    'DROP TABLE shop.a_1, `a$`, añ',
    'SHOW CREATE TABLE `a`',
  );
  expect(waitMessage(orders, [])).toBe(alone);
  expect(waitMessage(orders, others)).toBe(alone);
  expect(waitMessage(orders, [...others, ...running('/* job */ SELECT SLEEP(9) FROM shop.A')])).toBe(
    `${alone} Running there at the moment: process 1, for 9 s: SELECT SLEEP(.`,
  );
});

test('where all objects are listed, schema changes are told, also those that begin with a comment', () => {
  expect(
    waitMessage(
      undefined,
      running('SELECT 1', '-- nightly\n /* of 3 */ ALTER TABLE shop.t2 FORCE', 'DROP VIEW v'),
    ),
  ).toBe(
    'Reading the structure of the source waits for a lock or a commit there. Running there at the moment: process 2, for 9 s: ALTER TABLE shop.t2 FORCE; process 3, for 9 s: DROP VIEW v.',
  );
  expect(waitMessage(undefined, running('SELECT 1'))).toBe(
    'Reading the structure of the source waits for a lock or a commit there.',
  );
});

test.each([
  "'word'",
  '"word"',
  '4111111111111111',
  '-4111',
  '.25',
  '0x736563726574',
  "x'7365'",
  "N'a'",
  '/* 4111 */',
  '-- 4111',
  '# 4111',
])('of a statement nothing is told from its data on: %s', (data) => {
  const told = waitMessage(
    orders,
    running(`CREATE TABLE shop.a (id INT) SELECT id, ${data} AS data FROM t2`),
  );
  expect(told).toMatch(/: CREATE TABLE shop\.a \(id INT\) SELECT id, ?[-.xN]?\.$/);
});
