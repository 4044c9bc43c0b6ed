import type { GraphQLError } from 'graphql';
import { type Client, createClient } from 'graphql-sse';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RunningService } from './running-service.ts';

let service: RunningService;
beforeAll(async () => {
  service = await RunningService.start({ env: { OPENDTS_RATE_PER_MINUTE: '100000' } });
});
afterAll(() => service[Symbol.asyncDispose]());

interface Event {
  readonly seq: string;
  readonly taskId: string;
  readonly message: string;
}
const clientOf = (token = service.adminToken): Client =>
  createClient({
    url: `${service.url}/graphql`,
    headers: { authorization: `Bearer ${token}` },
    retryAttempts: 0,
  });

/** Events after `after`, as a client that reads them one by one. */
async function* follow(after: string, { taskId, token }: { taskId?: string; token?: string } = {}) {
  const client = clientOf(token);
  const results = client.iterate<{ taskEvents: Event }>({
    query:
      'subscription ($after: BigInt, $taskId: ID) { taskEvents(after: $after, taskId: $taskId) { seq taskId message } }',
    variables: { after, taskId },
  });
  try {
    for await (const { data, errors } of results) {
      if (errors) throw errors[0];
      if (data) yield data.taskEvents;
    }
  } finally {
    client.dispose();
  }
}
async function take<T>(events: AsyncIterable<T>, count: number): Promise<T[]> {
  const taken: T[] = [];
  for await (const event of events) {
    taken.push(event);
    if (taken.length === count) break;
  }
  return taken;
}

/** Makes a task and renames it; each step is an event. */
async function makeEvents(count: number): Promise<string> {
  const created = await service.ask(
    'mutation { createTask(input: { name: "e", kind: MIGRATION }) { ... on Task { id } } }',
  );
  const { id } = created.data.createTask;
  for (let step = 1; step < count; step++)
    await service.ask(
      'mutation ($input: ConfigureTaskInput!) { configureTask(input: $input) { __typename } }',
      { input: { id, name: `e ${step}` } },
    );
  return id;
}
const listed = async (after = '0', taskId?: string): Promise<Event[]> => {
  const events: Event[] = [];
  for (let last = after; ; ) {
    const { data } = await service.ask(
      'query ($after: BigInt, $taskId: ID) { taskEvents(after: $after, taskId: $taskId, first: 7) { seq taskId message } }',
      { after: last, taskId },
    );
    if (data.taskEvents.length === 0) return events;
    events.push(...data.taskEvents);
    last = data.taskEvents.at(-1).seq;
  }
};

describe('taskEvents', () => {
  test('gives stored events in order, then new ones as they come', async () => {
    await makeEvents(5);
    const before = await listed();
    const stream = follow('0');
    const old = await take({ [Symbol.asyncIterator]: () => stream }, before.length).catch(() => []);
    expect(old).toEqual(before);
  });

  test('loses nothing and doubles nothing over any number of breaks', async () => {
    const start = (await listed()).at(-1)?.seq ?? '0';
    const writing = makeEvents(40);
    const received: Event[] = [];
    let after = start;
    const taskId = await Promise.race([writing, nextEvent(start).then(({ taskId: id }) => id)]);
    for (const size of [1, 2, 3, 5, 8, 13]) {
      const part = await take(follow(after, { taskId }), size);
      received.push(...part);
      after = part.at(-1)?.seq ?? after;
    }
    await writing;
    const rest = (await listed(after, taskId)).length;
    received.push(...(await take(follow(after, { taskId }), rest)));
    expect(received).toEqual(await listed(start, taskId));
    const seqs = received.map(({ seq }) => Number(seq));
    expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
  });

  test('gives an event to a client that waits for it', async () => {
    const last = (await listed()).at(-1)?.seq ?? '0';
    const waiting = nextEvent(last);
    const id = await makeEvents(1);
    expect((await waiting).taskId).toBe(id);
  });

  test('of one task gives no events of others', async () => {
    const one = await makeEvents(3);
    await makeEvents(3);
    const events = await listed('0', one);
    expect(await take(follow('0', { taskId: one }), events.length)).toEqual(events);
    expect(new Set(events.map(({ taskId }) => taskId))).toEqual(new Set([one]));
  });

  test('of a task that does not exist is refused', async () => {
    await expect(take(follow('0', { taskId: '0'.repeat(26) }), 1)).rejects.toMatchObject({
      extensions: { code: 'NOT_FOUND' },
    });
  });

  test('needs the scope read', async () => {
    const { secret } = await service.token(['write']);
    await expect(take(follow('0', { token: secret }), 1)).rejects.toBeDefined();
  });

  test('ends when its token is revoked', async () => {
    const { id, secret } = await service.token(['read']);
    const last = (await listed()).at(-1)?.seq ?? '0';
    const taskId = await makeEvents(1);
    const received: Event[] = [];
    for await (const event of follow(last, { token: secret })) {
      received.push(event);
      await service.ask(`mutation { revokeApiToken(input: { id: "${id}" }) { __typename } }`);
    }
    expect(received.map((event) => event.taskId)).toContain(taskId);
  });
});

