import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLogger } from '../../../engine/core/logger.ts';
import { openEngine } from '../../../engine/open.ts';
import { LocalRunner } from '../../../engine/runner/local-runner.ts';
import { readConfig } from '../../../gateway/config.ts';
import { ensureFirstToken } from '../../../gateway/first-token.ts';
import { startServer } from '../../../gateway/server.ts';
import { compareEnds } from '../../compare/compare.ts';
import { Client } from '../../product/client.ts';
import { createMysqlTask, type TaskHandle } from '../../product/task.ts';
import { type MysqlServer, startMysql } from '../../servers/mysql.ts';
import { eventsOf } from './events.ts';

let source: MysqlServer;
let target: MysqlServer;
let url: string;
let client: Client;
const stack = new AsyncDisposableStack();

beforeAll(async () => {
  [source, target] = await Promise.all([startMysql('mysql-9.7'), startMysql('mysql-9.7')]);
  stack.use(source);
  stack.use(target);
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'opendts-isolation-'));
  stack.defer(() => fs.rmSync(dataDir, { recursive: true, force: true }));
  const engine = await openEngine({
    dataDir,
    logger: silentLogger,
    createRunner: (options) =>
      new LocalRunner({
        ...options,
        random: Math.random,
        limits: { memoryMegabytes: 192, pingMillis: 200, stalledMillis: 10_000 },
        threadEntry: new URL('./misbehaving-thread.ts', import.meta.url),
      }),
  });
  await ensureFirstToken(engine.tokens, dataDir);
  const token = fs.readFileSync(path.join(dataDir, 'admin.token'), 'utf8').trim();
  const config = readConfig(['--port', '0', '--data-dir', dataDir, '--rate-per-minute', '100000'], {});
  const server = await startServer({ engine, config, logger: silentLogger, version: 'test' });
  stack.defer(async () => {
    await server.close();
    await engine.close();
  });
  url = server.url;
  client = new Client(() => ({ url, token }));
});
afterAll(() => stack.disposeAsync());

async function startTask(database: string): Promise<TaskHandle> {
  await source.query(
    `CREATE DATABASE ${database}; CREATE TABLE ${database}.t (id INT PRIMARY KEY AUTO_INCREMENT, v INT);
     INSERT INTO ${database}.t (v) VALUES (1), (2), (3)`,
  );
  const task = await createMysqlTask(client, { source, target, databases: [{ name: database }] });
  await task.checkAndStart();
  return task;
}

/** Asks the service for its health and a query, over and over; gives how long each took, in milliseconds. */
function keepAsking(): { stop(): Promise<number[]> } {
  let going = true;
  const asking = (async () => {
    const took: number[] = [];
    while (going) {
      const startedAt = performance.now();
      const health = await fetch(`${url}/health`);
      expect(health.status).toBe(200);
      await health.body?.cancel();
      await client.query('{ tasks(first: 10) { edges { node { id state } } } }');
      took.push(performance.now() - startedAt);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return took;
  })();
  asking.catch(() => undefined);
  return {
    stop() {
      going = false;
      return asking;
    },
  };
}

test.for([
  ['throws', 'WORKER_DIED'],
  ['spins', 'WORKER_STALLED'],
  ['exhausts', 'OUT_OF_MEMORY'],
] as const)('a thread that %s is ended and started again; nobody else notices', async ([what, code]) => {
  const calm = `calm_beside_${what}`;
  const neighbour = await startTask(calm);
  await neighbour.waitFor(['READY_TO_COMPLETE']);
  const asking = keepAsking();
  const task = await startTask(what);
  await source.query(`INSERT INTO ${calm}.t (v) VALUES (4), (5)`);
  await task.waitFor(['READY_TO_COMPLETE']);
  const took = await asking.stop();
  const retries = (await eventsOf(client, task.id)).filter(({ kind, error }) => kind === 'RETRY' && error);
  expect(retries.map(({ error }) => error?.code)).toEqual([code]);

  const sorted = took.toSorted((a, b) => a - b);
  expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThan(150);
  for (const each of [task, neighbour]) {
    await each.operate('completeTask');
    await each.waitFor(['COMPLETED']);
  }
  const { report } = await compareEnds({ source, target, databases: [{ name: what }, { name: calm }] });
  expect(report).toBe('');
});
