import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type NetworkProxy, startProxy } from '../../proxy/network-proxy.ts';

let echo: net.Server;
let proxy: NetworkProxy;
const clients: Socket[] = [];

beforeEach(async () => {
  echo = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.pipe(socket);
  });
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  proxy = await startProxy({ to: { host: '127.0.0.1', port: (echo.address() as AddressInfo).port } });
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await proxy.close();
  echo.close();
  await once(echo, 'close');
});

async function connect(): Promise<Socket> {
  const client = net.connect(proxy.port, proxy.host);
  client.on('error', () => {});
  clients.push(client);
  await once(client, 'connect');
  return client;
}

/** Reads until `bytes` have come. */
async function receive(client: Socket, bytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  while (length < bytes) {
    const [chunk] = (await once(client, 'data')) as [Buffer];
    chunks.push(chunk);
    length += chunk.length;
  }
  return Buffer.concat(chunks);
}

/** Ends with the connection, by error or not. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

async function echoes(client: Socket, text: string): Promise<void> {
  client.write(text);
  expect((await receive(client, text.length)).toString()).toBe(text);
}

describe('a network proxy', () => {
  test('forwards megabytes both ways unchanged', async () => {
    const client = await connect();
    const sent = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => (index * 31) % 251));
    client.write(sent);
    expect((await receive(client, sent.length)).equals(sent)).toBe(true);
    expect(proxy.forwardedBytes).toBe(2 * sent.length);
  });

  test('forwards the end of a direction', async () => {
    const client = await connect();
    client.end('last words');
    expect((await receive(client, 10)).toString()).toBe('last words');
    await closed(client);
    expect(client.errored).toBeNull();
  });

  test('cut ends connections without an error, and takes new ones', async () => {
    const client = await connect();
    await echoes(client, 'before');
    proxy.cut();
    client.resume();
    await closed(client);
    expect(client.errored).toBeNull();
    await echoes(await connect(), 'after');
  });

  test('reset ends connections by an error at both ends', async () => {
    const atServer = once(echo, 'connection');
    const client = await connect();
    await echoes(client, 'before');
    const [socket] = (await atServer) as [Socket];
    proxy.reset();
    await Promise.all([closed(client), closed(socket)]);
    expect(client.errored).toMatchObject({ code: 'ECONNRESET' });
    expect(socket.errored).toMatchObject({ code: 'ECONNRESET' });
  });

  test('stall holds back old and new connections; resume delivers what was held back', async () => {
    const old = await connect();
    await echoes(old, 'before');
    const forwarded = proxy.forwardedBytes;
    proxy.stall();
    const young = await connect();
    old.write('held one');
    young.write('held two');
    // What another proxy of this process passes on meanwhile shows that time has gone by.
    await using other = await startProxy({
      to: { host: '127.0.0.1', port: (echo.address() as AddressInfo).port },
    });
    const witness = net.connect(other.port, other.host);
    clients.push(witness);
    for (let round = 0; round < 50; round++) await echoes(witness, 'tick');
    expect(proxy.forwardedBytes).toBe(forwarded);
    expect([old.destroyed, young.destroyed]).toEqual([false, false]);
    proxy.resume();
    expect((await receive(old, 8)).toString()).toBe('held one');
    expect((await receive(young, 8)).toString()).toBe('held two');
  });

  test('cut ends in order also in the middle of a stream', async () => {
    const client = await connect();
    proxy.throttle(100_000);
    client.write(Buffer.alloc(2_000_000));
    await receive(client, 1000);
    proxy.cut();
    client.end();
    client.resume();
    await once(client, 'end');
    expect(client.errored).toBeNull();
  });

  test('throttle limits the bytes of a second', async () => {
    const client = await connect();
    proxy.throttle(200_000);
    const start = performance.now();
    client.write(Buffer.alloc(100_000));
    await receive(client, 100_000);
    expect(performance.now() - start).toBeGreaterThan(400);
  });

  test('refuse resets new connections alone', async () => {
    const old = await connect();
    await echoes(old, 'before');
    proxy.refuse(true);
    const refused = net.connect(proxy.port, proxy.host);
    refused.on('error', () => {});
    clients.push(refused);
    await closed(refused);
    await echoes(old, 'still here');
    proxy.refuse(false);
    await echoes(await connect(), 'welcome');
  });

  test('a reset of the client reaches the server', async () => {
    const atServer = once(echo, 'connection');
    const client = await connect();
    await echoes(client, 'before');
    const [socket] = (await atServer) as [Socket];
    client.resetAndDestroy();
    await closed(socket);
    expect(socket.errored).toMatchObject({ code: 'ECONNRESET' });
  });

  test('a connection that is reset while it ends is gone at both ends', async () => {
    const client = await connect();
    await echoes(client, 'before');
    proxy.cut();
    proxy.reset();
    await closed(client);
    await expect.poll(() => proxy.connections).toBe(0);
    client.destroy();
    await proxy.close();
    echo.close();
    await once(echo, 'close');
    // Node forgets a socket whose reset fails, and leaves its connection open.
    await expect.poll(() => process.getActiveResourcesInfo().includes('TCPSocketWrap')).toBe(false);
    echo.listen(0, '127.0.0.1');
    await once(echo, 'listening');
  });

  test('close ends every connection, stalled ones too', async () => {
    const client = await connect();
    await echoes(client, 'before');
    proxy.stall();
    client.write('lost');
    await proxy.close();
    client.resume();
    await closed(client);
    expect(proxy.connections).toBe(0);
  });
});