const nextEvent = async (after: string): Promise<Event> => {
  const [event] = await take(follow(after), 1);
  if (!event) throw new Error('the stream ended');
  return event;
};

describe('taskProgress', () => {
  const progress = (variables: object) =>
    clientOf().iterate({
      query:
        'subscription ($id: ID!, $perSecond: Float!) { taskProgress(id: $id, perSecond: $perSecond) { lagBytes } }',
      variables: { perSecond: 1, ...variables },
    });
  const drained = async (results: AsyncIterable<{ errors?: readonly GraphQLError[] }>) => {
    for await (const { errors } of results) if (errors) throw errors[0];
  };

  test('ends when the task is destroyed', async () => {
    const id = await makeEvents(1);
    const ended = drained(progress({ id }));
    await expect.poll(openStreams).toBe(1);
    await service.ask(`mutation { destroyTask(input: { id: "${id}" }) { __typename } }`);
    await ended;
  });

  test.each([
    ['an unknown task', { id: '0'.repeat(26) }, 'NOT_FOUND'],
    ['no id', { id: 'x' }, 'INVALID_INPUT'],
    ['more than ten values a second', { id: '0'.repeat(26), perSecond: 11 }, 'INVALID_INPUT'],
    ['values never', { id: '0'.repeat(26), perSecond: 0 }, 'INVALID_INPUT'],
  ])('of %s is refused', async (_what, variables, code) => {
    await expect(drained(progress(variables))).rejects.toMatchObject({ extensions: { code } });
  });
});

const openStreams = async (): Promise<number> => {
  const response = await fetch(`${service.url}/metrics`, {
    headers: { authorization: `Bearer ${service.adminToken}` },
  });
  return Number(/^opendts_live_streams (\d+)$/m.exec(await response.text())?.[1]);
};

describe('a live stream', () => {
  const open = (signal?: AbortSignal) =>
    fetch(`${service.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        authorization: `Bearer ${service.adminToken}`,
      },
      body: JSON.stringify({ query: 'subscription { taskEvents(after: 999999) { seq } }' }),
      ...(signal ? { signal } : {}),
    });
  test('is not held back by a proxy', async () => {
    const leave = new AbortController();
    const { headers } = await open(leave.signal);
    leave.abort();
    expect(headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(headers.get('x-accel-buffering')).toBe('no');
    expect(headers.get('cache-control')).toBe('no-cache');
  });

  test('is forgotten when its client leaves', async () => {
    await expect.poll(openStreams).toBe(0);
    const leave = new AbortController();
    await Promise.all(Array.from({ length: 5 }, () => open(leave.signal)));
    await expect.poll(openStreams).toBe(5);
    leave.abort();
    await expect.poll(openStreams).toBe(0);
  });

  test('is one of at most 32 for a token', async () => {
    const leave = new AbortController();
    await Promise.all(Array.from({ length: 32 }, () => open(leave.signal)));
    await expect.poll(openStreams).toBe(32);
    const text = await (await open()).text();
    leave.abort();
    expect(text).toContain('LIMIT_EXCEEDED');
  });
});
