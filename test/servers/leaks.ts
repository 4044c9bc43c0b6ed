/** Vitest setup: a test file that leaves a server, session, connection, timer, thread or program behind fails. */
import diagnostics from 'node:diagnostics_channel';
import { setTimeout as delay } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { afterAll, beforeAll } from 'vitest';
import { forgottenSessions, runningServers, watchSessions } from './running-servers.ts';

/** What a thing that was just closed may take to be gone. */
const SETTLE_MILLIS = 3000;

/** What a test may have opened, by its name in process.getActiveResourcesInfo. */
const WATCHED: Record<string, string> = {
  TCPSocketWrap: 'TCP connection',
  TCPServerWrap: 'TCP server',
  ProcessWrap: 'child process',
  Timeout: 'timer',
  FSEventWrap: 'file watcher',
  StatWatcher: 'file watcher',
};

const threads = new Set<Worker>();

function onThread(message: unknown): void {
  const { worker } = message as { worker: Worker };
  threads.add(worker);
  worker.once('exit', () => threads.delete(worker));
}

/** Nothing of the test runner's own is among it for long: its timers are over in a moment. */
function leftBehind(): string[] {
  const words = process.getActiveResourcesInfo().map((name) => WATCHED[name]);
  const resources = words.filter((each) => each !== undefined);
  const servers = runningServers().map((server) => `server ${server.describe()}`);
  const sessions = forgottenSessions().map((session) => `session ${session}`);
  return [...resources, ...[...threads].map(() => 'thread'), ...servers, ...sessions];
}

beforeAll(() => {
  watchSessions();
  diagnostics.subscribe('worker_threads', onThread);
});

// Registered first, thus called last: after the hooks of the file itself.
afterAll(async () => {
  const deadline = Date.now() + SETTLE_MILLIS;
  let left = leftBehind();
  while (left.length > 0 && Date.now() < deadline) {
    await delay(50); // over before the next count, so it is not counted itself
    left = leftBehind();
  }
  diagnostics.unsubscribe('worker_threads', onThread);
  await Promise.all(runningServers().map((server) => server.stop()));
  if (left.length > 0) throw new Error(`the test file left behind: ${left.join(', ')}`);
});
