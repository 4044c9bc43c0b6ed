import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { silentLogger } from '../../../engine/core/logger.ts';
import { startUpkeep } from '../../../engine/services/upkeep.ts';
import { openStore, type Store } from '../../../engine/store/store.ts';
import { HandClock } from './fixture.ts';

const DAY = 24 * 3600 * 1000;

let dataDir: string;
let store: Store;
const clock = new HandClock();
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  dataDir = mkdtempSync(join(tmpdir(), 'upkeep-'));
  store = openStore({ dataDir, clock });
});
afterEach(() => {
  vi.useRealTimers();
  store.close();
  rmSync(dataDir, { recursive: true, force: true });
});

test('revoked tokens go with the history of their time; open and expired ones stay, and the newest in any case', () => {
  const make = (id: string, more: { expiresAt?: number } = {}) =>
    store.tokens.insert(
      { id, name: id, prefix: id, scopes: ['read'], createdAt: clock.now(), claimed: true, ...more },
      randomBytes(32),
    );
  const kept = () => store.tokens.list({ first: 10 }).items.map(({ id }) => id);
  const upkeepNow = () =>
    startUpkeep({
      store,
      clock,
      logger: silentLogger,
      historyDays: 2,
      destroyExpired: async () => {},
    }).stop();
  for (const id of ['a-revoked', 'b-open', 'd-revoked-later', 'e-newest']) make(id);
  make('c-expired', { expiresAt: clock.now() + 1 });
  store.tokens.revoke('a-revoked', clock.now());
  clock.time += 2 * DAY;
  upkeepNow();
  expect(kept()).toEqual(['a-revoked', 'b-open', 'c-expired', 'd-revoked-later', 'e-newest']);
  for (const id of ['d-revoked-later', 'e-newest']) store.tokens.revoke(id, clock.now());
  clock.time += DAY;
  upkeepNow();
  expect(kept()).toEqual(['b-open', 'c-expired', 'd-revoked-later', 'e-newest']);
  clock.time += 2 * DAY;
  upkeepNow();
  expect(kept()).toEqual(['b-open', 'c-expired', 'e-newest']);
});

test('what is older than the days of history goes, at the start and every day', () => {
  const write = () => {
    store.events.append({ taskId: 't', at: clock.now(), kind: 'WARNING', message: 'noted' });
    store.audit.append({ at: clock.now(), actor: 'a', operation: 'startTask', outcome: 'OK' });
  };
  const kept = () => [
    store.events.after(0, { first: 10 }).length,
    store.audit.list({ first: 10 }).length,
    expired,
  ];
  let expired = 0;
  write();
  clock.time += 3 * DAY;
  write();
  const destroyExpired = async () => {
    expired += 1;
  };
  const upkeep = startUpkeep({ store, clock, logger: silentLogger, historyDays: 2, destroyExpired });
  expect(kept()).toEqual([1, 1, 1]);
  clock.time += DAY;
  vi.advanceTimersByTime(DAY);
  expect(kept()).toEqual([1, 1, 2]);
  clock.time += DAY + 1;
  vi.advanceTimersByTime(DAY);
  expect(kept()).toEqual([0, 0, 3]);
  upkeep.stop();
  vi.advanceTimersByTime(10 * DAY);
  expect(expired).toBe(3);
});
