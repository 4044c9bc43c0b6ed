import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parsePosition } from '../../../engine/connectors/mysql/position.ts';
import { openMysqlSource } from '../../../engine/connectors/mysql/source.ts';
import { systemClock } from '../../../engine/core/clock.ts';
import { silentLogger } from '../../../engine/core/logger.ts';
import type { Position } from '../../../engine/core/position.ts';
import type { Source } from '../../../engine/core/source.ts';
import type { Table } from '../../../engine/core/table.ts';
import { type Flavour, type MysqlServer, startMysql } from '../../servers/mysql.ts';
import { endpointOf, listOf, never } from './copy.ts';

interface Origin {
  readonly name: string;
  readonly flavour: Flavour;
  readonly args?: readonly string[];
}
const args = ['--gtid-mode=OFF', '--enforce-gtid-consistency=OFF'];
const origins: readonly Origin[] = [
  { name: 'MySQL 9.7', flavour: 'mysql-9.7' },
  { name: 'MySQL 9.7 without GTIDs', flavour: 'mysql-9.7', args },
  { name: 'MySQL 5.6', flavour: 'mysql-5.6' },
  { name: 'MySQL 5.6 without GTIDs', flavour: 'mysql-5.6', args },
  { name: 'MariaDB 10.11', flavour: 'mariadb-10.11' },
];

/** How many transactions a set of GTIDs holds; MariaDB names the last one alone. */
const countGtids = (gtid: string): number =>
  gtid
    .split(',')
    .flatMap((ofServer) => ofServer.split(':').slice(1))
    .map((range) => range.split('-').map(Number) as [number, number?])
    .reduce(
      (sum, [first, last = first]) => sum + last - first + 1,
      Number(/^\d+-\d+-(\d+)$/.exec(gtid)?.[1] ?? 0),
    );

/** How many transactions of InnoDB each of the positions holds, whose server has written all of its log itself. */
async function countTransactions(server: MysqlServer, positions: readonly Position[]): Promise<number[]> {
  const places = positions.map(parsePosition);
  if (places.every(({ gtid }) => gtid !== undefined)) return places.map(({ gtid = '' }) => countGtids(gtid));
  const counts = places.map(() => 0);
  for (const { Log_name: file } of await server.query<{ Log_name: string }>('SHOW BINARY LOGS')) {
    const events = await server.query<{ Event_type: string; End_log_pos: number }>(
      `SHOW BINLOG EVENTS IN '${file}'`,
    );
    const ends = events.filter((event) => event.Event_type === 'Xid').map((event) => event.End_log_pos);
    for (const [i, place] of places.entries()) {
      if (place.file < file) continue;
      counts[i]! += place.file > file ? ends.length : ends.filter((end) => end <= place.offset).length;
    }
  }
  return counts;
}

