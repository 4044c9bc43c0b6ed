import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { systemClock } from '../../../engine/core/clock.ts';
import type { NewEndpoint } from '../../../engine/store/endpoints.ts';
import { openStore, type Store } from '../../../engine/store/store.ts';

export function dataDirectory(): string {
  const dir = mkdtempSync(join(tmpdir(), 'store-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

export function opened(dataDir: string, secretKey?: string): Store {
  const store = openStore({ dataDir, secretKey, clock: systemClock });
  onTestFinished(() => store.close());
  return store;
}

export function endpoint(id: string, password = 'pässword'): NewEndpoint {
  return {
    id,
    name: `endpoint ${id}`,
    engine: 'MYSQL',
    host: '127.0.0.1',
    port: 3306,
    username: 'dts',
    password,
    tls: { mode: 'PREFERRED' },
    claimed: true,
    version: 1,
    createdAt: 1,
    updatedAt: 1,
  };
}
