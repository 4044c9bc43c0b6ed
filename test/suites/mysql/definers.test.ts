import { expect, test } from 'vitest';
import { systemClock } from '../../../engine/core/clock.ts';
import { silentLogger } from '../../../engine/core/logger.ts';
import type { PrecheckItem } from '../../../engine/core/task.ts';
import { runPrecheck } from '../../../engine/precheck/run.ts';
import { type Flavour, type MysqlServer, startMysql } from '../../servers/mysql.ts';
import { endpointOf, TaskHarness } from '../pipeline/task-harness.ts';
import { accountOf, sourceGrants, targetGrants } from './account.ts';
import { objects, task } from './shop-task.ts';

// Whose rights views, routines, triggers and events act with at the target.

/** What lets a user name other accounts. */
const namesOthers: Record<Flavour, string> = {
  'mysql-9.7': 'SET_ANY_DEFINER',
  'mariadb-10.11': 'SET USER',
  'mysql-5.6': 'SUPER',
};

const before = [
  'USE shop',
  'CREATE TABLE items (id INT PRIMARY KEY, name VARCHAR(50))',
  'CREATE TABLE log (id INT PRIMARY KEY AUTO_INCREMENT, what VARCHAR(50))',
  "INSERT INTO items VALUES (1, 'a')",
  "CREATE DEFINER=owner@'%' VIEW names AS SELECT name FROM items",
  "CREATE DEFINER=owner@'%' SQL SECURITY INVOKER VIEW asked AS SELECT name FROM items",
  "CREATE DEFINER=owner@'%' PROCEDURE note(t VARCHAR(50)) INSERT INTO log (what) VALUES (t)",
  "CREATE DEFINER=owner@'%' PROCEDURE asking() SQL SECURITY INVOKER SELECT 1",
  "CREATE DEFINER=owner@'%' FUNCTION twice(i INT) RETURNS INT DETERMINISTIC RETURN i * 2",
  "CREATE DEFINER=owner@'%' TRIGGER told AFTER INSERT ON items FOR EACH ROW INSERT INTO log (what) VALUES (NEW.name)",
  "CREATE DEFINER=owner@'%' EVENT never ON SCHEDULE EVERY 1 YEAR STARTS '2037-01-01 00:00:00' DO DELETE FROM log",
];
const during = [
  "CREATE DEFINER=owner@'%' VIEW later AS SELECT id FROM items",
  "CREATE DEFINER=owner@'%' PROCEDURE note_later() SQL SECURITY DEFINER INSERT INTO log (what) VALUES ('later')",
  'ALTER PROCEDURE asking SQL SECURITY DEFINER',
  "ALTER DEFINER=owner@'%' VIEW names AS SELECT id, name FROM items",
];

async function startEnds(flavour: Flavour): Promise<readonly [MysqlServer, MysqlServer]> {
  const args = ['--log-bin-trust-function-creators=ON'];
  const ends = await Promise.all([
    startMysql(flavour, { serverId: 1, args }),
    startMysql(flavour, { serverId: 2, args }),
  ]);
  await ends[0].query("CREATE USER owner@'%' IDENTIFIED BY 'o'");
  await ends[0].query("GRANT ALL ON shop.* TO owner@'%'");
  await ends[0].query('CREATE DATABASE shop');
  for (const statement of before) await ends[0].query(statement);
  return ends;
}

async function check(source: MysqlServer, target: MysqlServer): Promise<PrecheckItem | undefined> {
  const items = await runPrecheck({
    task,
    source: endpointOf(source),
    target: endpointOf(target),
    logger: silentLogger,
    clock: systemClock,
  });
  return items.find(({ name }) => name === 'target.definers');
}

async function migrate(source: MysqlServer, target: MysqlServer): Promise<string[]> {
  await using running = await TaskHarness.create({ source, target, selection: objects });
  running.start();
  await running.caughtUp();
  for (const statement of during) await source.query(statement);
  await running.complete();
  return running.events.flatMap(({ kind, message }) => (kind === 'WARNING' ? [message] : []));
}

