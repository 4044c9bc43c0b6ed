import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Clock } from '../../../engine/core/clock.ts';
import { idSource } from '../../../engine/store/ids.ts';
import { STORE_VERSION } from '../../../engine/store/migrations.ts';
import { SecretBox } from '../../../engine/store/secrets.ts';
import { dataDirectory, endpoint, opened } from './fixture.ts';
import { task } from './task-row.ts';

test('the second opener of a data directory is refused at once, and let in when the first has closed', () => {
  const dir = dataDirectory();
  const first = opened(dir);
  const startedAt = performance.now();
  expect(() => opened(dir)).toThrow(expect.objectContaining({ code: 'STORE_LOCKED' }));
  expect(performance.now() - startedAt).toBeLessThan(1000);
  first.close();
  opened(dir).ping();
});

test('after kill -9 the store opens at once and holds whole transactions, all that were reported', async () => {
  const dir = dataDirectory();
  for (let round = 0; round < 3; round++) {
    const home = join(dir, String(round));
    const child = spawn(process.execPath, [join(import.meta.dirname, 'writer-process.ts'), home], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let reported = 0;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      reported = Number(text.trimEnd().split('\n').at(-1));
      if (reported > 20 + round * 7) child.kill('SIGKILL');
      else expect(() => opened(home)).toThrow(expect.objectContaining({ code: 'STORE_LOCKED' }));
    });
    await once(child, 'close');
    const store = opened(home);
    const tasks = store.tasks.list({}, { first: 100_000 }).items.length;
    expect(tasks).toBeGreaterThanOrEqual(reported);
    expect(store.events.after(0, { first: 100_000 }).length).toBe(tasks);
    store.close();
  }
}, 30_000);

test('a store of a newer version is refused and left alone', () => {
  const dir = dataDirectory();
  opened(dir).close();
  const raw = new DatabaseSync(join(dir, 'opendts.db'));
  raw.exec(`PRAGMA user_version = ${STORE_VERSION + 1}`);
  raw.close();
  expect(() => opened(dir)).toThrow(expect.objectContaining({ code: 'STORE_VERSION' }));
  const again = new DatabaseSync(join(dir, 'opendts.db'));
  expect(again.prepare('PRAGMA user_version').get()).toEqual({ user_version: STORE_VERSION + 1 });
  again.close();
});

test('what a store of version 1 holds has a maker who knows of it', () => {
  const dir = dataDirectory();
  const store = opened(dir);
  store.endpoints.insert({ ...endpoint('e1'), claimed: false });
  store.tasks.insert(task('t1', { claimed: false }));
  const token = { id: 'k1', name: 'ci', prefix: 'odts_', scopes: ['read'], createdAt: 1, claimed: false };
  store.tokens.insert(token, randomBytes(32));
  const claims = ({ endpoints, tasks, tokens }: typeof store) =>
    [endpoints.get('e1'), tasks.get('t1'), tokens.get('k1')].map((object) => object?.claimed);
  expect(claims(store)).toEqual([false, false, false]);
  store.close();
  const raw = new DatabaseSync(join(dir, 'opendts.db'));
  for (const table of ['endpoints', 'tasks', 'tokens']) raw.exec(`ALTER TABLE ${table} DROP COLUMN claimed`);
  raw.exec('PRAGMA user_version = 1');
  raw.close();
  expect(claims(opened(dir))).toEqual([true, true, true]);
});

test('the key file is made for its owner alone; one that others can read, or another key, is refused', () => {
  const dir = dataDirectory();
  const store = opened(dir);
  store.endpoints.insert(endpoint('e1'));
  store.close();
  const key = join(dir, 'secret.key');
  expect(statSync(key).mode & 0o777).toBe(0o600);
  chmodSync(key, 0o640);
  expect(() => opened(dir)).toThrow(expect.objectContaining({ code: 'SECRET_KEY' }));
  chmodSync(key, 0o600);
  expect(() => opened(dir, randomBytes(32).toString('base64'))).toThrow(
    expect.objectContaining({ code: 'SECRET_KEY' }),
  );
  expect(() => opened(dir, 'short')).toThrow(expect.objectContaining({ code: 'SECRET_KEY' }));
  const same = opened(dir, readFileSync(key, 'utf8').trim());
  expect(same.endpoints.config('e1')?.password).toBe('pässword');
});

test('no file of the data directory shows a password', () => {
  const dir = dataDirectory();
  const store = opened(dir);
  store.endpoints.insert(endpoint('e1', 'v3ry-s3cret-word'));
  for (const file of ['opendts.db', 'opendts.db-wal']) {
    expect(readFileSync(join(dir, file)).includes('v3ry-s3cret-word')).toBe(false);
  }
  expect(JSON.stringify(store.endpoints.get('e1'))).not.toContain('v3ry-s3cret-word');
  store.close();
  expect(readFileSync(join(dir, 'opendts.db')).includes('v3ry-s3cret-word')).toBe(false);
});

