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
    let table: Table;
    let base: number;
    const id = { database: 'shop', name: 'log' };

    beforeAll(async () => {
      server = await startMysql(flavour);
      await server.query('CREATE DATABASE shop; CREATE TABLE shop.log (n INT) ENGINE = InnoDB');
      source = await openMysqlSource({
        endpoint: endpointOf(server),
        logger: silentLogger,
        clock: systemClock,
      });
      table = (await source.readStructure({ databases: [{ name: 'shop' }] })).history.table(id)!;
      base = lastNumber(await source.writtenPosition());
    });
    afterAll(async () => {
      await source?.close();
      await server?.stop();
    });

    /** Runs `work` while one row per transaction is inserted. */
    const whileWriting = async (work: () => Promise<void>) => {
      const writer = await server.connect();
      let writing = true;
      const written = (async () => {
        while (writing) await writer.query('INSERT INTO shop.log VALUES (1)');
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
      const [row] = await server.query<{ n: number }>('SELECT COUNT(*) AS n FROM shop.log');
      return Number(row?.n);
    };

    it('a table without a key is read as of exactly the position told', async () => {
      await whileWriting(async () => {
        for (let i = 0; i < 10; i += 1) {
          let position: Position | undefined;
          const blocks = await listOf(
            source.snapshot.readWhole({
              table,
              signal: never,
              onPosition: (at) => {
                position = at;
              },
            }),
          );
          const rows = blocks.reduce((sum, block) => sum + block.rows, 0);
          expect(rows).toBe(lastNumber(position!) - base);
        }
      });
      expect(await countRows()).toBeGreaterThan(10);
    });

    it('low marks hold nothing unseen, high marks everything seen', async () => {
      await whileWriting(async () => {
        for (let i = 0; i < 30; i += 1) {
          const low = await source.visiblePosition([id]);
          const seen = await countRows();
          const high = await source.writtenPosition();
          expect(lastNumber(low) - base).toBeLessThanOrEqual(seen);
          expect(lastNumber(high) - base).toBeGreaterThanOrEqual(seen);
          expect(source.positions.covers(high, low)).toBe(true);
        }
      });
    });
  },
);
