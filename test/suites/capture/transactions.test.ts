import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BinlogPosition, parsePosition } from '../../../engine/connectors/mysql/position.ts';
import { type Clock, systemClock } from '../../../engine/core/clock.ts';
import type { ObjectSelection } from '../../../engine/core/selection.ts';
import { until } from '../../product/wait.ts';
import { type MysqlServer, startMysql } from '../../servers/mysql.ts';
import { decodeAll, endOfLog, historyOf, type LiveCapture, liveTable, startCapture } from './live-capture.ts';

const selection: ObjectSelection = { databases: [{ name: 'd', excludeTables: ['other'] }] };

describe.each([
  { flavour: 'mysql-9.7', by: 'gtid' },
  { flavour: 'mysql-5.6', by: 'file' },
  { flavour: 'mariadb-10.11', by: 'gtid' },
] as const)('given $flavour read by $by', ({ flavour, by }) => {
  let server: MysqlServer;
  beforeAll(async () => {
    server = await startMysql(flavour);
    await server.query('CREATE DATABASE d');
    await server.query('CREATE DATABASE e');
    await server.query('CREATE TABLE d.t (id int PRIMARY KEY, v longtext)');
    await server.query('CREATE TABLE d.other (id int PRIMARY KEY)');
    await server.query('CREATE TABLE e.t (id int PRIMARY KEY)');
  });
  afterAll(() => server?.stop());

  const place = async (): Promise<BinlogPosition> => {
    const end = await endOfLog(server);
    return by === 'gtid' ? end : { ...end, gtid: undefined };
  };
  const caughtUp = async (capture: LiveCapture) => {
    const end = await place();
    await capture.reached((text) => {
      const position = parsePosition(text);
      return by === 'gtid'
        ? position.gtid === end.gtid
        : position.file === end.file && position.offset >= end.offset;
    });
  };
  const insertedIds = async (capture: LiveCapture) =>
    decodeAll(capture.transactions, historyOf([await liveTable(server, 'd', 't')])).flatMap((event) =>
      event.kind === 'rows' ? event.changes.map(({ after }) => after?.[0]) : [],
    );

  test('when rows of all sizes follow each other fast, then each arrives with its bytes', async () => {
    const lengths = Array.from({ length: 60 }, (_, i) => (i % 3 === 0 ? 7 : i * 1700));
    await server.query('CREATE TABLE d.sizes (id int PRIMARY KEY, v longtext)');
    const from = await place();
    for (const [i, length] of lengths.entries())
      await server.query(
        `INSERT INTO d.sizes VALUES (${i}, REPEAT('${String.fromCharCode(97 + (i % 26))}', ${length}))`,
      );
    await using capture = startCapture({ server, from, selection });
    await caughtUp(capture);
    const rows = decodeAll(capture.transactions, historyOf([await liveTable(server, 'd', 'sizes')])).flatMap(
      (event) => (event.kind === 'rows' ? event.changes.map(({ after }) => after) : []),
    );
    expect(rows).toHaveLength(lengths.length);
    for (const [i, row] of rows.entries()) {
      const expected = Buffer.alloc(lengths[i]!, 97 + (i % 26));
      expect(Buffer.compare(row![1] as Uint8Array, expected)).toBe(0);
    }
    await server.query('DROP TABLE d.sizes');
  });

  test('when selected and other tables change, then only the selected ones arrive, whole and in order', async () => {
    const from = await place();
    await using capture = startCapture({ server, from, selection });
    await server.query('INSERT INTO d.t VALUES (1, "a"), (2, "b")');
    await server.query('INSERT INTO d.other VALUES (1)');
    await server.query('INSERT INTO e.t VALUES (1)');
    await server.query('FLUSH LOGS');
    await server.query('INSERT INTO d.t VALUES (3, "c")');
    await caughtUp(capture);
    expect(capture.transactions).toHaveLength(2);
    expect(await insertedIds(capture)).toEqual([1, 2, 3]);

    await using again = startCapture({
      server,
      from: parsePosition(capture.transactions[0]!.mark.position),
      selection,
    });
    await caughtUp(again);
    expect(await insertedIds(again)).toEqual([3]);
  });

  test('when a session logs statements instead of rows, then capture stops with SOURCE_CONFIG', async () => {
    const from = await place();
    await using capture = startCapture({ server, from, selection });
    const session = await server.connect();
    await session.query('SET SESSION binlog_format=STATEMENT');
    await session.query('INSERT INTO d.t VALUES (50, "s")');
    await session.end();
    await expect(capture.done).rejects.toMatchObject({ code: 'SOURCE_CONFIG' });
  });

  test('when the log was purged, then capture says SOURCE_LOG_PURGED', async () => {
    const from = await place();
    await server.query('INSERT INTO d.t VALUES (60, "p")');
    await server.query('FLUSH LOGS');
    const { file } = await place();
    // MariaDB keeps a file until its storage engine has checkpointed and the last reader has left it, and says nothing.
    for (let oldest = ''; oldest !== file; ) {
      await server.query(`PURGE BINARY LOGS TO '${file}'`);
      oldest = (await server.query<{ Log_name: string }>('SHOW BINARY LOGS'))[0]!.Log_name;
    }
    await using capture = startCapture({ server, from, selection });
    await expect(capture.done).rejects.toMatchObject({ code: 'SOURCE_LOG_PURGED' });
  });

  test('when the position is ahead of the server, then capture says SOURCE_POSITION_MISSING', async () => {
    const end = await place();
    const gtid =
      flavour === 'mariadb-10.11' ? '0-1-9999999' : `${end.gtid},11111111-2222-3333-4444-555555555555:1`;
    const from = by === 'gtid' ? { ...end, gtid } : { ...end, offset: end.offset + 1_000_000 };
    await using capture = startCapture({ server, from, selection });
    await expect(capture.done).rejects.toMatchObject({ code: 'SOURCE_POSITION_MISSING' });
  });
});