test('a sealed secret opens in its row only, never after a change of any byte, and never looks the same twice', () => {
  const box = new SecretBox(randomBytes(32));
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(), (secret, n) => {
      const sealed = box.seal(secret, 'a');
      expect(box.open(sealed, 'a')).toBe(secret);
      expect(() => box.open(sealed, 'b')).toThrow();
      expect(box.seal(secret, 'a').equals(sealed)).toBe(false);
      const at = n % sealed.length;
      sealed.writeUInt8(sealed[at]! ^ 1, at);
      expect(() => box.open(sealed, 'a')).toThrow(expect.objectContaining({ code: 'SECRET_KEY' }));
    }),
  );
});

test('a fingerprint changes with the password and not without it', () => {
  const store = opened(dataDirectory());
  store.endpoints.insert(endpoint('e1', 'one'));
  const before = store.endpoints.get('e1')!.secretFingerprint;
  store.endpoints.update({ ...endpoint('e1', 'one'), host: 'db2', version: 2 });
  expect(store.endpoints.get('e1')).toMatchObject({ host: 'db2', secretFingerprint: before, version: 2 });
  store.endpoints.update(endpoint('e1', 'two'));
  expect(store.endpoints.get('e1')!.secretFingerprint).not.toBe(before);
});

test('a task comes back as it was stored, and takes what belongs to it along when deleted', () => {
  const store = opened(dataDirectory());
  store.endpoints.insert(endpoint('e1'));
  const made = task('t1', {
    sourceId: 'e1',
    state: 'ERROR',
    desiredState: 'RUNNING',
    error: { code: 'TARGET_FULL', message: 'full', remedy: 'free space', details: { object: 'a.b' } },
    objects: { databases: [{ name: 'shop', as: 'store', excludeTables: ['tmp'] }] },
  });
  store.tasks.insert(made);
  expect(store.tasks.get('t1')).toEqual(made);
  store.taskState.saveRun('t1', { startOffset: '7' });
  store.taskState.saveChunk('t1', { database: 'd', name: 't' }, { chunk: { index: 3 }, rows: 5, bytes: 9 });
  expect(store.taskState.loadRun('t1')).toEqual({ startOffset: '7' });
  store.events.append({ taskId: 't1', at: 1, kind: 'STATE', message: 'made' });
  store.tasks.delete('t1');
  expect(store.taskState.loadRun('t1')).toBeUndefined();
  expect(store.taskState.chunks('t1', { database: 'd', name: 't' })).toEqual([]);
  expect(store.events.after(0, { first: 10 }).length).toBe(1);
});

test('pages of tables go on behind any name', () => {
  const store = opened(dataDirectory());
  store.tasks.insert(task('t1'));
  const names = ['a', 'A', 'ä', '\u{10ffff}', 'z'];
  const tables = names.flatMap((database) =>
    names.map((name) => ({
      database,
      name,
      targetDatabase: database,
      targetName: name,
      state: 'PENDING' as const,
      ...{ estimatedRows: 1, rowsCopied: 0, inserts: 0, updates: 0, deletes: 0, ddls: 0 },
    })),
  );
  store.taskState.saveTables('t1', tables);
  const seen = [];
  for (let page = store.taskState.tablePage('t1', { first: 3 }); ; ) {
    seen.push(...page.items);
    if (!page.hasMore) break;
    page = store.taskState.tablePage('t1', { first: 3, after: page.items.at(-1) });
  }
  expect(seen).toEqual(store.taskState.tables('t1'));
  expect(seen.length).toBe(25);
  store.taskState.clearTable('t1', { database: 'a', name: 'z' });
  expect(store.taskState.tables('t1').length).toBe(24);
});

test('event numbers are never used again', () => {
  const store = opened(dataDirectory());
  const append = () => store.events.append({ taskId: 't', at: 1, kind: 'STATE', message: '' });
  const first = append();
  store.events.prune(2);
  expect(append()).toBe(first + 1);
});

test('a transaction that fails leaves nothing', () => {
  const store = opened(dataDirectory());
  expect(() =>
    store.transaction(() => {
      store.tasks.insert(task('t1'));
      store.transaction(() => store.events.append({ taskId: 't1', at: 1, kind: 'STATE', message: '' }));
      throw new Error('no');
    }),
  ).toThrow('no');
  expect(store.tasks.get('t1')).toBeUndefined();
  expect(store.events.after(0, { first: 9 })).toEqual([]);
});

test('ids sort by the order in which they were made, also within a millisecond and when the clock goes back', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 200 }), (times) => {
      let at = 0;
      const clock: Clock = {
        now: () => 1_700_000_000_000 + times[at++ % times.length]!,
        sleep: async () => {},
      };
      const next = idSource(clock);
      const ids = times.map(() => next());
      expect([...ids].sort()).toEqual(ids);
      expect(new Set(ids).size).toBe(ids.length);
    }),
  );
});
