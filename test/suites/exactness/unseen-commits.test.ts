import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openProbe, openSource } from '../../../engine/connectors/connectors.ts';
import { systemClock } from '../../../engine/core/clock.ts';
import { silentLogger } from '../../../engine/core/logger.ts';
import { compareEnds } from '../../compare/compare.ts';
import { type MysqlServer, startMysql } from '../../servers/mysql.ts';
import { FirstChunkGate } from '../ddl/first-chunk-gate.ts';
import { endpointOf, TaskHarness } from '../pipeline/task-harness.ts';

// With lossless semi-synchronous replication a commit is in the log, and reaches us, before any read at the source can see it.

test('rows that no read sees yet while their table is copied again are not lost', async () => {
  const semiSync = ['--plugin-load-add=semisync_source.so', '--rpl-semi-sync-source-timeout=9000'];
  await using source = await startMysql('mysql-9.7', { serverId: 1, args: semiSync });
  await using target = await startMysql('mysql-9.7', { serverId: 2 });
  await source.query(`CREATE DATABASE shop; CREATE TABLE shop.big (id INT PRIMARY KEY, w TEXT);
    INSERT INTO shop.big WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900) SELECT i, 'w' FROM n`);
  const gate = new FirstChunkGate();
  const databases = [{ name: 'shop' }];
  await using task = await TaskHarness.create({
    source,
    target,
    selection: { databases },
    wrapTarget: gate.wrap,
  });
  task.start();
  await task.until(() => gate.isHeld);
  await source.query('ALTER TABLE shop.big DROP COLUMN w');
  // No replica answers: what is committed now waits for it between the log and the engine.
  await source.query('SET GLOBAL rpl_semi_sync_source_enabled = ON');
  const writers = [1000, 1001, 1002].map(async (id) => {
    const writer = await source.connect();
    await writer.query(`INSERT INTO shop.big VALUES (${id})`);
    await writer.end();
  });
  await delay(300);
  gate.open();
  await Promise.all(writers);
  await task.caughtUp();
  await task.complete();
  expect(task.events.some(({ message }) => message === 'Copying it again.')).toBe(true);
  expect((await compareEnds({ source, target, databases })).report).toBe('');
}, 60_000);

const withoutGtids = ['--gtid-mode=OFF', '--enforce-gtid-consistency=OFF'];

test.each([
  { what: 'GTIDs', mode: [] },
  { what: 'no GTIDs', mode: withoutGtids },
])(
  'objects that no read sees yet when a task starts are not lost where the source has $what',
  async ({ mode }) => {
    const args = ['--plugin-load-add=semisync_source.so', '--rpl-semi-sync-source-timeout=10000', ...mode];
    await using source = await startMysql('mysql-9.7', { serverId: 1, args });
    await using target = await startMysql('mysql-9.7', { serverId: 2 });
    await source.query(`CREATE DATABASE shop; CREATE TABLE shop.known (id INT PRIMARY KEY); CREATE TABLE shop.left_over (id INT);
    CREATE TABLE shop.before (id INT PRIMARY KEY); CREATE TABLE shop.watched (id INT PRIMARY KEY);
    CREATE VIEW shop.shown AS SELECT 0 AS zero; CREATE EVENT shop.daily ON SCHEDULE EVERY 1 DAY DISABLE DO DO 1`);
    await source.query('SET GLOBAL rpl_semi_sync_source_enabled = ON');
    const changes = [
      'CREATE TABLE shop.fresh (id INT PRIMARY KEY)',
      'ALTER TABLE shop.known ADD COLUMN n INT',
      'DROP TABLE shop.left_over',
      'RENAME TABLE shop.before TO shop.since',
      'ALTER VIEW shop.shown AS SELECT 1 AS one',
      'CREATE VIEW shop.seen AS SELECT 2 AS two',
      'CREATE PROCEDURE shop.proceed() SELECT 1',
      'CREATE FUNCTION shop.proceed() RETURNS INT DETERMINISTIC RETURN 1',
      'CREATE TRIGGER shop.look BEFORE INSERT ON shop.watched FOR EACH ROW SET @seen = 1',
      'ALTER EVENT shop.daily DO DO 2',
      'CREATE EVENT shop.weekly ON SCHEDULE EVERY 1 WEEK DISABLE DO DO 1',
    ];
    const [end] = await source.query<{ File: string; Position: number }>('SHOW BINARY LOG STATUS');
    // None needs the lock of another. Few groups of commits are between log and engine at a time: all have to be in one.
    await source.query('SET GLOBAL binlog_group_commit_sync_delay = 300000');
    let answered = 0;
    const connections = await Promise.all(changes.map(() => source.connect()));
    const changers = connections.map(async (changer, which) => {
      await changer.query(changes[which]!);
      answered += 1;
      await changer.end();
    });
    const loggedSince = async ({ File, Position }: { File: string; Position: number }) =>
      (await source.query<{ Event_type: string }>(`SHOW BINLOG EVENTS IN '${File}' FROM ${Position}`)).filter(
        ({ Event_type }) => Event_type === 'Query',
      );
    while ((await loggedSince(end!)).length < changes.length) await delay(20);
    expect(answered).toBe(0);
    await source.query('SET GLOBAL binlog_group_commit_sync_delay = 0');
    const databases = [{ name: 'shop' }];
    const reader = await openSource({
      endpoint: endpointOf(source),
      logger: silentLogger,
      clock: systemClock,
    });
    const reading = reader.readStructure({ databases });
    await using task = await TaskHarness.create({ source, target, selection: { databases } });
    task.start();
    const read = await reading;
    expect(read.tables.map(({ id }) => id.name).toSorted()).toEqual(['fresh', 'known', 'since', 'watched']);
    expect(read.tables.find(({ id }) => id.name === 'known')?.sql).toContain('`n` int');
    expect(read.routines).toHaveLength(2);
    expect(read.triggers).toHaveLength(1);
    await reader.close();
    await Promise.all(changers);
    await task.caughtUp();
    await source.query('INSERT INTO shop.fresh VALUES (1); INSERT INTO shop.since VALUES (2)');
    await task.complete();
    expect((await compareEnds({ source, target, databases, triggersAndEvents: true })).report).toBe('');
  },
  60_000,
);

