import fs from 'node:fs';
import ZongJi from '@vlasky/zongji';
import type { ServerAddress } from '../../compare/session.ts';

export function zongjiVersion(): { zongji: string } {
  const file = new URL('package.json', import.meta.resolve('@vlasky/zongji'));
  return { zongji: (JSON.parse(fs.readFileSync(file, 'utf8')) as { version: string }).version };
}

export interface ZongjiRequest {
  readonly server: ServerAddress;
  readonly from: { readonly file: string; readonly offset: number };
  readonly database: string;
  /** Insert rows alone are in the log. */
  readonly rows: number;
}

/**
 * Reads the log from a place by zongji alone, decoding included, until so many rows have come. Values of a row by the names of its columns.
 * `datesAsText`: with all their digits; a Date, which it makes by default and sooner, has milliseconds.
 */
export async function readByZongji(
  { server, from, database, rows }: ZongjiRequest,
  datesAsText: boolean,
  take: (row: Readonly<Record<string, unknown>>) => void,
): Promise<void> {
  const reader = new ZongJi({
    host: server.host,
    port: server.port,
    user: server.username,
    password: server.password,
    dateStrings: datesAsText,
    timezone: 'Z',
  });
  let left = rows;
  await new Promise<void>((resolve, reject) => {
    reader.on('error', reject);
    reader.on('binlog', (event: unknown) => {
      for (const row of (event as { rows?: Record<string, unknown>[] }).rows ?? []) {
        take(row);
        left -= 1;
      }
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
  if (left < 0) throw new Error(`zongji read ${-left} rows too many`);
}