describe.each(origins)('positions of $name under writing', ({ flavour, args }) => {
  let server: MysqlServer;
  let source: Source;
  let tables: Table[];
  /** Transactions before the first row. */
  let base: number;

  beforeAll(async () => {
    server = await startMysql(flavour, { args });
    await server.query(`CREATE DATABASE shop; CREATE TABLE shop.log (n INT) ENGINE = InnoDB;
        CREATE TABLE shop.copies (n INT) ENGINE = InnoDB`);
    source = await openMysqlSource({
      endpoint: endpointOf(server),
      logger: silentLogger,
      clock: systemClock,
    });
    const { history } = await source.readStructure({ databases: [{ name: 'shop' }] });
    tables = ['log', 'copies'].map((name) => history.table({ database: 'shop', name })!);
    [base = 0] = await countTransactions(server, [await source.writtenPosition()]);
  });
  afterAll(async () => {
    await source?.close();
    await server?.stop();
  });

  /** Runs `work` while six sessions insert, a row per transaction: some in statements of their own, some in transactions that stay open. */
  const whileWriting = async (work: () => Promise<void>) => {
    let writing = true;
    const writers = Array.from({ length: 6 }, async (_, i) => {
      const writer = await server.connect();
      const insert = `INSERT INTO shop.${i < 3 ? 'log' : 'copies'} VALUES (${i})`;
      while (writing) {
        for (const sql of i % 3 === 0 ? [insert] : ['BEGIN', insert, 'SELECT 1', 'COMMIT'])
          await writer.query(sql);
        await delay(5 * i);
      }
      await writer.end();
    });
    try {
      await work();
    } finally {
      writing = false;
      await Promise.all(writers);
    }
  };

  const countRows = async () => {
    const [row] = await server.query<{ n: number }>(
      'SELECT (SELECT COUNT(*) FROM shop.log) + (SELECT COUNT(*) FROM shop.copies) AS n',
    );
    return Number(row?.n);
  };

  /** Reads both tables together; what was told and how many rows were seen. */
  const readTogether = async () => {
    let position: Position | undefined;
    let rows = 0;
    const onPosition = (told: Position) => {
      position = told;
    };
    for await (const { blocks } of source.snapshot.readTogether({ tables, signal: never, onPosition }))
      for await (const block of blocks) rows += block.rows;
    return { position: position!, rows };
  };

  it('several tables are read as of exactly the one position told', async () => {
    const readings: { position: Position; rows: number }[] = [];
    await whileWriting(async () => {
      for (let i = 0; i < 150; i += 1) readings.push(await readTogether());
    });
    const told = await countTransactions(
      server,
      readings.map(({ position }) => position),
    );
    expect(readings.map(({ rows }) => rows)).toEqual(told.map((count) => count - base));
    expect(new Set(told).size).toBeGreaterThan(100);
  }, 60_000);

  it('low marks hold nothing unseen, high marks everything seen', async () => {
    const marks: { low: Position; seen: number; high: Position }[] = [];
    await whileWriting(async () => {
      for (let i = 0; i < 100; i += 1) {
        const low = await source.visiblePosition(tables.map(({ id }) => id));
        const seen = await countRows();
        marks.push({ low, seen, high: await source.writtenPosition() });
      }
    });
    const lows = await countTransactions(
      server,
      marks.map(({ low }) => low),
    );
    const highs = await countTransactions(
      server,
      marks.map(({ high }) => high),
    );
    for (const [i, { low, seen, high }] of marks.entries()) {
      expect(lows[i]! - base).toBeLessThanOrEqual(seen);
      expect(highs[i]! - base).toBeGreaterThanOrEqual(seen);
      expect(source.positions.covers(high, low)).toBe(true);
    }
  }, 60_000);

  // MariaDB lets go of no table before the snapshot ends.
  if (flavour === 'mariadb-10.11') return;
  it('a table that is read waits for no other before it may be altered', async () => {
    const reading = source.snapshot.readTogether({ tables, signal: never, onPosition: () => {} });
    let read = 0;
    for await (const { table, blocks } of reading) {
      await listOf(blocks);
      read += 1;
      if (table.id.name === 'copies') await server.query('ALTER TABLE shop.log COMMENT = "altered"');
    }
    expect(read).toBe(2);
  });

  it('a transaction that stays open delays no read longer than itself', async () => {
    const writer = await server.connect();
    try {
      await writer.query('BEGIN');
      await writer.query('INSERT INTO shop.log VALUES (1)');
      const low = source.visiblePosition(tables.map(({ id }) => id));
      const read = readTogether();
      await delay(3000);
      await writer.query('COMMIT');
      await low;
      await read;
    } finally {
      await writer.end();
    }
  }, 15_000);

  // There writers overtake who waits for a lock, and without GTIDs nothing else is exact.
  if (flavour === 'mysql-9.7' && args !== undefined) return;
  it('tables that some transaction writes to at any moment are read all the same', async () => {
    const [written = 0] = await countTransactions(server, [await source.writtenPosition()]);
    const before = written - (await countRows());
    let writing = true;
    const overlapping = [0, 1, 2].map(async (turn) => {
      const writer = await server.connect();
      await delay(turn * 70);
      while (writing) {
        await writer.query('BEGIN');
        await writer.query('INSERT INTO shop.log VALUES (1)');
        await delay(200);
        await writer.query('COMMIT');
      }
      await writer.end();
    });
    try {
      await delay(300);
      const { position, rows } = await readTogether();
      const [told = 0] = await countTransactions(server, [position]);
      expect(rows).toBe(told - before);
    } finally {
      writing = false;
      await Promise.all(overlapping);
    }
  }, 30_000);
});

it.each([
  { flavour: 'mysql-9.7', tag: ':tag_x' },
  { flavour: 'mysql-5.6', tag: '' },
] as const)(
  'marks are told while $flavour applies changes of several other servers',
  async ({ flavour, tag }) => {
    await using server = await startMysql(flavour);
    await server.query('CREATE DATABASE shop; CREATE TABLE shop.log (n INT)');
    const source = await openMysqlSource({
      endpoint: endpointOf(server),
      logger: silentLogger,
      clock: systemClock,
    });
    const others = [
      'aaaaaaaa-0000-0000-0000-000000000001:5',
      '1bbbbbbb-0000-0000-0000-000000000002:7',
      `12345678-0000-0000-0000-000000000003${tag}:9`,
    ];
    const appliers = await Promise.all(
      others.map(async (gtid) => {
        const applier = await server.connect();
        for (const sql of [`SET GTID_NEXT = '${gtid}'`, 'BEGIN', 'INSERT INTO shop.log VALUES (1)'])
          await applier.query(sql);
        return applier;
      }),
    );
    const gtids = (position: Position) => parsePosition(position).gtid;
    const low = gtids(await source.visiblePosition([]))!;
    const high = gtids(await source.writtenPosition());
    expect(high?.split(',').toSorted()).toEqual([low, ...others].toSorted());
    for (const applier of appliers) {
      await applier.query('ROLLBACK');
      await applier.end();
    }
    await source.close();
  },
);
