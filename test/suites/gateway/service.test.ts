import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codeOf, launch, RunningService } from './running-service.ts';

let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'opendts-service-'));
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

const openStream = (service: RunningService) =>
  fetch(`${service.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      authorization: `Bearer ${service.adminToken}`,
    },
    body: JSON.stringify({ query: 'subscription { taskEvents(after: 999999) { seq } }' }),
  });

/** Runs the command to its end. */
async function run(args: readonly string[], env: Record<string, string> = {}) {
  const { process, output } = launch(args, env);
  const [code] = (await once(process, 'close')) as [number | null];
  return { code, output: output() };
}

describe('the shutdown', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    'by %s completes live streams and exits with 0',
    async (signal) => {
      await using service = await RunningService.start();
      const stream = await openStream(service);
      service.signal(signal);
      expect(await stream.text()).toContain('event: complete');
      expect(await service.ended()).toBe(0);
    },
  );

  test('is at once by a second signal', async () => {
    await using service = await RunningService.start({ env: { OPENDTS_SHUTDOWN_SECONDS: '600' } });
    // A request that never ends holds the orderly shutdown.
    const { hostname, port } = new URL(service.url);
    const socket = connect(Number(port), hostname);
    const closed = once(socket, 'close');
    const headers = `Host: x\r\nAuthorization: Bearer ${service.adminToken}\r\nContent-Type: application/json`;
    socket.write(`POST /graphql HTTP/1.1\r\n${headers}\r\nContent-Length: 100\r\n\r\n{`);
    await expect.poll(async () => (await fetch(`${service.url}/health`)).status).toBe(200);
    service.signal('SIGTERM');
    await expect.poll(() => service.output()).toContain('Shutting down');
    service.signal('SIGTERM');
    expect(await service.ended()).toBe(1);
    await closed;
  });
});

describe('compiled modules', () => {
  test('are kept in a private folder of the data directory', async () => {
    await using service = await RunningService.start();
    const folder = join(service.dataDir, 'compiled');
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect((await readdir(folder, { recursive: true })).length).toBeGreaterThan(100);
    // Made meanwhile: what the threads of tasks run.
    await expect.poll(() => readdir(folder), { timeout: 30_000 }).toContain('thread.json');
  });

  test('are done without where their folder cannot be made', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'opendts-service-'));
    try {
      await writeFile(join(folder, 'compiled'), 'a file');
      await using service = await RunningService.start({ dataDir: folder });
      expect((await service.ask('{ capabilities { version } }')).status).toBe(200);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe('a restart', () => {
  test('keeps everything and makes no second token', async () => {
    const create =
      'mutation { createTask(input: { name: "kept", kind: MIGRATION }) { ... on Task { id version } } }';
    const first = await RunningService.start({ dataDir });
    const { id } = (await first.ask(create)).data.createTask;
    expect(await first.stop()).toBe(0);

    await using second = await RunningService.start({ dataDir });
    expect(second.adminToken).toBe(first.adminToken);
    expect(second.output()).not.toContain('admin.token');
    const { data } = await second.ask(`{ task(id: "${id}") { name } apiTokens { edges { cursor } } }`);
    expect(data).toMatchObject({ task: { name: 'kept' }, apiTokens: { edges: [expect.anything()] } });
  });

  test('after a kill keeps what was answered', async () => {
    const service = await RunningService.start({ dataDir });
    const create =
      'mutation { createTask(input: { name: "killed", kind: MIGRATION }) { ... on Task { id } } }';
    const { id } = (await service.ask(create)).data.createTask;
    service.signal('SIGKILL');
    await service.ended();
    await using next = await RunningService.start({ dataDir });
    expect((await next.ask(`{ task(id: "${id}") { name } }`)).data.task).toEqual({ name: 'killed' });
  });

  test('makes a new first token when the file of an unused one is gone', async () => {
    await using service = await RunningService.start();
    await service.stop();
    await rm(join(service.dataDir, 'admin.token'));
    await using next = await RunningService.start({ dataDir: service.dataDir });
    expect(next.adminToken).not.toBe(service.adminToken);
    expect(codeOf(await next.ask('{ capabilities { version } }'))).toBeUndefined();
    expect(codeOf(await next.ask('{ capabilities { version } }', {}, service.adminToken))).toBe(
      'UNAUTHENTICATED',
    );
  });
});

test('two services never share a data folder', async () => {
  await using service = await RunningService.start();
  const { code, output } = await run(['start'], { OPENDTS_DATA_DIR: service.dataDir });
  expect(code).toBe(1);
  expect(output).toContain('STORE_LOCKED');
  expect(codeOf(await service.ask('{ capabilities { version } }'))).toBeUndefined();
});

test('an address that is taken is told, and how to choose another', async () => {
  await using service = await RunningService.start();
  const folder = await mkdtemp(join(tmpdir(), 'opendts-service-'));
  const { port } = new URL(service.url);
  const { code, output } = await run(['start', '--port', port, '--data-dir', folder]);
  expect(code).toBe(1);
  expect(output).toContain('EADDRINUSE');
  expect(output).toContain('--port');
  expect(output).not.toMatch(/\n\s+at /);
  expect(await readdir(folder)).not.toContain('admin.token');
  await rm(folder, { recursive: true });
});

test('a data folder that cannot be made is told, and how to choose another', async () => {
  const { code, output } = await run(['start', '--data-dir', '/dev/null/data']);
  expect(code).toBe(1);
  expect(output).toContain('ENOTDIR');
  expect(output).toContain('--data-dir');
  expect(output).not.toMatch(/\n\s+at /);
});

describe('the command', () => {
  test.each([
    [['start', '--port', 'many'], 'OPENDTS_PORT'],
    [['start', '--nope', 'x'], '--nope'],
    [['start', '--cors-origins', 'everybody'], 'OPENDTS_CORS_ORIGINS'],
    [['begin'], 'Usage'],
    [[], 'Usage'],
  ])('%j is refused with what is wrong', async (args, expected) => {
    const { code, output } = await run(args);
    expect(code).toBe(2);
    expect(output).toContain(expected);
  });

  test('tells a wrong secret key without showing it', async () => {
    await using service = await RunningService.start();
    await service.stop();
    const key = 'c2hvcnQgYW5kIHdyb25n';
    const { code, output } = await run(['start'], {
      OPENDTS_DATA_DIR: service.dataDir,
      OPENDTS_SECRET_KEY: key,
    });
    expect(code).toBe(1);
    expect(output).toContain('SECRET_KEY');
    expect(output).not.toContain(key);
  });

  test('--help names every setting; --version a version', async () => {
    const help = await run(['--help']);
    expect(help.output).toContain('--data-dir, OPENDTS_DATA_DIR');
    expect(help.code).toBe(0);
    expect((await run(['--version'])).output).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('secrets', () => {
  const password = 'correct-horse-battery-staple';
  /** Ways in which a text could lie in a file. */
  const forms = (text: string) => [
    Buffer.from(text),
    Buffer.from(text, 'utf16le'),
    Buffer.from(Buffer.from(text).toString('hex')),
    ...[0, 1, 2].map((shift) =>
      Buffer.from(
        Buffer.from('x'.repeat(shift) + text)
          .toString('base64')
          .slice(shift === 0 ? 0 : 4, -4),
      ),
    ),
  ];
  async function filesOf(folder: string): Promise<{ path: string; bytes: Buffer }[]> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    return Promise.all(files.map(async (path) => ({ path, bytes: await readFile(path) })));
  }

  test('lie nowhere in clear: not in an answer, a log or a file', async () => {
    await using service = await RunningService.start();
    const create =
      'mutation ($input: CreateEndpointInput!) { createEndpoint(input: $input) { ... on Endpoint { id } ... on Error { message } } }';
    const input = { name: 'secret', engine: 'MYSQL', host: '127.0.0.1', port: 1, username: 'u', password };
    const created = await service.ask(create, { input: { ...input, idempotencyKey: 'k' } });
    const { id } = created.data.createEndpoint;
    const answers = [
      created,
      await service.ask(create, { input: { ...input, idempotencyKey: 'k' } }),
      await service.ask(create, { input: { ...input, name: 'other', idempotencyKey: 'k' } }),
      // In the wrong place, of the wrong type, beside a fault, inside the document.
      await service.ask(create, { input: { ...input, port: password } }),
      await service.ask(create, { input: { ...input, engine: password } }),
      await service.ask(create, { input: { ...input, password: [password] } }),
      await service.ask(create, { input: { ...input, password: { password } } }),
      await service.ask(create, { input: { ...input, nope: 1 } }),
      await service.ask(create, { input: password }),
      await service.ask(create, { input: { ...input, host: `${password} at a host` } }),
      await service.ask(`mutation { createEndpoint(input: { port: "${password}" }) { __typename } }`),
      await service.ask(`mutation { createEndpoint(input: "${password}") { __typename } }`),
      await service.ask(`mutation { createEndpoint(input: { engine: "${password}" }) { __typename } }`),
      await service.ask(`mutation "${password}" { createEndpoint }`),
      await service.ask(`mutation { createEndpoint(input: { password: "${password} }) { __typename } }`),
      await service.ask(
        `mutation { testEndpoint(input: { id: "${id}" }) { ... on EndpointTest { error { code message } } } }`,
      ),
      await service.ask(
        'mutation ($input: UpdateEndpointInput!) { updateEndpoint(input: $input) { __typename } }',
        {
          input: { id, password },
        },
      ),
      await service.ask('{ endpoints { edges { node { id name username secretFingerprint } } } }'),
      await service.ask('{ auditLog(first: 100) { actor operation objectId code } }'),
    ];
    for (const { text } of answers) expect(text).not.toContain(password);
    const reader = await service.token(['read']);
    await service.stop();

    expect(service.output()).not.toContain(password);
    expect(service.output()).not.toContain(service.adminToken);
    const files = await filesOf(service.dataDir);
    expect(files.length).toBeGreaterThan(1);
    for (const { path, bytes } of files) {
      for (const form of forms(password)) expect([path, bytes.includes(form)]).toEqual([path, false]);
      expect([path, bytes.includes(reader.secret)]).toEqual([path, false]);
      if (!path.endsWith('admin.token'))
        expect([path, bytes.includes(service.adminToken)]).toEqual([path, false]);
    }
  });

  test('in files are readable by their owner alone', async () => {
    await using service = await RunningService.start();
    const modes = await Promise.all(
      (await filesOf(service.dataDir)).map(
        async ({ path }) => [path, (await stat(path)).mode & 0o077] as const,
      ),
    );
    const secret = modes.filter(([path]) => /token|key|opendts\.db/.test(path));
    expect(secret.length).toBeGreaterThan(2);
    expect(secret.filter(([, others]) => others !== 0)).toEqual([]);
  });
});
