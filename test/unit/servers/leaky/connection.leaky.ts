import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { test } from 'vitest';

test('opens a connection and forgets both ends', async () => {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  await once(net.connect((server.address() as AddressInfo).port, '127.0.0.1'), 'connect');
});
