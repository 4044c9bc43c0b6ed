import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerOf, codeOf, RunningService } from './running-service.ts';

let service: RunningService;
beforeAll(async () => {
  service = await RunningService.start({ env: { OPENDTS_BODY_LIMIT_BYTES: '20000' } });
});
afterAll(() => service[Symbol.asyncDispose]());

const nested = (depth: number): string => (depth === 0 ? 'name' : `ofType { ${nested(depth - 1)} }`);
const repeated = (count: number, field: (index: number) => string) =>
  `{ ${Array.from({ length: count }, (_, index) => field(index)).join(' ')} }`;

describe('a document is refused', () => {
  test.each([
    ['that is too deep', `{ __type(name: "Task") { ${nested(20)} } }`],
    ['with too many aliases', repeated(31, (index) => `a${index}: capabilities { version }`)],
    ['with too many directives', `{ capabilities { version ${'@include(if: true) '.repeat(21)} } }`],
    ['of too many words', repeated(1000, () => 'capabilities { version }')],
    [
      'that asks for too much at once',
      '{ tasks(first: 100) { edges { node { tables(first: 100) { edges { node { name } } } } } } }',
    ],
  ])('%s', async (_what, query) => {
    const answer = await service.ask(query);
    expect(codeOf(answer)).toBe('LIMIT_EXCEEDED');
    expect(answer.data ?? { tasks: null }).toEqual({ tasks: null });
  });

  test('by the documented limit, which capabilities tell', async () => {
    const { data } = await service.ask('{ capabilities { limits { complexity } } }');
    const { errors } = await service.ask(
      '{ tasks(first: 100) { edges { node { tables(first: 100) { edges { node { name } } } } } } }',
    );
    expect(errors[0]?.message).toContain(`more than ${data.capabilities.limits.complexity}`);
  });

  test('with a fragment that contains itself', async () => {
    const answer = await service.ask('{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }');
    expect(codeOf(answer)).toBe('INVALID_INPUT');
  });

  test.each([
    ['that is no GraphQL', '{ nope '],
    ['with an unknown field', '{ tsks { id } }'],
    ['without an operation', 'fragment a on Query { capabilities { version } }'],
  ])('%s', async (_what, query) => {
    const answer = await service.ask(query);
    expect(codeOf(answer)).toBe('INVALID_INPUT');
    expect(answer.text).not.toMatch(/did you mean/i);
  });

  test('and answers a whole page of tasks with their progress', async () => {
    const query =
      '{ tasks(first: 100) { edges { node { id name state phases { name percent } progress { rowsCopied lagMillis } } } } }';
    expect((await service.ask(query)).errors).toEqual([]);
  });
});

describe('a request is refused', () => {
  const query = '{ capabilities { version } }';

  test('that is too long', async () => {
    const answer = await service.ask(`${query} #${'x'.repeat(20_000)}`);
    expect([answer.status, codeOf(answer)]).toEqual([413, 'LIMIT_EXCEEDED']);
  });

  test('that does not say how long it is', async () => {
    const answer = await new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
      const request = httpRequest(`${service.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${service.adminToken}` },
      });
      request.once('error', reject);
      request.once('response', async (response) => {
        let text = '';
        for await (const chunk of response) text += chunk;
        resolve({ status: response.statusCode, text });
      });
      request.write(JSON.stringify({ query }));
      request.end();
    });
    expect(answer.status).toBe(411);
    expect(answer.text).toContain('INVALID_INPUT');
  });

  test.each([
    ['no JSON', '{"query":'],
    ['no object', '"x"'],
    ['null', 'null'],
    ['no query', '{}'],
    ['a query that is no text', '{"query": 7}'],
    ['variables that are no object', `{"query": "${query}", "variables": 7}`],
    ['a field that GraphQL does not know', `{"query": "${query}", "nope": 1}`],
    ['a batch', `[{"query": "${query}"}, {"query": "${query}"}]`],
  ])('whose body is %s', async (_what, body) => {
    const answer = await service.send(body);
    expect(answer.errors[0]?.extensions.code).toBe('INVALID_INPUT');
    expect(answer.data).toBeUndefined();
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'that a foreign page could send, as %s',
    async (type) => {
      const answer = await service.send(JSON.stringify({ query }), { headers: { 'content-type': type } });
      expect([answer.status, codeOf(answer)]).toEqual([403, 'FORBIDDEN']);
    },
  );

  test('that a foreign page could send, as GET', async () => {
    const answer = await answerOf(
      await fetch(`${service.url}/graphql?query=${encodeURIComponent(query)}`, {
        headers: { authorization: `Bearer ${service.adminToken}` },
      }),
    );
    expect([answer.status, codeOf(answer)]).toEqual([403, 'FORBIDDEN']);
  });

  test('that asks for the schema without a token', async () => {
    const answer = await service.ask('{ __schema { types { name } } }', {}, null);
    expect([answer.status, codeOf(answer)]).toEqual([401, 'UNAUTHENTICATED']);
    expect(answer.text).not.toContain('Endpoint');
  });

  test('from another origin, by the browser: nothing allows it', async () => {
    const response = await fetch(`${service.url}/graphql`, {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    });
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });
});

