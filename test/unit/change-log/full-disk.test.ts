import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { mark, openLog, readUntil, temporaryDir, transaction } from './fixture.ts';

test('a disk without room is DISK_FULL to both sides, after all that is durable; with room the log goes on', async () => {
  const dir = await temporaryDir();
  const script = join(import.meta.dirname, 'filling-process.ts');
  // The system refuses to let a file of the process grow beyond 2000 blocks, in the middle of a write.
  const limited = ['-c', 'ulimit -f 2000; exec "$0" "$1" "$2"', process.execPath, script, dir];
  const { stdout } = await promisify(execFile)('/bin/sh', limited);
  const { capture, reader, read } = JSON.parse(stdout) as { capture: string; reader: string; read: number };
  expect({ capture, reader }).toEqual({ capture: 'DISK_FULL', reader: 'DISK_FULL' });
  expect(read).toBeGreaterThanOrEqual(20);

  const log = await openLog(dir);
  const kept = log.lastMark()!.committedAtMicros;
  expect(kept).toBeGreaterThanOrEqual(read);
  transaction(log, kept + 1, [Buffer.from('room')]);
  const all = await readUntil(log, 0n, kept + 1);
  expect(all.map((each) => each.n)).toEqual(Array.from({ length: kept + 1 }, (_, i) => i + 1));
  expect(all.at(-1)!.pieces[0]!.toString()).toBe('room');
  await log.close();
  const after = await openLog(dir);
  expect(after.lastMark()).toEqual(mark(kept + 1));
});
