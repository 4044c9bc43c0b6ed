import { expect, test } from 'vitest';
import { configured, open, running, source } from './fixture.ts';

const code = (expected: string) => expect.objectContaining({ code: expected });
const details = (expected: object) => expect.objectContaining({ details: expect.objectContaining(expected) });

test('a task goes from draft to completed, and its events tell it in order', async () => {
  const opened = await open();
  const { engine, control, runner } = opened;
  const { id } = running(opened);
  control.transition(id, 'caughtUp');
  expect(engine.tasks.get(id)).toMatchObject({ state: 'READY_TO_COMPLETE', desiredState: 'RUNNING' });
  expect(engine.tasks.complete(id)).toMatchObject({ state: 'COMPLETING', desiredState: 'COMPLETED' });
  control.transition(id, 'completed');
  const states = engine.events
    .list({ taskId: id, after: 0, first: 100 })
    .filter((each) => each.kind === 'STATE');
  expect(states.map((each) => each.state)).toEqual([
    'CHECKING',
    'CHECK_PASSED',
    'QUEUED',
    'RUNNING',
    'READY_TO_COMPLETE',
    'COMPLETING',
    'COMPLETED',
  ]);
  expect(runner.orders.filter((order) => order.startsWith('precheck'))).toEqual([`precheck ${id}`]);
});

test('a refused operation names the state and what it allows, and changes nothing', async () => {
  const { engine, runner } = await open();
  const task = configured(engine);
  const events = engine.events.list({ after: 0, first: 100 });
  expect(() => engine.tasks.start(task.id)).toThrow(
    details({ state: 'DRAFT', allowed: ['configureTask', 'runPrecheck', 'destroyTask'] }),
  );
  expect(() => engine.tasks.complete(task.id)).toThrow(code('INVALID_STATE'));
  expect(engine.tasks.get(task.id)).toEqual(task);
  expect(engine.events.list({ after: 0, first: 100 })).toEqual(events);
  expect(runner.orders).toEqual([]);
  expect(engine.tasks.allowed(task.id)).toEqual(['configureTask', 'runPrecheck', 'destroyTask']);
});

test('a stale version is refused with the current one', async () => {
  const { engine } = await open();
  const task = configured(engine);
  const changed = engine.tasks.configure(task.id, { name: 'other' }, task.version);
  expect(changed.version).toBe(task.version + 1);
  expect(() => engine.tasks.configure(task.id, { name: 'third' }, task.version)).toThrow(
    details({ currentVersion: changed.version }),
  );
  expect(engine.tasks.get(task.id)!.name).toBe('other');
});

test('an incomplete task is not checked', async () => {
  const { engine } = await open();
  const { id } = engine.tasks.create({ kind: 'MIGRATION', name: 'empty' });
  expect(() => engine.tasks.runPrecheck(id)).toThrow(details({ field: 'input.sourceId' }));
  expect(engine.tasks.get(id)!.state).toBe('DRAFT');
  expect(() => engine.tasks.configure(id, { sourceId: 'nobody' })).toThrow(code('NOT_FOUND'));
});

test('a change of the configuration makes another check necessary and forgets the former report', async () => {
  const { engine, control } = await open();
  const { id } = configured(engine);
  engine.tasks.runPrecheck(id);
  control.savePrecheck({ taskId: id, startedAt: 1, finishedAt: 2, passed: true, items: [] });
  expect(engine.tasks.get(id)!.state).toBe('CHECK_PASSED');
  expect(engine.tasks.configure(id, { options: { chunkBytes: 65_536 } }).state).toBe('DRAFT');
  expect(engine.tasks.precheckReport(id)).toBeUndefined();
  expect(engine.tasks.get(id)!.options).toMatchObject({ chunkBytes: 65_536, groupBytes: 16 * 1024 * 1024 });
});

test('an error stays while it is retried and goes with recovery', async () => {
  const opened = await open();
  const { engine, control } = opened;
  const { id } = running(opened);
  const error = { code: 'CONNECTION_FAILED', message: 'gone', remedy: 'wait', details: {} } as const;
  control.transition(id, 'retryBegan', { error });
  expect(engine.tasks.get(id)).toMatchObject({ state: 'RETRYING', error });
  control.transition(id, 'recovered');
  expect(engine.tasks.get(id)).toMatchObject({ state: 'RUNNING', error: undefined });
  control.transition(id, 'failed', { error });
  expect(engine.tasks.get(id)).toMatchObject({ state: 'ERROR', error });
  expect(engine.tasks.retry(id)).toMatchObject({ state: 'RETRYING', error, desiredState: 'RUNNING' });
  const kinds = engine.events.list({ taskId: id, after: 0, first: 100 }).map((each) => each.kind);
  expect(kinds).toContain('RETRY');
  expect(kinds).toContain('ERROR');
});

test('what a worker says too late is dropped', async () => {
  const opened = await open();
  const { engine, control } = opened;
  const { id } = running(opened);
  engine.tasks.pause(id);
  expect(control.transition(id, 'caughtUp')).toBeUndefined();
  expect(control.transition(id, 'failed')).toBeUndefined();
  expect(engine.tasks.get(id)!.state).toBe('PAUSED');
});