test('given MySQL with GTIDs, when XA transactions end in any order, then rows arrive with their commit, also after a restart', async () => {
  const server = await startMysql('mysql-9.7');
  try {
    await server.query('CREATE DATABASE d');
    await server.query('CREATE TABLE d.t (id int PRIMARY KEY, v longtext)');
    const from = await endOfLog(server);
    const [one, two] = [await server.connect(), await server.connect()];
    for (const [session, xid, id] of [
      [one, 'a', 1],
      [two, 'b', 2],
    ] as const) {
      for (const verb of ['START', 'END', 'PREPARE']) {
        await session.query(`XA ${verb} '${xid}'`);
        if (verb === 'START') await session.query(`INSERT INTO d.t VALUES (${id}, '${xid}')`);
      }
      await session.end();
    }
    await server.query("INSERT INTO d.t VALUES (3, 'plain')");
    const capture = startCapture({ server, from, selection });
    await capture.reached(() => capture.transactions.length === 1);
    await capture.stop();
    await server.query("XA COMMIT 'b'");
    await server.query("XA ROLLBACK 'a'");
    const resumed = startCapture({
      server,
      from: parsePosition(capture.transactions[0]!.mark.position),
      selection,
    });
    const end = await endOfLog(server);
    await resumed.reached((position) => parsePosition(position).gtid === end.gtid);
    await resumed.stop();
    const history = historyOf([await liveTable(server, 'd', 't')]);
    const ids = (of: LiveCapture) =>
      decodeAll(of.transactions, history).flatMap((event) =>
        event.kind === 'rows' ? event.changes.map(({ after }) => after?.[0]) : [],
      );
    expect(ids(capture)).toEqual([3]);
    expect(ids(resumed)).toEqual([2]);
  } finally {
    await server.stop();
  }
});

test('given compressed transactions and a full sink, when a large one comes, then it is unpacked as the sink has room', async () => {
  const server = await startMysql('mysql-9.7', { args: ['--binlog-transaction-compression=ON'] });
  try {
    await server.query('CREATE DATABASE d');
    await server.query('CREATE TABLE d.t (id int PRIMARY KEY AUTO_INCREMENT, v longtext)');
    const from = await endOfLog(server);
    let turns = 0;
    const pressure = () =>
      ++turns % 3 === 0 ? new Promise<void>((resolve) => setImmediate(resolve)) : undefined;
    await using capture = startCapture({ server, from, selection, pressure });
    await server.query("INSERT INTO d.t (v) VALUES (REPEAT('x', 100000))");
    for (let i = 0; i < 7; i++) await server.query('INSERT INTO d.t (v) SELECT v FROM d.t');
    const end = await endOfLog(server);
    await capture.reached((position) => parsePosition(position).gtid === end.gtid);
    const rows = decodeAll(capture.transactions, historyOf([await liveTable(server, 'd', 't')])).flatMap(
      (event) => (event.kind === 'rows' ? event.changes : []),
    );
    expect(rows).toHaveLength(128);
    for (const { after } of rows) expect(after?.[1]).toHaveLength(100_000);
  } finally {
    await server.stop();
  }
});

