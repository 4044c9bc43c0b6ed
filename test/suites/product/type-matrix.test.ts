import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setupOf, statementsOf, typeMatrix } from '../../fixtures/type-matrix.ts';
import { openStage, type Stage } from '../../product/stage.ts';
import type { TaskHandle } from '../../product/task.ts';
import { flavours } from '../../servers/mysql.ts';

// Law 7: every value arrives exactly, whatever wrote it into the log.

describe.each(flavours)('every type and edge value from %s', (flavour) => {
  const matrix = typeMatrix(flavour);
  const types = { name: 'types' };
  let stage: Stage;
  let task: TaskHandle;

  beforeAll(async () => {
    stage = await openStage({ source: flavour });
    await stage.createDatabase('types');
    await stage.run('types', setupOf(matrix));
    task = await stage.startTask([types]);
  });
  afterAll(() => stage?.[Symbol.asyncDispose]());

  test('full load', async () => {
    await task.waitForApply();
    expect((await stage.compare(types)).report).toBe('');
  });

  test.each(matrix.rounds)('apply of $name', async (round) => {
    await stage.run('types', statementsOf(matrix, round));
    await stage.settle(task, types);
    expect((await stage.compare(types)).report).toBe('');
  });

  test('cutover', async () => {
    await task.operate('completeTask');
    await task.waitFor(['COMPLETED']);
    expect((await stage.compare(types, { triggersAndEvents: true })).report).toBe('');
  });
});
