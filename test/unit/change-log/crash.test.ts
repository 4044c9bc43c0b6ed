import { cp, mkdtemp, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Position } from '../../../engine/core/position.ts';
import { mark, openLog, readUntil, temporaryDir, transaction } from './fixture.ts';

/** What capture may do, in any order. Sizes are around the limits at which the writer copies, batches and cuts segments. */
type Action =
  | { readonly kind: 'transaction' | 'abandoned'; readonly pieces: readonly number[] }
  | { readonly kind: 'idle' | 'settle' | 'reopen' };

const size = fc.oneof(
  fc.integer({ min: 0, max: 300 }),
  fc.integer({ min: 16_200, max: 16_400 }),
  fc.constant(70_000),
);
const pieces = fc.array(size, { maxLength: 6 });
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: pieces.map((each): Action => ({ kind: 'transaction', pieces: each })) },
  { weight: 2, arbitrary: pieces.map((each): Action => ({ kind: 'abandoned', pieces: each })) },
  { weight: 1, arbitrary: fc.constantFrom<Action>({ kind: 'idle' }, { kind: 'settle' }, { kind: 'reopen' }) },
);

const fill = (length: number, n: number, i: number) => Buffer.alloc(length, (n * 31 + i * 7) % 251);
const limits = { segmentBytes: 20_000, maxBytes: 1024 ** 3 };

/** Reads all that is durable and requires it to be transactions 1 … n, each as it was written. */
async function requirePrefix(
  log: Awaited<ReturnType<typeof openLog>>,
  written: readonly (readonly number[])[],
) {
  const last = log.durable().mark!.position;
  const count = Number(last.slice(1).split('-')[0]);
  const read = count === 0 ? [] : await readUntil(log, 0n, count);
  expect(read.map((each) => each.n)).toEqual(Array.from({ length: count }, (_, i) => i + 1));
  for (const { n, pieces: found } of read) {
    expect(found.map((piece) => piece.length)).toEqual(written[n - 1]);
    for (const [i, piece] of found.entries()) expect(Buffer.compare(piece, fill(piece.length, n, i))).toBe(0);
  }
  return count;
}

test('after a crash that tears the last segment anywhere, the log holds whole transactions from the first on', async () => {
  const root = await temporaryDir();
  await fc.assert(
    fc.asyncProperty(
      fc.array(action, { minLength: 1, maxLength: 25 }),
      fc.record({
        cut: fc.double({ min: 0, max: 1, noNaN: true }),
        garbage: fc.uint8Array({ maxLength: 200 }),
      }),
      fc.boolean(),
      async (actions, tear, overwrite) => {
        const dir = await mkdtemp(join(root, 'log-'));
        let log = await openLog(dir, limits);
        await log.reset(mark(0));
        const written: number[][] = [];
        for (const each of actions) {
          if (each.kind === 'transaction') {
            written.push([...each.pieces]);
            const n = written.length;
            transaction(
              log,
              n,
              each.pieces.map((length, i) => fill(length, n, i)),
            );
          } else if (each.kind === 'abandoned') {
            log.begin('half' as Position);
            for (const [i, length] of each.pieces.entries()) {
              log.piece(fill(length, 99, i));
              if (i % 2 === 1) await new Promise(setImmediate);
            }
            log.abandon();
          } else if (each.kind === 'idle') {
            log.idle(`p${written.length}-idle` as Position, written.length);
          } else if (each.kind === 'settle') {
            if (written.length > 0) await readUntil(log, 0n, written.length);
          } else {
            await log.close();
            log = await openLog(dir, limits);
          }
        }
        if (tear.cut < 0.5) await log.close();
        const durable = Number(log.durable().offset);
        // As kill -9 leaves it, or as a loss of power does: what was not yet synced is torn.
        const copy = await mkdtemp(join(root, 'torn-'));
        await cp(dir, copy, { recursive: true });
        const last = (await readdir(copy)).sort().at(-1)!;
        const path = join(copy, last);
        const start = Number.parseInt(last, 10);
        const { size: bytes } = await stat(path);
        const safe = Math.max(durable - start, 0);
        const kept = overwrite ? Math.floor(bytes * tear.cut) : safe + Math.floor((bytes - safe) * tear.cut);
        const file = await open(path, 'r+');
        const isHead = kept < 200 && start === 0;
        if (!isHead) {
          await file.truncate(kept);
          await file.write(tear.garbage, 0, tear.garbage.length, kept);
        }
        await file.close();
        await log.close();

        const again = await openLog(copy, limits);
        const count = await requirePrefix(again, written);
        if (!overwrite) expect(Number(again.durable().offset)).toBeGreaterThanOrEqual(durable);
        // Capture goes on where the log ends, and nothing of the torn end comes back.
        for (let n = count + 1; n <= count + 3; n++) transaction(again, n, [fill(500, n, 0)]);
        const rest = await readUntil(again, 0n, count + 3);
        expect(rest.map((each) => each.n)).toEqual(Array.from({ length: count + 3 }, (_, i) => i + 1));
        await again.close();
        await rm(dir, { recursive: true });
        await rm(copy, { recursive: true });
      },
    ),
    { numRuns: 60 },
  );
}, 60_000);

test('a changed byte anywhere is found: no transaction is read that was not written', async () => {
  const root = await temporaryDir();
  const dir = join(root, 'log');
  const log = await openLog(dir, limits);
  await log.reset(mark(0));
  const written = Array.from({ length: 30 }, (_, i) => [i * 50, 3000]);
  for (const [i, sizes] of written.entries()) {
    transaction(
      log,
      i + 1,
      sizes.map((length, piece) => fill(length, i + 1, piece)),
    );
  }
  await readUntil(log, 0n, 30);
  await log.close();
  const names = (await readdir(dir)).sort();
  await fc.assert(
    fc.asyncProperty(
      fc.nat(names.length - 1),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      async (which, where, flip) => {
        const copy = await mkdtemp(join(root, 'flip-'));
        await cp(dir, copy, { recursive: true });
        const file = await open(join(copy, names[which]!), 'r+');
        const at = where % (await file.stat()).size;
        const byte = Buffer.alloc(1);
        await file.read(byte, 0, 1, at);
        byte.writeUInt8(byte.readUInt8(0) ^ flip, 0);
        await file.write(byte, 0, 1, at);
        await file.close();
        try {
          const damaged = await openLog(copy, limits);
          // In the last segment it looks like a torn end and is cut; before, it must be named.
          const count = await requirePrefix(damaged, written);
          expect(which).toBe(names.length - 1);
          expect(count).toBeLessThan(30);
          await damaged.close();
        } catch (error) {
          expect(error).toMatchObject({ code: 'CHANGE_LOG_CORRUPT' });
        } finally {
          await rm(copy, { recursive: true });
        }
      },
    ),
    { numRuns: 80 },
  );
}, 60_000);
