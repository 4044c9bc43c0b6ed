import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TaskEvent } from '../../../engine/core/task.ts';
import { configured, open, running, source } from './fixture.ts';

const code = (expected: string) => expect.objectContaining({ code: expected });

test('an endpoint keeps its password through updates that do not name it, and shows it never', async () => {
  const { engine, control } = await open();
  const task = configured(engine);
  const made = engine.endpoints.get(task.sourceId!)!;
  expect(JSON.stringify(engine.endpoints.list({ first: 10 }))).not.toContain('secret"');
  const moved = engine.endpoints.update(made.id, { host: 'db2.example', password: undefined }, made.version);
  expect(moved).toMatchObject({ host: 'db2.example', version: 2, secretFingerprint: made.secretFingerprint });
  expect(control.configOf(task.id).source).toMatchObject({ host: 'db2.example', password: 'secret' });
  expect(() => engine.endpoints.update(made.id, { port: 1 }, made.version)).toThrow(code('CONFLICT'));
  expect(engine.endpoints.update(made.id, { password: 'new' }).secretFingerprint).not.toBe(
    made.secretFingerprint,
  );
});

test('an endpoint in use is changed, which its task hears of, but not deleted', async () => {
  const { engine, runner } = await open();
  const task = configured(engine);
  engine.endpoints.update(task.targetId!, { password: 'turned' });
  expect(runner.orders).toEqual([`reconcile ${task.id}`]);
  expect(() => engine.endpoints.delete(task.targetId!)).toThrow(code('IN_USE'));
  await engine.tasks.destroy(task.id);
  engine.endpoints.delete(task.targetId!);
  expect(engine.endpoints.get(task.targetId!)).toBeUndefined();
});

test('a follower gets every event once, in order, whenever it begins', async () => {
  const opened = await open();
  const { engine, control } = opened;
  const { id } = running(opened);
  const stop = new AbortController();
  const follow = async (after: number, count: number) => {
    const seen: TaskEvent[] = [];
    for await (const event of engine.events.follow({ after, taskId: id, signal: stop.signal })) {
      seen.push(event);
      if (seen.length === count) break;
    }
    return seen.map((event) => event.seq);
  };
  const early = follow(0, 500);
  for (let n = 0; n < 600; n++) {
    control.event(id, { kind: 'WARNING', message: `n${n}` });
    if (n % 50 === 0) await new Promise(setImmediate);
  }
  const all = engine.events.list({ taskId: id, after: 0, first: 1000 }).map((event) => event.seq);
  expect(await early).toEqual(all.slice(0, 500));
  expect(await follow(all[99]!, 100)).toEqual(all.slice(100, 200));
  const waiting = engine.events
    .follow({ after: all.at(-1)!, signal: stop.signal })
    [Symbol.asyncIterator]()
    .next();
  stop.abort();
  expect((await waiting).done).toBe(true);
});

test('followers end when the engine closes', async () => {
  const { engine } = await open();
  const { signal } = new AbortController();
  const next = engine.events.follow({ after: 0, signal })[Symbol.asyncIterator]().next();
  await engine.close();
  expect((await next).done).toBe(true);
});

test('a key gives its first result to repeats, for a day, and refuses another request', async () => {
  const { engine, clock } = await open();
  const key = { actor: 'a', mutation: 'createEndpoint', key: 'k', request: '{"n":1}' };
  const create = () => engine.endpoints.create(source).id;
  const first = await engine.idempotency.run(key, create);
  expect(await engine.idempotency.run(key, create)).toBe(first);
  expect(engine.endpoints.list({ first: 10 }).items.length).toBe(1);
  await expect(engine.idempotency.run({ ...key, request: '{"n":2}' }, create)).rejects.toEqual(
    code('IDEMPOTENCY_CONFLICT'),
  );
  expect(await engine.idempotency.run({ ...key, actor: 'b' }, create)).not.toBe(first);
  clock.time += 25 * 3600 * 1000;
  expect(await engine.idempotency.run(key, create)).not.toBe(first);
});

test('work that fails under a key leaves nothing, tells the runner nothing, and may be tried again', async () => {
  const { engine, runner } = await open();
  const task = configured(engine);
  const key = { actor: 'a', mutation: 'm', key: 'k', request: '' };
  const failing = engine.idempotency.run(key, () => {
    engine.tasks.runPrecheck(task.id);
    throw new Error('after all');
  });
  await expect(failing).rejects.toThrow('after all');
  expect(engine.tasks.get(task.id)).toEqual(task);
  expect(runner.orders).toEqual([]);
  await engine.idempotency.run(key, () => engine.tasks.runPrecheck(task.id));
  expect(runner.orders).toEqual([`reconcile ${task.id}`, `precheck ${task.id}`]);
});

test('a repeat while the first still runs waits for it', async () => {
  const { engine } = await open();
  const key = { actor: 'a', mutation: 'm', key: 'k', request: '' };
  let release = () => {};
  let calls = 0;
  const work = async () => {
    calls++;
    await new Promise<void>((resolve) => {
      release = resolve;
    });
    return calls;
  };
  const both = [engine.idempotency.run(key, work), engine.idempotency.run(key, work)];
  release();
  expect(await Promise.all(both)).toEqual([1, 1]);
  expect(await engine.idempotency.run(key, work)).toBe(1);
});