test('given a compressed transaction of more than 16 MiB, when the sink has no room at its end, then nothing is read before it is unpacked', async () => {
  const server = await startMysql('mysql-9.7', { args: ['--binlog-transaction-compression=ON'] });
  try {
    await server.query('CREATE DATABASE d');
    await server.query('CREATE TABLE d.t (id int PRIMARY KEY, v longblob)');
    const from = await endOfLog(server);
    const connection = await server.connect({ database: 'd' });
    await connection.query('BEGIN');
    for (let id = 1; id <= 20; id++) {
      await connection.query('INSERT INTO t VALUES (?, ?)', [id, randomBytes(1024 * 1024)]);
    }
    await connection.query('COMMIT');
    await connection.query("INSERT INTO t VALUES (21, 'behind')");
    await connection.end();
    const end = await endOfLog(server);
    await using capture = startCapture({ server, from, selection, pressure: () => delay(1) });
    await capture.reached((position) => parsePosition(position).gtid === end.gtid);
    expect(capture.transactions.map(({ rows }) => rows)).toEqual([20, 1]);
  } finally {
    await server.stop();
  }
});

test('given changes that nobody waits for, when one has come, then the next ones come together after a rest', async () => {
  const server = await startMysql('mysql-9.7');
  try {
    await server.query('CREATE DATABASE d');
    await server.query('CREATE TABLE d.t (id int PRIMARY KEY)');
    const from = await endOfLog(server);
    const rests: (() => void)[] = [];
    // Only the rests are as short as that.
    const sleep: Clock['sleep'] = (ms, signal) =>
      ms > 100 ? systemClock.sleep(ms, signal) : new Promise((resolve) => rests.push(resolve));
    let awaited = false;
    await using capture = startCapture({
      server,
      from,
      selection,
      clock: { ...systemClock, sleep },
      isAwaited: () => awaited,
    });
    await until(async () => rests[0], { seconds: 30, what: 'the first rest' });
    for (const id of [1, 2, 3]) await server.query(`INSERT INTO d.t VALUES (${id})`);
    expect(capture.transactions).toEqual([]);
    awaited = true;
    rests[0]!();
    const end = await endOfLog(server);
    await capture.reached((position) => parsePosition(position).gtid === end.gtid);
    expect(capture.transactions).toHaveLength(3);
    await server.query('INSERT INTO d.t VALUES (4)');
    const last = await endOfLog(server);
    await capture.reached((position) => parsePosition(position).gtid === last.gtid);
    expect(capture.transactions).toHaveLength(4);
    expect(rests).toHaveLength(1);
  } finally {
    await server.stop();
  }
});

test('given MySQL 9.7, when transactions have tagged GTIDs, then their rows and positions arrive, also after a restart', async () => {
  const server = await startMysql('mysql-9.7');
  try {
    await server.query('CREATE DATABASE d');
    await server.query('CREATE TABLE d.t (id int PRIMARY KEY, v longtext)');
    const from = await endOfLog(server);
    await using capture = startCapture({ server, from, selection });
    await server.query("SET gtid_next = 'AUTOMATIC:tag'");
    await server.query("INSERT INTO d.t VALUES (1, 'a')");
    await server.query("SET gtid_next = 'AUTOMATIC'");
    await server.query("INSERT INTO d.t VALUES (2, 'b')");
    const end = await endOfLog(server);
    expect(end.gtid).toContain(':tag:1');
    await capture.reached((position) => parsePosition(position).gtid === end.gtid);
    expect(capture.transactions).toHaveLength(2);
    const first = parsePosition(capture.transactions[0]!.mark.position);
    await using again = startCapture({ server, from: first, selection });
    await again.reached((position) => parsePosition(position).gtid === end.gtid);
    expect(again.transactions).toHaveLength(1);
  } finally {
    await server.stop();
  }
});