test('after a restart the tasks that should go on are known, with their configuration', async () => {
  const opened = await open();
  const task = running(opened);
  const paused = running(opened);
  opened.engine.tasks.pause(paused.id);
  await opened.engine.close();
  const { control } = await open(opened.dataDir);
  expect(control.runnable()).toEqual([task]);
  expect(control.configOf(task.id)).toMatchObject({
    source: { password: 'secret' },
    target: { host: source.host },
  });
});

test('a destroyed task is gone, with or without its target', async () => {
  const opened = await open();
  const { engine, runner } = opened;
  const { id } = running(opened);
  await expect(engine.tasks.destroy(id)).rejects.toEqual(code('INVALID_STATE'));
  engine.tasks.pause(id);
  runner.forgetting = async () => {
    expect(() => engine.tasks.resume(id)).toThrow(code('INVALID_STATE'));
    throw new Error('target unreachable');
  };
  await engine.tasks.destroy(id);
  expect(engine.tasks.get(id)).toBeUndefined();
  await expect(engine.tasks.destroy(id)).rejects.toEqual(code('NOT_FOUND'));
});

test('a destruction that a crash interrupted is finished at the next start', async () => {
  const opened = await open();
  const { id } = configured(opened.engine);
  opened.runner.forgetting = () => new Promise(() => {});
  void opened.engine.tasks.destroy(id);
  await opened.engine.close();
  const again = await open(opened.dataDir);
  expect(again.runner.orders).toEqual([`reconcile ${id}`, `forget ${id}`]);
  await new Promise(setImmediate);
  expect(again.engine.tasks.get(id)).toBeUndefined();
});

test('progress comes coalesced, the latest value always, and ends when the task is destroyed', async () => {
  const opened = await open();
  const { engine, runner } = opened;
  const { id } = configured(engine);
  runner.show(id, 1);
  const seen: number[] = [];
  const watching = (async () => {
    for await (const progress of engine.tasks.watchProgress(id, 10, new AbortController().signal)) {
      seen.push(progress.rowsCopied);
      if (progress.rowsCopied === 50) await engine.tasks.destroy(id);
    }
  })();
  await new Promise(setImmediate);
  for (let rows = 2; rows <= 50; rows++) runner.show(id, rows);
  await watching;
  expect(seen[0]).toBe(1);
  expect(seen.at(-1)).toBe(50);
  expect(seen.length).toBeLessThan(10);
});

test('a task at rest still shows what it did', async () => {
  const opened = await open();
  const { engine, control } = opened;
  const { id } = running(opened);
  const phases = Object.fromEntries(
    ['PRECHECK', 'CAPTURE', 'SCHEMA_1', 'FULL_LOAD', 'SCHEMA_2', 'APPLY', 'VERIFY', 'SCHEMA_3'].map(
      (name) => [name, { state: 'PENDING' }],
    ),
  );
  control.state.saveRun(id, { phases, totals: { changesCaptured: 9, changesApplied: 4 } });
  const counts = {
    inserts: 3,
    updates: 2,
    deletes: 1,
    ddls: 0,
    rowsCopied: 70,
    bytesCopied: 700,
    estimatedRows: 60,
  };
  const name = { targetDatabase: 'shop2', targetName: 'orders', state: 'REPLICATING' as const };
  control.state.saveTables(id, [{ database: 'shop', name: 'orders', ...name, ...counts }]);
  expect(engine.tasks.progress(id)).toMatchObject({ rowsCopied: 70, rowsTotal: 70, changesCaptured: 9 });
  expect(engine.tasks.tables(id, { first: 10 })).toEqual({
    items: [
      {
        database: 'shop',
        name: 'orders',
        target: 'shop2.orders',
        state: 'REPLICATING',
        fullLoadRows: 70,
        estimatedRows: 60,
        inserts: 3,
        updates: 2,
        deletes: 1,
        ddls: 0,
      },
    ],
    hasMore: false,
  });
  expect(engine.tasks.tables(id, { first: 10, after: 'shop\0orders' }).items).toEqual([]);
});

test('of a task that was started the name and the options can be changed, and nothing else', async () => {
  const opened = await open();
  const { engine, runner } = opened;
  const { id } = running(opened);
  const former = engine.tasks.get(id)!;
  const changed = engine.tasks.configure(id, { name: 'renamed', options: { fullLoadParallelism: 9 } });
  expect(changed).toMatchObject({ state: 'RUNNING', desiredState: 'RUNNING', name: 'renamed' });
  expect(changed.options).toEqual({ ...former.options, fullLoadParallelism: 9 });
  expect(runner.orders.at(-1)).toBe(`reconcile ${id}`);
  // The same work, said again, is no change.
  expect(engine.tasks.configure(id, { objects: former.objects, sourceId: former.sourceId }).state).toBe(
    'RUNNING',
  );
  expect(engine.tasks.precheckReport(id)).toBeDefined();
  expect(() => engine.tasks.configure(id, { objects: { databases: [{ name: 'other' }] } })).toThrow(
    details({ state: 'RUNNING', field: 'input.objects' }),
  );
  expect(() => engine.tasks.configure(id, { targetId: former.sourceId })).toThrow(code('INVALID_STATE'));
  expect(engine.tasks.get(id)!.objects).toEqual(former.objects);
});
