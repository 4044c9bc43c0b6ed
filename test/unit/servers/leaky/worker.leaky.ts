import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { test } from 'vitest';

test('starts a thread and forgets it', async () => {
  const worker = new Worker(
    "const { parentPort } = require('node:worker_threads'); parentPort.on('message', () => {});",
    {
      eval: true,
    },
  );
  await once(worker, 'online');
});
