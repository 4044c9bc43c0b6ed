/** Vitest setup: a test file that leaves a server, connection, timer, worker or child process behind fails. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll } from 'vitest';
import { forgottenSessions, runningServers, watchSessions } from './running-servers.ts';

/** What a thing that was just closed may take to be gone. */
const SETTLE_MILLIS = 3000;

/** Names of what a test may have opened, in the words of process.getActiveResourcesInfo. */
const WATCHED: Record<string, string> = {
  TCPSocketWrap: 'TCP connection',
  TCPServerWrap: 'TCP server',
  TLSWrap: 'TLS connection',
  ProcessWrap: 'child process',
  Worker: 'worker thread',
  MessagePort: 'message port or worker thread',
  Timeout: 'timer',
  FSEventWrap: 'file watcher',
  StatWatcher: 'file watcher',
};

function count(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of process.getActiveResourcesInfo()) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

function leftBehind(before: ReadonlyMap<string, number>): string[] {
  const now = count();
  const resources = Object.entries(WATCHED)
    .map(([name, words]) => ({ words, more: (now.get(name) ?? 0) - (before.get(name) ?? 0) }))
    .filter(({ more }) => more > 0)
    .map(({ words, more }) => `${more} × ${words}`);
  return [
    ...resources,
    ...runningServers().map((server) => `server ${server.describe()}`),
    ...forgottenSessions(),
  ];
}

let before: ReadonlyMap<string, number> = new Map();

beforeAll(() => {
  watchSessions();
  before = count();
});

// Registered first, thus called last: after the hooks of the file itself.
afterAll(async () => {
  const deadline = Date.now() + SETTLE_MILLIS;
  let left = leftBehind(before);
  while (left.length > 0 && Date.now() < deadline) {
    await delay(50); // ended before the next count, so it is never counted itself
    left = leftBehind(before);
  }
  await Promise.all(runningServers().map((server) => server.stop()));
  if (left.length > 0) throw new Error(`the test file left behind: ${left.join(', ')}`);
});
