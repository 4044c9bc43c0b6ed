import { expect, test } from 'vitest';
import type { Engine } from '../../../engine/engine.ts';
import { configured, type Opened, open, running, source } from './fixture.ts';

// Two tasks of the fixture have endpoints of their own, of the same two servers.

const othersOf = ({ control }: Opened, id: string) => control.checkOf(id).others();
const idsOf = (opened: Opened, id: string) => othersOf(opened, id).map((other) => other.id);

function checked({ engine, control }: Opened, id: string): void {
  engine.tasks.runPrecheck(id);
  control.savePrecheck({ taskId: id, startedAt: 1, finishedAt: 2, passed: true, items: [] });
}

/** A draft over the same servers as the fixture's, but for what is given of its ends. */
function draft(engine: Engine, ends: { from?: Partial<typeof source>; to?: Partial<typeof source> } = {}) {
  return engine.tasks.create({
    kind: 'SYNCHRONIZATION',
    name: 'keep up',
    sourceId: engine.endpoints.create({ ...source, ...ends.from }).id,
    targetId: engine.endpoints.create({ ...source, ...ends.to }).id,
    objects: { databases: [{ name: 'shop' }] },
  });
}

test('another task counts from when it may begin until it is over', async () => {
  const opened = await open();
  const { engine, control } = opened;
  const other = configured(engine);
  const { id } = draft(engine);
  const seen = () => idsOf(opened, id);
  expect(seen()).toEqual([]);
  checked(opened, other.id);
  expect(seen()).toEqual([other.id]);
  engine.tasks.start(other.id);
  control.transition(other.id, 'dequeued');
  expect(seen()).toEqual([other.id]);
  engine.tasks.pause(other.id);
  expect(seen()).toEqual([other.id]);
  engine.tasks.stop(other.id);
  expect(seen()).toEqual([other.id]);
  control.transition(other.id, 'stopped');
  expect(seen()).toEqual([]);
});

test('a migration counts until it is completed, a failed task until it can never go on', async () => {
  const opened = await open();
  const { engine, control } = opened;
  const { id } = draft(engine);
  const migration = running(opened);
  const failing = running(opened);
  control.transition(migration.id, 'caughtUp');
  engine.tasks.complete(migration.id);
  control.transition(failing.id, 'failed');
  expect(idsOf(opened, id)).toEqual([migration.id, failing.id]);
  control.transition(migration.id, 'completed');
  engine.tasks.retry(failing.id);
  control.transition(failing.id, 'failedForGood');
  expect(idsOf(opened, id)).toEqual([]);
});

test('a destroyed task counts no more, nor one that is being destroyed, nor a task for itself', async () => {
  const opened = await open();
  const { engine, runner } = opened;
  const other = running(opened);
  expect(idsOf(opened, other.id)).toEqual([]);
  const { id } = draft(engine);
  engine.tasks.pause(other.id);
  runner.forgetting = async () => expect(idsOf(opened, id)).toEqual([]);
  await engine.tasks.destroy(other.id);
  expect(runner.orders).toContain(`forget ${other.id}`);
  expect(idsOf(opened, id)).toEqual([]);
});

test('servers are the same by host and port', async () => {
  const opened = await open();
  const { engine } = opened;
  const { id: otherId } = running(opened);
  const seen = (ends: Parameters<typeof draft>[1]) =>
    othersOf(opened, draft(engine, ends).id).map(({ id, sameSource }) => ({ id, sameSource }));
  expect(seen({})).toEqual([{ id: otherId, sameSource: true }]);
  expect(seen({ to: { host: 'DB.example', username: 'another' } })).toHaveLength(1);
  expect(seen({ from: { port: 3307 } })).toEqual([{ id: otherId, sameSource: false }]);
  expect(seen({ to: { port: 3307 } })).toEqual([]);
  expect(seen({ to: { host: 'db2.example' } })).toEqual([]);
});

test('another task shows what it carries, and the tables that its run knows', async () => {
  const opened = await open();
  const { engine, control } = opened;
  const other = running(opened);
  const counts = { inserts: 0, updates: 0, deletes: 0, ddls: 0, rowsCopied: 0, estimatedRows: 0 };
  const target = { targetDatabase: 'shop', targetName: 'orders', state: 'REPLICATING' as const };
  control.state.saveTables(other.id, [{ database: 'shop', name: 'orders', ...target, ...counts }]);
  expect(othersOf(opened, draft(engine).id)).toEqual([
    {
      ...{ id: other.id, name: other.name, sameSource: true, objects: other.objects },
      tables: [{ database: 'shop', name: 'orders' }],
    },
  ]);
});
