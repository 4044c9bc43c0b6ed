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
