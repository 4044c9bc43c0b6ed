import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { mark, openLog, readUntil, temporaryDir, transaction } from './fixture.ts';

/** Holds every sync of file contents, as a slow disk does. */
async function holdSyncs(dir: string) {
  const asked = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const file = await open(join(dir, 'any'), 'w');
  const prototype = Object.getPrototypeOf(file) as FileHandle;
  await file.close();
  const sync = prototype.datasync;
  const spy = vi.spyOn(prototype, 'datasync').mockImplementation(async function (this: FileHandle) {
    asked.resolve();
    await gate.promise;
    await sync.call(this);
  });
  onTestFinished(() => spy.mockRestore());
  return { asked: asked.promise, release: () => gate.resolve() };
}

test('a transaction counts as captured and is read only when the disk has it', async () => {
  const dir = await temporaryDir();
  const log = await openLog(dir);
  await log.reset(mark(0));
  const before = log.durable();
  const disk = await holdSyncs(await temporaryDir());
  transaction(log, 1, [Buffer.from('one')]);
  let read = false;
  const reading = readUntil(log, 0n, 1).then((transactions) => {
    read = true;
    return transactions.length;
  });
  await disk.asked;
  for (let turn = 0; turn < 100; turn++) await nextTurn();
  expect(log.durable()).toEqual(before);
  expect(log.lastMark()).toEqual(mark(0));
  expect(read).toBe(false);

  disk.release();
  expect(await reading).toBe(1);
  expect(log.lastMark()).toEqual(mark(1));
});