test('only listed origins are allowed', async () => {
  await using listed = await RunningService.start({
    env: { OPENDTS_CORS_ORIGINS: 'https://console.example' },
  });
  const allowed = async (origin: string) => {
    const headers = { origin, 'access-control-request-method': 'POST' };
    const response = await fetch(`${listed.url}/graphql`, { method: 'OPTIONS', headers });
    return response.headers.get('access-control-allow-origin');
  };
  expect(await allowed('https://console.example')).toBe('https://console.example');
  expect(await allowed('https://evil.example')).not.toBe('https://evil.example');
});

test('a token that asks too often is told how long to wait; others are served', async () => {
  await using slow = await RunningService.start({ env: { OPENDTS_RATE_PER_MINUTE: '10' } });
  const other = await slow.token(['read']);
  const answers = [];
  for (let count = 0; count < 10; count++) answers.push(await slow.ask('{ capabilities { version } }'));
  const last = answers.at(-1);
  expect([last?.status, last && codeOf(last)]).toEqual([429, 'RATE_LIMITED']);
  expect(last?.errors[0]?.extensions.retryAfterMs).toBeGreaterThan(0);
  expect(Number(last?.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(codeOf(await slow.ask('{ capabilities { version } }', {}, other.secret))).toBeUndefined();
});

test('an address that guesses tokens is told to wait; a valid token is served', async () => {
  await using guessed = await RunningService.start();
  const codes = [];
  for (let count = 0; count < 61; count++)
    codes.push(codeOf(await guessed.ask('{ capabilities { version } }', {}, `odts_guess${count}`)));
  expect(codes.at(0)).toBe('UNAUTHENTICATED');
  expect(codes.at(-1)).toBe('RATE_LIMITED');
  expect(codeOf(await guessed.ask('{ capabilities { version } }'))).toBeUndefined();
});

describe('beside GraphQL', () => {
  const get = (path: string, token?: string) =>
    fetch(`${service.url}${path}`, token ? { headers: { authorization: `Bearer ${token}` } } : {});

  test('/health and /ready answer everybody', async () => {
    expect(await (await get('/health')).json()).toEqual({ status: 'ok' });
    expect(await (await get('/ready')).json()).toEqual({ status: 'ready' });
  });

  test('/metrics answers a token of scope read', async () => {
    const { secret } = await service.token(['read']);
    const { secret: writer } = await service.token(['write']);
    expect((await get('/metrics')).status).toBe(401);
    expect((await get('/metrics', writer)).status).toBe(403);
    const text = await (await get('/metrics', secret)).text();
    expect(text).toMatch(/^opendts_tasks\{state="RUNNING"\} 0$/m);
    expect(text).toMatch(/^opendts_graphql_operations_total\{kind="query",outcome="ok"\} [1-9]/m);
    expect(text).toMatch(/^opendts_http_request_duration_seconds_count\{.*route="\/graphql"/m);
  });

  test('labels do not grow with what clients send', async () => {
    for (let count = 0; count < 20; count++) await get(`/nowhere/${count}?x=${count}`);
    const text = await (await get('/metrics', service.adminToken)).text();
    const routes = new Set([...text.matchAll(/route="([^"]*)"/g)].map(([, route]) => route));
    expect([...routes].sort()).toEqual(expect.arrayContaining(['/graphql', 'other']));
    expect([...routes].filter((route) => route?.includes('nowhere'))).toEqual([]);
  });

  test('nothing else exists', async () => {
    expect((await get('/')).status).toBe(404);
    expect((await get('/graphql/x')).status).toBe(404);
  });
});
