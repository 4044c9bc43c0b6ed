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

/** Number of the last transaction of a position on a server that has written all of its transactions itself. */
const lastNumber = (position: Position): number => Number(parsePosition(position).gtid?.match(/(\d+)$/)?.[1]);

describe.each<Flavour>(['mysql-9.7', 'mysql-5.6', 'mariadb-10.11'])(
  'positions of %s under writing',
  (flavour) => {
    let server: MysqlServer;
    let source: Source;
    let tables: Table[];
    let base: number;

    beforeAll(async () => {
      server = await startMysql(flavour);
      await server.query(`CREATE DATABASE shop; CREATE TABLE shop.log (n INT) ENGINE = InnoDB;
        CREATE TABLE shop.copies (n INT) ENGINE = InnoDB`);
      source = await openMysqlSource({
        endpoint: endpointOf(server),
        logger: silentLogger,
        clock: systemClock,
      });
      const { history } = await source.readStructure({ databases: [{ name: 'shop' }] });
      tables = ['log', 'copies'].map((name) => history.table({ database: 'shop', name })!);
      base = lastNumber(await source.writtenPosition());
    });
    afterAll(async () => {
      await source?.close();
      await server?.stop();
    });

    /** Runs `work` while one row per transaction is inserted, in one table and the other. */
    const whileWriting = async (work: () => Promise<void>) => {
      const writer = await server.connect();
      let writing = true;
      const written = (async () => {
        while (writing) {
          await writer.query('INSERT INTO shop.log VALUES (1)');
          await writer.query('INSERT INTO shop.copies VALUES (1)');
        }
      })();
      try {
        await work();
      } finally {
        writing = false;
        await written;
        await writer.end();
      }
    };

    const countRows = async () => {
      const [row] = await server.query<{ n: number }>(
        'SELECT (SELECT COUNT(*) FROM shop.log) + (SELECT COUNT(*) FROM shop.copies) AS n',
      );
      return Number(row?.n);
    };

    it('several tables are read as of exactly the one position told', async () => {
      await whileWriting(async () => {
        for (let i = 0; i < 10; i += 1) {
          let position: Position | undefined;
          const counts: number[] = [];
          const reading = source.snapshot.readTogether({
            tables,
            signal: never,
            onPosition: (at) => {
              position = at;
            },
          });
          for await (const { blocks } of reading) {
            const read = await listOf(blocks);
            counts.push(read.reduce((sum, block) => sum + block.rows, 0));
          }
          const [log, copies] = counts as [number, number];
          expect(log + copies).toBe(lastNumber(position!) - base);
          expect([0, 1]).toContain(log - copies);
        }
      });
      expect(await countRows()).toBeGreaterThan(10);
    });

    it('low marks hold nothing unseen, high marks everything seen', async () => {
      await whileWriting(async () => {
        for (let i = 0; i < 30; i += 1) {
          const low = await source.visiblePosition(tables.map(({ id }) => id));
          const seen = await countRows();
          const high = await source.writtenPosition();
          expect(lastNumber(low) - base).toBeLessThanOrEqual(seen);
          expect(lastNumber(high) - base).toBeGreaterThanOrEqual(seen);
          expect(source.positions.covers(high, low)).toBe(true);
        }
      });
    });

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

    it('tables that some transaction writes to at any moment are read all the same', async () => {
      const before = lastNumber(await source.writtenPosition()) - (await countRows());
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
        let position: Position | undefined;
        const reading = source.snapshot.readTogether({
          tables,
          signal: never,
          onPosition: (told) => {
            position = told;
          },
        });
        let rows = 0;
        for await (const { blocks } of reading) for await (const block of blocks) rows += block.rows;
        expect(rows).toBe(lastNumber(position!) - before);
      } finally {
        writing = false;
        await Promise.all(overlapping);
      }
    }, 30_000);
  },
);
