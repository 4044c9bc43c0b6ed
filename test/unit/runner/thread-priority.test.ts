import { once } from 'node:events';
import os from 'node:os';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';

const module = new URL('../../../engine/runner/thread-priority.ts', import.meta.url);

test('a thread gives way to the main thread, which keeps its priority', async () => {
  const before = os.getPriority(process.pid);
  // 0 is the thread that asks.
  const thread = new Worker(
    `import(${JSON.stringify(module.href)}).then(({ giveWayToMainThread }) => {
       giveWayToMainThread();
       require('node:worker_threads').parentPort.postMessage(require('node:os').getPriority(0));
     });`,
    { eval: true },
  );
  const [priority] = await once(thread, 'message');
  await thread.terminate();
  expect(os.getPriority(process.pid)).toBe(before);
  expect(priority).toBe(process.platform === 'linux' ? Math.min(before + 5, 19) : before);
});
