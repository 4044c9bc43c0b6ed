import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { AbortedError } from '../../../engine/core/errors.ts';
import type { Position } from '../../../engine/core/position.ts';
import type { ChangeDecoder } from '../../../engine/core/structure.ts';
import type { Checkpoint, SchemaIntent } from '../../../engine/core/target.ts';
import { type ApplyOptions, ApplyStage } from '../../../engine/pipeline/apply/apply-stage.ts';
import type { ChangeLog } from '../../../engine/pipeline/change-log/change-log.ts';

/** What a stage does first that begins at such a checkpoint, with a log that holds nothing. */
async function beginningAt(intent: SchemaIntent | undefined): Promise<string> {
  const order: string[] = [];
  const checkpoint: Checkpoint = { logOffset: 7n, position: 'p' as Position, committedAtMicros: 0, intent };
  const stage = new ApplyStage({
    checkpoint,
    between: async () => {
      order.push('work between groups');
      return false;
    },
    log: {
      readBlocks: () => {
        order.push('the log');
        return Readable.from([]);
      },
    } as unknown as ChangeLog,
    decoder: { history: undefined } as unknown as ChangeDecoder,
    registry: {},
    mapper: {},
    clock: { now: () => 0 },
    missing: { abandoned: () => undefined },
    signal: new AbortController().signal,
  } as unknown as ApplyOptions);
  await expect(stage.run()).rejects.toBeInstanceOf(AbortedError);
  return order[0] ?? 'nothing';
}

test('work between groups is looked after before the log is read', async () => {
  expect(await beginningAt(undefined)).toBe('work between groups');
  // Of a change that the checkpoint covers.
  expect(await beginningAt({ logOffset: 6n, step: 0, before: 'a' })).toBe('work between groups');
});

test('a schema change that a crash cut off comes before it: tables may bear the names that it gives them', async () => {
  expect(await beginningAt({ logOffset: 7n, step: 0, before: 'a' })).toBe('the log');
});
