import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Position } from '../../../engine/core/position.ts';
import { mark, openLog, readUntil, temporaryDir, transaction } from './fixture.ts';

const text = (value: string) => Buffer.from(value);

test('what was committed is read in order, whole, and again after opening again', async () => {
  const dir = await temporaryDir();
  const log = await openLog(dir);
  await log.reset(mark(0));
  for (let n = 1; n <= 300; n++) transaction(log, n, [text(`a${n}`), Buffer.alloc(n * 40, n)]);
  const first = await readUntil(log, 0n, 300);
  expect(first.map((each) => each.n)).toEqual(Array.from({ length: 300 }, (_, i) => i + 1));
  expect(Buffer.from(first[6]!.pieces[0]!).toString()).toBe('a7');
  await log.close();

  const again = await openLog(dir);
  expect(again.lastMark()).toEqual(mark(300));
  const rest = await readUntil(again, first[99]!.offset, 300);
  expect(rest).toEqual(first.slice(100));
});

test('an open transaction and an abandoned one are never seen', async () => {
  const dir = await temporaryDir();
  const log = await openLog(dir);
  await log.reset(mark(0));
  transaction(log, 1, [text('one')]);
  log.begin('t' as Position);
  log.piece(Buffer.alloc(9 * 1024 * 1024, 1));
  await log.pressure();
  log.piece(Buffer.alloc(9 * 1024 * 1024, 2));
  await log.pressure();
  log.abandon();
  transaction(log, 2, [text('two')]);
  expect((await readUntil(log, 0n, 2)).map((each) => each.n)).toEqual([1, 2]);
  log.begin('t' as Position);
  log.piece(text('never'));
  await log.close();
  const again = await openLog(dir);
  expect(again.lastMark()).toEqual(mark(2));
});

test('a large piece that comes in parts is read as one, and one that is abandoned within is never seen', async () => {
  const log = await openLog(await temporaryDir());
  await log.reset(mark(0));
  const part = (n: number) => Buffer.alloc(1024 * 1024, n);
  const large = (parts: number, given: number) => {
    log.begin('t' as Position);
    log.largePiece(parts * 1024 * 1024);
    for (let n = 0; n < given; n++) log.part(part(n));
  };
  large(20, 12);
  await log.pressure();
  log.abandon();
  large(20, 20);
  expect(() => log.part(text('more'))).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
  log.piece(text('small'));
  log.commit(mark(1));
  large(20, 19);
  expect(() => log.commit(mark(2))).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
  log.abandon();
  transaction(log, 3, [text('last')]);

  const [first, last] = await readUntil(log, 0n, 3);
  expect(first!.pieces.map((piece) => piece.length)).toEqual([20 * 1024 * 1024, 5]);
  const whole = Buffer.concat(Array.from({ length: 20 }, (_, n) => part(n)));
  expect(whole.equals(first!.pieces[0]!)).toBe(true);
  expect(last!.n).toBe(3);
});

test('a reader waits for what comes and ends with its signal', async () => {
  const log = await openLog(await temporaryDir());
  await log.reset(mark(0));
  const reading = readUntil(log, 0n, 1);
  transaction(log, 1, [text('late')]);
  expect((await reading).length).toBe(1);

  const stop = new AbortController();
  const waiting = log.read({ from: log.durable().offset, signal: stop.signal }).next();
  stop.abort();
  await expect(waiting).rejects.toMatchObject({ name: 'AbortedError' });
});

test('segments end at commits and are removed once applied', async () => {
  const dir = await temporaryDir();
  const log = await openLog(dir, { segmentBytes: 10_000 });
  await log.reset(mark(0));
  for (let n = 1; n <= 20; n++) transaction(log, n, [Buffer.alloc(3000, n)]);
  const read = await readUntil(log, 0n, 20);
  expect((await readdir(dir)).length).toBe(6);
  await log.trim(read[12]!.offset);
  expect((await readdir(dir)).length).toBe(3);
  expect(await readUntil(log, read[12]!.offset, 20)).toEqual(read.slice(13));
  await expect(readUntil(log, read[2]!.offset, 20)).rejects.toMatchObject({ code: 'CHANGE_LOG_CORRUPT' });
});

test('a full log makes capture wait until it is trimmed; one larger transaction passes', async () => {
  const log = await openLog(await temporaryDir(), { maxBytes: 40_000 });
  await log.reset(mark(0));
  log.begin('t' as Position);
  for (let i = 0; i < 20; i++) {
    log.piece(Buffer.alloc(10_000, i));
    expect(log.pressure()).toBeUndefined();
  }
  log.commit(mark(1));
  const [big] = await readUntil(log, 0n, 1);
  expect(big!.pieces.length).toBe(20);
  transaction(log, 2, [text('next')]);
  await readUntil(log, 0n, 2);
  let free = false;
  const room = log.pressure()!.then(() => {
    free = true;
  });
  await new Promise(setImmediate);
  expect(free).toBe(false);
  await log.trim(big!.offset);
  await room;
});

test('an idle source is told to a reader that has caught up, and survives opening again', async () => {
  const dir = await temporaryDir();
  const log = await openLog(dir);
  await log.reset(mark(0));
  transaction(log, 1, [text('x')]);
  log.idle('quiet' as Position, 77);
  const seen: string[] = [];
  for await (const record of log.read({ from: 0n, signal: new AbortController().signal })) {
    seen.push(record.kind);
    if (record.kind !== 'idle') continue;
    expect(record).toMatchObject({ position: 'quiet', timeMicros: 77 });
    break;
  }
  expect(seen).toEqual(['begin', 'piece', 'commit', 'idle']);
  await log.close();
  expect((await openLog(dir)).lastMark()?.position).toBe('quiet');
});

test('a reset continues from the offset of a checkpoint', async () => {
  const dir = await temporaryDir();
  const log = await openLog(dir);
  expect(log.lastMark()).toBeUndefined();
  await log.reset(mark(0));
  transaction(log, 1, [text('gone')]);
  const [one] = await readUntil(log, 0n, 1);
  await log.reset(mark(1), one!.offset);
  transaction(log, 2, [text('new')]);
  expect((await readUntil(log, one!.offset, 2)).map((each) => each.n)).toEqual([2]);
  expect(log.begins()).toBe(one!.offset);
});

test('damage before the last segment is named, not read', async () => {
  const dir = await temporaryDir();
  const log = await openLog(dir, { segmentBytes: 5000 });
  await log.reset(mark(0));
  for (let n = 1; n <= 6; n++) transaction(log, n, [Buffer.alloc(3000, n)]);
  await readUntil(log, 0n, 6);
  await log.close();
  const [first] = (await readdir(dir)).sort();
  const path = join(dir, first!);
  const bytes = await readFile(path);
  bytes.writeUInt8(bytes[4000]! ^ 1, 4000);
  await writeFile(path, bytes);
  const again = await openLog(dir, { segmentBytes: 5000 });
  await expect(readUntil(again, 0n, 6)).rejects.toMatchObject({ code: 'CHANGE_LOG_CORRUPT' });
  await again.close();
  await writeFile(path, bytes.subarray(0, (await stat(path)).size - 1));
  await expect(openLog(dir)).rejects.toMatchObject({ code: 'CHANGE_LOG_CORRUPT' });
});