/** Makes a table for as long as the gate is closed, and holds its lock as long. */
async function slowCopy(source: MysqlServer, copy = 'shop.copied'): Promise<{ open(): Promise<void> }> {
  await source.query(`CREATE DATABASE shop; CREATE DATABASE other; CREATE TABLE shop.known (id INT PRIMARY KEY); INSERT INTO shop.known VALUES (1);
    CREATE VIEW shop.shown AS SELECT id FROM shop.known`);
  const [gate, copier] = [await source.connect(), await source.connect()];
  await gate.query("DO GET_LOCK('gate', 0)");
  const copying = copier.query(
    `CREATE TABLE ${copy} (id INT PRIMARY KEY) SELECT id, 4111 AS number, 'secret' AS word, GET_LOCK('gate', 100) AS got FROM shop.known`,
  );
  copying.catch(() => undefined); // told when the gate is open
  const isHeld = async () =>
    (await source.query<{ State: string }>('SHOW PROCESSLIST')).some(({ State }) => State === 'User lock');
  while (!(await isHeld())) await delay(20);
  return {
    open: async () => {
      await gate.end();
      await copying;
      await copier.end();
    },
  };
}

test('a table that is being made for long is not waited for where the source has GTIDs: it comes as a change', async () => {
  await using source = await startMysql('mysql-9.7', { serverId: 1 });
  await using target = await startMysql('mysql-9.7', { serverId: 2 });
  const copy = await slowCopy(source);
  const databases = [{ name: 'shop' }];
  await using task = await TaskHarness.create({ source, target, selection: { databases } });
  task.start();
  await task.caughtUp();
  expect(task.tables.map(({ name }) => name)).toEqual(['known']);
  await copy.open();
  await source.query('INSERT INTO shop.known VALUES (2)');
  await task.complete();
  expect((await compareEnds({ source, target, databases })).report).toBe('');
}, 60_000);

test.each([
  { flavour: 'mysql-9.7', args: withoutGtids },
  { flavour: 'mysql-5.6', args: withoutGtids },
  { flavour: 'mariadb-10.11', args: [] },
] as const)(
  'a schema change in a database that is not selected is not waited for at $flavour',
  async ({ flavour, args }) => {
    await using source = await startMysql(flavour, { args });
    const copy = await slowCopy(source, 'other.copied');
    await source.query(`CREATE TABLE shop.watched (id INT PRIMARY KEY);
    CREATE TRIGGER shop.look BEFORE INSERT ON shop.watched FOR EACH ROW SET @seen = 1`);
    const context = { endpoint: endpointOf(source), logger: silentLogger, clock: systemClock };
    const selection = { databases: [{ name: 'shop' }] };
    const reader = await openSource(context);
    const read = await reader.readStructure(selection);
    expect([...read.tables, ...read.views, ...read.triggers].map(({ id }) => id.name)).toEqual([
      'known',
      'watched',
      'shown',
      'look',
    ]);
    await reader.close();
    const probe = openProbe(context);
    const facts = await probe.source(selection);
    expect(facts.tables).toMatchObject([
      { id: { name: 'known' }, hasPrimaryKey: true },
      { id: { name: 'watched' }, triggers: 1 },
    ]);
    expect(facts.definers.map(({ id }) => id.name)).toEqual(['shown', 'look']);
    await probe.close();
    await copy.open();
  },
  25_000,
);

test('what a task waits for before it can start is told, with what runs on it at the source', async () => {
  await using source = await startMysql('mysql-9.7', { serverId: 1, args: withoutGtids });
  await using target = await startMysql('mysql-9.7', { serverId: 2 });
  const copy = await slowCopy(source);
  const databases = [{ name: 'shop' }];
  await using task = await TaskHarness.create({ source, target, selection: { databases } });
  task.start();
  const told = () => task.events.filter(({ kind }) => kind === 'WARNING').map(({ message }) => message);
  await task.until(() => told().length > 0);
  expect(told()).toEqual([
    expect.stringMatching(
      /^Reading the structure of the source waits for a lock on shop\.copied\. Running there at the moment: process \d+, for \d+ s: CREATE TABLE shop\.copied \(id INT PRIMARY KEY\) SELECT id,\.$/,
    ),
  ]);
  await copy.open();
  await task.caughtUp();
  await task.complete();
  expect((await compareEnds({ source, target, databases })).report).toBe('');
}, 60_000);
