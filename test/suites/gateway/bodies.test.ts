import net from 'node:net';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RunningService } from './running-service.ts';

// What clients of HTTP libraries cannot send: bodies without end, and lengths that contradict each other.

let service: RunningService;
beforeAll(async () => {
  service = await RunningService.start();
});
afterAll(() => service[Symbol.asyncDispose]());

const operation = JSON.stringify({ query: '{ capabilities { version } }' });
const chunked = (body: string) => `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n`;
const endless = 'transfer-encoding: chunked';
const endlessMegabytes = 64;

/** Sends a request as it is, an endless one by the megabyte until the service hangs up; gives what it answered before. */
async function sendRaw(line: string, headers: readonly string[], body = '') {
  const { hostname, port } = new URL(service.url);
  const socket = net.connect({ host: hostname, port: Number(port) });
  const closed = new Promise((resolve) => socket.once('close', resolve));
  let text = '';
  socket.on('data', (bytes) => {
    text += bytes;
  });
  socket.on('error', () => undefined); // a reset is a way to hang up
  const head = [
    `${line} HTTP/1.1`,
    `host: ${hostname}`,
    `authorization: Bearer ${service.adminToken}`,
    'content-type: application/json',
    ...headers,
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  let megabytes = 0;
  if (headers.includes(endless)) {
    const more = chunked('x'.repeat(1024 * 1024));
    const chunks = function* () {
      for (; megabytes < endlessMegabytes; megabytes++) yield more;
    };
    await pipeline(chunks, socket).catch(() => undefined);
    socket.destroy();
  }
  await closed;
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]), text, megabytes };
}

test.each(['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD'])(
  'the service hangs up on a %s that sends a body without end',
  async (method) => {
    const { megabytes } = await sendRaw(`${method} /graphql`, [endless]);
    expect(megabytes).toBeLessThan(endlessMegabytes);
  },
);

test.each(['GET /health', 'POST /health', 'POST /ready', 'GET /metrics', 'POST /nowhere'])(
  'and so it does on %s',
  async (line) => {
    const { megabytes } = await sendRaw(line, [endless]);
    expect(megabytes).toBeLessThan(endlessMegabytes);
  },
);

describe('it answers, and hangs up,', () => {
  test.each([
    ['400 to a GET with a body', 'GET /graphql', [`content-length: ${operation.length}`], operation, 400],
    ['400 to a PUT with chunks', 'PUT /graphql', ['transfer-encoding: CHUNKED'], chunked(operation), 400],
    ['411 to a POST with chunks', 'POST /graphql', ['transfer-encoding: Chunked'], chunked(operation), 411],
    ['413 to a POST that will be too long', 'POST /graphql', ['content-length: 99999999'], '', 413],
    [
      '400 to a length and chunks',
      'POST /graphql',
      [`content-length: ${operation.length}`, 'transfer-encoding: CHUNKED'],
      chunked(operation),
      400,
    ],
    [
      '400 to chunks and a length',
      'POST /graphql',
      ['transfer-encoding: CHUNKED', 'content-length: 5'],
      chunked(operation),
      400,
    ],
    ['400 to two lengths', 'POST /graphql', ['content-length: 5', 'content-length: 6'], operation, 400],
    ['400 to a length that is no number', 'POST /graphql', ['content-length: 0x20'], operation, 400],
  ])('%s', async (_what, line, headers, body, status) => {
    const answer = await sendRaw(line, headers, body);
    expect(answer.status).toBe(status);
    expect(answer.text).not.toContain('"data"');
  });

  test('411 to a POST with a body without end', async () => {
    const { megabytes } = await sendRaw('POST /graphql', [endless]);
    expect(megabytes).toBeLessThan(endlessMegabytes);
  });
});

test('requests without a body, and operations, are served as before', async () => {
  const headers = { 'content-length': '0' };
  expect((await fetch(`${service.url}/health`, { headers })).status).toBe(200);
  expect((await service.send(operation)).errors).toEqual([]);
});
