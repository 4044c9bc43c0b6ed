import { fork } from 'node:child_process';
import { once } from 'node:events';
import { openSource } from '../../../engine/connectors/connectors.ts';
import { systemClock } from '../../../engine/core/clock.ts';
import { silentLogger } from '../../../engine/core/logger.ts';
import { type BenchCase, memoryGoal, opened } from '../bench-case.ts';
import type { ReadReport, ReadRequest } from '../decode-reader.ts';
import { columnsApart } from '../decoded-values.ts';
import { zongjiVersion } from '../peers/zongji.ts';
import { wideColumns, wideValues } from '../rows.ts';
import { startBenchServer, versionOf } from '../servers.ts';

const database = 'bench';

/**
 * The same stretch of a log read and decoded, in one thread of a process for each reader: rows of thirty mixed columns, ten in a
 * transaction. Rates are per second of the process's own processor time: the wall clock would tell how fast the server sends. Both have
 * to have read the same values.
 */
export const decode: BenchCase = {
  name: 'decode',
  goals: [
    {
      what: 'rows read and decoded',
      unit: 'rows/s',
      peer: { name: 'zongji alone', reading: 'zongji', ratio: 3 },
    },
    memoryGoal,
  ],
  open: (rows = 200_000) =>
    opened(async (stack) => {
      const server = await startBenchServer(stack);
      await server.query(`CREATE DATABASE ${database}; CREATE TABLE bench.wide (${wideColumns})`);
      await server.query(`CREATE PROCEDURE bench.backlog () BEGIN DECLARE i INT DEFAULT 0; WHILE i < ${rows} DO
        INSERT INTO bench.wide WITH RECURSIVE n (i) AS (SELECT i UNION ALL SELECT n.i + 1 FROM n WHERE n.i < i + 9) SELECT n.i + 1, ${wideValues('n.i')} FROM n;
        SET i = i + 10; END WHILE; END`);
      const { host, port, username, password } = server;
      const address = { host, port, username, password };
      const source = await openSource({
        logger: silentLogger,
        clock: systemClock,
        endpoint: { engine: 'MYSQL', ...address, tls: { mode: 'DISABLED' } },
      });
      stack.defer(() => source.close());
      const [place] = await server.query<{ File: string; Position: number }>('SHOW BINARY LOG STATUS');
      const position = await source.writtenPosition();
      await server.query('CALL bench.backlog()');
      const read = async (reader: ReadRequest['reader']): Promise<ReadReport> =>
        reported({
          reader,
          server: address,
          from: { file: place!.File, offset: Number(place!.Position) },
          position,
          database,
          rows: Math.ceil(rows / 10) * 10,
        });
      return {
        versions: { ...(await versionOf(server)), ...zongjiVersion() },
        async round() {
          const zongji = await read('zongji');
          const ours = await read('ours');
          const apart = columnsApart(ours.digests, zongji.digests);
          if (apart.length > 0)
            throw new Error(`zongji and we read other values of ${apart.join(', ')}: no figure`);
          return { ours: rows / ours.cpu, zongji: rows / zongji.cpu, rss: ours.rss, cpu: ours.cpu };
        },
      };
    }),
};

async function reported(request: ReadRequest): Promise<ReadReport> {
  const child = fork(new URL('../decode-reader.ts', import.meta.url));
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the reader ${request.reader} ended with ${code}`);
  });
  try {
    const told = once(child, 'message');
    child.send(request);
    const [report] = (await Promise.race([told, ended])) as [ReadReport];
    return report;
  } finally {
    child.kill();
  }
}