test('a token opens until it expires or is revoked; its secret is shown once and kept nowhere', async () => {
  const { engine, clock } = await open();
  const { token, secret } = engine.tokens.create({
    name: 'ci',
    scopes: ['read', 'operate'],
    expiresAt: clock.time + 1000,
  });
  expect(engine.tokens.authenticate(secret)).toMatchObject({ id: token.id, scopes: ['read', 'operate'] });
  expect(engine.tokens.authenticate(`${secret}x`)).toBeUndefined();
  expect(JSON.stringify(engine.tokens.list({ first: 9 }))).not.toContain(secret);
  clock.time += 1000;
  expect(engine.tokens.authenticate(secret)).toBeUndefined();
  const other = engine.tokens.create({ name: 'ops', scopes: ['admin'] });
  expect(engine.tokens.revoke(other.token.id).revokedAt).toBe(clock.time);
  expect(engine.tokens.authenticate(other.secret)).toBeUndefined();
  expect(() => engine.tokens.create({ name: 'x', scopes: [] })).toThrow(code('INVALID_INPUT'));
  expect(() => engine.tokens.create({ name: 'x', scopes: ['read'], expiresAt: 5 })).toThrow(
    code('INVALID_INPUT'),
  );
  expect(() => engine.tokens.revoke('nobody')).toThrow(code('NOT_FOUND'));
});

test('what its maker has not claimed yet is changed as anything else, and claimed once without another change', async () => {
  const { engine, runner } = await open();
  const endpoint = engine.endpoints.create({ ...source, claimed: false });
  const task = engine.tasks.create({ kind: 'MIGRATION', name: 'left', claimed: false });
  const { token } = engine.tokens.create({ name: 'ci', scopes: ['read'], claimed: false });
  const changed = {
    endpoint: engine.endpoints.update(endpoint.id, { host: 'db2.example' }),
    task: engine.tasks.configure(task.id, { name: 'left again' }),
    token,
  };
  expect(Object.values(changed).map(({ claimed }) => claimed)).toEqual([false, false, false]);
  const [events, orders] = [engine.events.list({ after: 0, first: 100 }), [...runner.orders]];
  for (let time = 1; time <= 2; time++) {
    expect(engine.endpoints.claim(endpoint.id)).toEqual({ ...changed.endpoint, claimed: true });
    expect(engine.tasks.claim(task.id)).toEqual({ ...changed.task, claimed: true });
    expect(engine.tokens.claim(token.id)).toMatchObject({ id: token.id, name: 'ci', claimed: true });
  }
  expect(engine.events.list({ after: 0, first: 100 })).toEqual(events);
  expect(runner.orders).toEqual(orders);
  for (const claim of [
    () => engine.endpoints.claim('nobody'),
    () => engine.tasks.claim('nobody'),
    () => engine.tokens.claim('nobody'),
  ])
    expect(claim).toThrow(code('NOT_FOUND'));
});

test('lists page through everything, once', async () => {
  const { engine } = await open();
  const ids = Array.from({ length: 23 }, () => engine.endpoints.create(source).id);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30 }), (first) => {
      const seen: string[] = [];
      for (let page = engine.endpoints.list({ first }); ; ) {
        seen.push(...page.items.map((item) => item.id));
        if (!page.hasMore) break;
        page = engine.endpoints.list({ first, afterId: seen.at(-1) });
      }
      expect(seen).toEqual(ids);
    }),
    { numRuns: 30 },
  );
});

test('tasks are found by state, kind and part of the name', async () => {
  const opened = await open();
  const { engine } = opened;
  const { id } = running(opened);
  const sync = engine.tasks.create({ kind: 'SYNCHRONIZATION', name: 'Keep 100%_ in step' });
  const ids = (filter: Parameters<typeof engine.tasks.list>[0]) =>
    engine.tasks.list(filter, { first: 10 }).items.map((task) => task.id);
  expect(ids({})).toEqual([id, sync.id]);
  expect(ids({ states: ['RUNNING', 'PAUSED'] })).toEqual([id]);
  expect(ids({ kinds: ['SYNCHRONIZATION'] })).toEqual([sync.id]);
  expect(ids({ nameContains: '0%_ I' })).toEqual([sync.id]);
  expect(ids({ isolated: true })).toEqual([]);
});

test('the audit lists newest first, page by page', async () => {
  const { engine } = await open();
  for (let at = 1; at <= 5; at++)
    engine.audit.record({ at, actor: 'a', operation: 'startTask', outcome: 'OK' });
  const page = engine.audit.list({ first: 2 });
  expect(page.map((entry) => entry.at)).toEqual([5, 4]);
  expect(engine.audit.list({ first: 9, beforeSeq: page[1]!.seq }).map((entry) => entry.at)).toEqual([
    3, 2, 1,
  ]);
});