/** Object by object: the definer and, where there is a choice, the security. */
async function definers(server: MysqlServer): Promise<Record<string, string>> {
  const rows = await server.query<{ name: string; definer: string; security: string }>(`
    SELECT TABLE_NAME AS name, DEFINER AS definer, SECURITY_TYPE AS security FROM information_schema.VIEWS WHERE TABLE_SCHEMA = 'shop'
    UNION ALL SELECT ROUTINE_NAME, DEFINER, SECURITY_TYPE FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = 'shop'
    UNION ALL SELECT TRIGGER_NAME, DEFINER, '' FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = 'shop'
    UNION ALL SELECT EVENT_NAME, DEFINER, '' FROM information_schema.EVENTS WHERE EVENT_SCHEMA = 'shop'`);
  return Object.fromEntries(
    rows.map(({ name, definer, security }) => [name, `${definer} ${security}`.trim()]),
  );
}

const flavours = Object.keys(namesOthers) as Flavour[];
const ofDefiner = [
  'view shop.names',
  'routine shop.note',
  'routine shop.twice',
  'trigger shop.told',
  'event shop.never',
];

test.each(flavours)(
  'given a target user of %s that may not name other accounts, then views and routines act for their caller, and the user is told',
  async (flavour) => {
    const [source, target] = await startEnds(flavour);
    await using _ = source;
    await using __ = target;
    const writer = await accountOf(target, 'writer', targetGrants);
    const reader = await accountOf(source, 'reader', sourceGrants[flavour]);
    const item = await check(reader, writer);
    expect(item).toMatchObject({ grade: 'WARNING' });
    expect([...(item?.objects ?? [])].sort()).toEqual(
      ofDefiner.map((object) => `${object} of owner@%`).sort(),
    );
    expect(item?.remedy).toContain(`GRANT ${namesOthers[flavour]} ON *.*`);
    expect(item?.remedy).toContain('owner@%');

    const warnings = await migrate(source, writer);
    const user = 'writer@127.0.0.1';
    const invoker = `${user} INVOKER`;
    expect(await definers(target)).toEqual({
      names: invoker,
      asked: invoker,
      later: invoker,
      note: invoker,
      asking: invoker,
      note_later: invoker,
      twice: invoker,
      told: user,
      never: user,
    });
    const told = warnings.join('\n');
    for (const object of [...ofDefiner, 'shop.later', 'shop.note_later', 'shop.asking'])
      expect(told).toContain(object);
    expect(told).not.toContain('shop.asked');
  },
);

test.each(flavours)(
  'given a target user of %s that may name other accounts, then all keep their definers, those that exist',
  async (flavour) => {
    const [source, target] = await startEnds(flavour);
    await using _ = source;
    await using __ = target;
    const writer = await accountOf(target, 'writer', [...targetGrants, `${namesOthers[flavour]} ON *.*`]);
    const unseen = await check(source, writer);
    expect(unseen?.remedy).toContain('GRANT SELECT ON mysql.user');
    await target.query("GRANT SELECT ON mysql.user TO writer@'127.0.0.1'");
    const absent = await check(source, writer);
    expect(absent?.objects).toEqual(unseen?.objects);
    expect(absent?.remedy).toMatch(/^create owner@% at the target/i);

    await target.query("CREATE USER owner@'%' IDENTIFIED BY 'o'");
    expect(await check(source, writer)).toMatchObject({ grade: 'PASS' });
    expect(await migrate(source, writer)).toEqual([]);
    expect(await definers(target)).toEqual(await definers(source));
  },
);

test('given an account that has more rights than a definer may have, then the precheck tells what it takes', async () => {
  const [source, target] = await startEnds('mysql-9.7');
  await using _ = source;
  await using __ = target;
  await source.query("GRANT SYSTEM_USER ON *.* TO owner@'%'");
  await target.query("CREATE USER owner@'%' IDENTIFIED BY 'o'; GRANT SYSTEM_USER ON *.* TO owner@'%'");
  const writer = await accountOf(target, 'writer', [
    ...targetGrants,
    'SET_ANY_DEFINER ON *.*',
    'SELECT ON mysql.user',
    'SELECT ON mysql.global_grants',
  ]);
  const item = await check(source, writer);
  expect(item).toMatchObject({ grade: 'WARNING' });
  expect(item?.remedy).toContain('GRANT SYSTEM_USER ON *.*');
  await target.query("GRANT SYSTEM_USER ON *.* TO writer@'127.0.0.1'");
  expect(await check(source, writer)).toMatchObject({ grade: 'PASS' });
  await migrate(source, writer);
  expect(await definers(target)).toEqual(await definers(source));
});
