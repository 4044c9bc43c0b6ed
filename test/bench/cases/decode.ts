import { openSource } from '../../../engine/connectors/connectors.ts';
import type { CaptureSink } from '../../../engine/core/change.ts';
import { systemClock } from '../../../engine/core/clock.ts';
import { silentLogger } from '../../../engine/core/logger.ts';
import type { BenchCase } from '../bench-case.ts';
import { readByZongji } from '../peers/zongji.ts';
import { wideColumns, wideValues } from '../rows.ts';
import { startBenchServer } from '../servers.ts';

const database = 'bench';

/**
 * The same stretch of a log read and decoded, in one thread of this process: rows of thirty mixed columns, ten in a transaction. Rates
 * are per second of the thread's own processor time: the wall clock would tell how fast the server sends.
 */
export const decode: BenchCase = {
  name: 'decode',
  goals: [
    {
      what: 'rows read and decoded',
      unit: 'rows/s',
      peer: { name: 'zongji alone', reading: 'zongji', ratio: 3 },
    },
  ],
  async open(rows = 200_000) {
    const server = await startBenchServer();
    await server.query(`CREATE DATABASE ${database}; CREATE TABLE bench.wide (${wideColumns})`);
    await server.query(`CREATE PROCEDURE bench.backlog () BEGIN DECLARE i INT DEFAULT 0; WHILE i < ${rows} DO
      INSERT INTO bench.wide WITH RECURSIVE n (i) AS (SELECT i UNION ALL SELECT n.i + 1 FROM n WHERE n.i < i + 9) SELECT n.i + 1, ${wideValues('n.i')} FROM n;
      SET i = i + 10; END WHILE; END`);
    const context = { logger: silentLogger, clock: systemClock };
    const { host, port, username, password } = server;
    const source = await openSource({
      ...context,
      endpoint: { engine: 'MYSQL', host, port, username, password, tls: { mode: 'DISABLED' } },
    });
    const selection = { databases: [{ name: database }] };
    const { history } = await source.readStructure(selection);
    const [place] = await server.query<{ File: string; Position: number }>('SHOW BINARY LOG STATUS');
    const from = await source.writtenPosition();
    await server.query('CALL bench.backlog()');
    const readByUs = async (): Promise<void> => {
      const decoder = source.decoder(history, selection);
      const stop = new AbortController();
      let left = rows;
      const sink: CaptureSink = {
        begin: () => decoder.beginTransaction(),
        piece(bytes) {
          for (const event of decoder.decode(bytes)) {
            if (event.kind !== 'rows') continue;
            // Rows are decoded as they are read from the change.
            for (const { before, after } of event.changes) if (before ?? after) left -= 1;
          }
          if (left <= 0) stop.abort();
        },
        largePiece() {
          throw new Error('the backlog has small rows only');
        },
        part() {},
        commit() {},
        abandon() {},
        idle() {},
        pressure: () => undefined,
      };
      await source.capture({ from, selection, sink, signal: stop.signal, readerId: 77_002 });
    };
    return {
      async round() {
        const start = { file: place!.File, offset: Number(place!.Position) };
        const zongji = await cpuSeconds(() => readByZongji(server, start, rows, database));
        const ours = await cpuSeconds(readByUs);
        return { ours: rows / ours, zongji: rows / zongji };
      },
      async [Symbol.asyncDispose]() {
        await source.close();
        await server.stop();
      },
    };
  },
};

async function cpuSeconds(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
