import ZongJi from '@vlasky/zongji';
import type { MysqlServer } from '../../servers/mysql.ts';

/** Reads the log from a place by zongji alone, decoding included, until so many rows have come. */
export async function readByZongji(
  server: MysqlServer,
  from: { readonly file: string; readonly offset: number },
  rows: number,
  database: string,
): Promise<void> {
  const reader = new ZongJi({
    host: server.host,
    port: server.port,
    user: server.username,
    password: server.password,
  });
  let left = rows;
  await new Promise<void>((resolve, reject) => {
    reader.on('error', reject);
    reader.on('binlog', (event: unknown) => {
      left -= (event as { rows?: unknown[] }).rows?.length ?? 0;
      if (left <= 0) resolve();
    });
    reader.start({
      filename: from.file,
      position: from.offset,
      serverId: 77_001,
      includeEvents: ['tablemap', 'writerows', 'updaterows', 'deleterows', 'rotate'],
      includeSchema: { [database]: true },
    });
  });
  reader.stop();
}
