import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { Worker } from 'node:worker_threads';
import { afterAll, test } from 'vitest';

const server = net.createServer();
afterAll(() => {
  server.close();
});

test('closes everything it opens', async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = net.connect((server.address() as AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
  socket.end();
  const child = spawn('sleep', ['20']);
  child.kill();
  const worker = new Worker('setInterval(() => {}, 1000)', { eval: true });
  await once(worker, 'online');
  await worker.terminate();
  setTimeout(() => {}, 100);
});
