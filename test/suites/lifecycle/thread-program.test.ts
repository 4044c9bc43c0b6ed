import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { threadProgram } from '../../../engine/runner/thread-program.ts';
import { startMysql } from '../../servers/mysql.ts';

test('what a program leaves out is loaded when it is needed: the character sets that Node does not know', async () => {
  await using server = await startMysql('mysql-9.7');
  const folder = await mkdtemp(path.join(os.tmpdir(), 'opendts-program-'));
  try {
    const program = await threadProgram({
      folder,
      entry: fileURLToPath(new URL('./reading-thread.ts', import.meta.url)),
      signal: new AbortController().signal,
    });
    expect(await readFile(program, 'utf8')).not.toContain('encodings');
    const { host, port, username: user, password } = server;
    const thread = new Worker(program, { workerData: { host, port, user, password } });
    const [rows] = await once(thread, 'message');
    expect(rows).toEqual([{ text: '数据', charset: 'gbk' }]);
    await once(thread, 'exit');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
