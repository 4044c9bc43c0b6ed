import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hostileInputs, mutations, neededInput, unknownId, validValue } from './requests.ts';
import { codeOf, RunningService } from './running-service.ts';

let service: RunningService;
beforeAll(async () => {
  service = await RunningService.start({ env: { OPENDTS_RATE_PER_MINUTE: '1000000' } });
  await service.ask(
    'mutation { createEndpoint(input: { name: "here", engine: MYSQL, host: "127.0.0.1", username: "u", password: "p" }) { __typename } }',
  );
  await service.ask('mutation { createTask(input: { name: "there", kind: MIGRATION }) { __typename } }');
});
afterAll(() => service[Symbol.asyncDispose]());

/** All that a mutation could have changed. */
async function stored(): Promise<string> {
  const { text, errors } = await service.ask(`{
    endpoints(first: 100) { edges { node { id name host port username version updatedAt secretFingerprint } } }
    tasks(first: 100) { edges { node { id name kind state desiredState version updatedAt objects { databases { name } } } } }
    apiTokens(first: 100) { edges { node { id name scopes expiresAt revokedAt } } }
    taskEvents(first: 100) { seq message }
  }`);
  expect(errors).toEqual([]);
  return text;
}

test.each([
  ['an element', { scopes: ['read', null] }, 'input.scopes.1'],
  ['a field', { scopes: ['read'], expiresAt: '2027-02-31T00:00:00Z' }, 'input.expiresAt'],
])('tells where a value of the wrong type is: %s', async (_what, given, path) => {
  const query = 'mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) { __typename } }';
  const { errors } = await service.ask(query, { input: { name: 'x', ...given } });
  expect(errors[0]?.extensions.issues).toMatchObject([{ path }]);
});

describe.each(mutations)('$name', ({ inputType, query }) => {
  const hostile = [...hostileInputs(inputType)];

  test.each(hostile)('refuses $what', async ({ input }) => {
    const before = await stored();
    const answer = await service.ask(query, { input });
    expect(codeOf(answer)).toBe('INVALID_INPUT');
    expect(answer.errors[0]?.extensions.issues).toContainEqual({
      path: expect.any(String),
      message: expect.stringMatching(/\w/),
    });
    expect(answer.text.length).toBeLessThan(2000);
    expect(await stored()).toBe(before);
  });

  test('refuses a request without its input', async () => {
    expect(codeOf(await service.ask(query, {}))).toBe('INVALID_INPUT');
    expect(codeOf(await service.ask(query, { input: null }))).toBe('INVALID_INPUT');
  });

  describe('refuses', () => {
    const input = validValue(inputType);
    const valid = { ...(input as object), ...('id' in inputType.getFields() ? { id: unknownId } : {}) };

    test.each([
      ['no token', null],
      ['a token that is none', 'odts_nonsense'],
      ['a token with a letter too many', undefined],
    ])('%s', async (_what, given) => {
      const before = await stored();
      const token = given === undefined ? `${service.adminToken}x` : given;
      const answer = await service.ask(query, { input: valid }, token);
      expect([answer.status, codeOf(answer)]).toEqual([401, 'UNAUTHENTICATED']);
      expect(await stored()).toBe(before);
    });

    test('a token with the scope read alone', async () => {
      const { secret } = await service.token(['read']);
      const before = await stored();
      const answer = await service.ask(query, { input: valid }, secret);
      expect([answer.status, codeOf(answer)]).toEqual([403, 'FORBIDDEN']);
      expect(await stored()).toBe(before);
    });
  });
});

describe.each(mutations.filter(({ inputType }) => 'id' in inputType.getFields()))(
  '$name',
  ({ name, inputType, query }) => {
    test('refuses an id that no object has', async () => {
      const before = await stored();
      const answer = await service.ask(query, { input: { ...neededInput(inputType), id: unknownId } });
      expect(codeOf(answer)).toBe('NOT_FOUND');
      expect(answer.data[name]).toMatchObject({
        __typename: 'NotFoundError',
        remedy: expect.stringMatching(/\w/),
      });
      expect(await stored()).toBe(before);
    });
  },
);

describe('a token', () => {
  const ask = (secret: string) => service.ask('{ capabilities { version } }', {}, secret);

  test('is refused from its expiry on', async () => {
    const expiresAt = new Date(Date.now() + 1500).toISOString();
    const { secret } = await service.token(['read'], expiresAt);
    expect(codeOf(await ask(secret))).toBeUndefined();
    await expect.poll(async () => codeOf(await ask(secret)), { timeout: 10_000 }).toBe('UNAUTHENTICATED');
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(expiresAt));
  });

  test('is found by its id, also when it is revoked; an id that none has gives null', async () => {
    const { id } = await service.token(['read']);
    const find = async (each: string) =>
      (await service.ask(`{ apiToken(id: "${each}") { id scopes revokedAt } }`)).data.apiToken;
    expect(await find(id)).toEqual({ id, scopes: ['read'], revokedAt: null });
    await service.ask(`mutation { revokeApiToken(input: { id: "${id}" }) { __typename } }`);
    expect(await find(id)).toMatchObject({ id, revokedAt: expect.any(String) });
    expect(await find(unknownId)).toBeNull();
  });

  test('is refused once it is revoked', async () => {
    const { id, secret } = await service.token(['read']);
    expect(codeOf(await ask(secret))).toBeUndefined();
    await service.ask(`mutation { revokeApiToken(input: { id: "${id}" }) { __typename } }`);
    expect(codeOf(await ask(secret))).toBe('UNAUTHENTICATED');
  });

  test.each([
    ['write', 'operate', `mutation { startTask(input: { id: "${unknownId}" }) { __typename } }`],
    ['operate', 'write', `mutation { deleteEndpoint(input: { id: "${unknownId}" }) { __typename } }`],
    ['operate', 'admin', `mutation { revokeApiToken(input: { id: "${unknownId}" }) { __typename } }`],
    ['write', 'read', '{ endpoints { edges { node { id } } } }'],
    ['read', 'admin', '{ auditLog { seq } }'],
    ['read', 'admin', `{ apiToken(id: "${unknownId}") { id } }`],
    ['read', 'admin', '{ apiTokens { edges { node { id } } } }'],
  ])('of scope %s lacks %s', async (has, lacks, query) => {
    const { secret } = await service.token([has]);
    const answer = await service.ask(query, {}, secret);
    expect([answer.status, codeOf(answer)]).toEqual([403, 'FORBIDDEN']);
    expect(answer.errors[0]?.extensions.scope).toBe(lacks);
  });
});

describe('SQL in a name', () => {
  test.each(["Robert'); DROP TABLE tasks; --", '" OR 1=1 --', '`; DELETE FROM endpoints; #', '%_\\'])(
    '%s is a name like another',
    async (name) => {
      const created = await service.ask(
        'mutation ($input: CreateTaskInput!) { createTask(input: $input) { ... on Task { id name } } }',
        { input: { name, kind: 'MIGRATION' } },
      );
      expect(created.data.createTask.name).toBe(name);
      const found = await service.ask(
        'query ($text: String!) { tasks(filter: { nameContains: $text }) { edges { node { name } } } }',
        { text: name },
      );
      expect(found.data.tasks.edges).toEqual([{ node: { name } }]);
      await service.ask(
        `mutation { destroyTask(input: { id: "${created.data.createTask.id}" }) { __typename } }`,
      );
    },
  );
});

describe('a selection', () => {
  const create = (databases: object[]) =>
    service.ask(
      'mutation ($input: CreateTaskInput!) { createTask(input: $input) { __typename ... on Error { code message } } }',
      { input: { name: 'selection', kind: 'MIGRATION', objects: { databases } } },
    );

  test.each([
    ['no database', []],
    ['a database twice', [{ name: 'a' }, { name: 'a' }]],
    [
      'two databases with one name at the target',
      [
        { name: 'a', as: 'c' },
        { name: 'b', as: 'c' },
      ],
    ],
    ['a table twice', [{ name: 'a', tables: [{ name: 't' }, { name: 't' }] }]],
    [
      'two tables with one name at the target',
      [
        {
          name: 'a',
          tables: [
            { name: 't', as: 'v' },
            { name: 'u', as: 'v' },
          ],
        },
      ],
    ],
    ['tables and tables to leave out', [{ name: 'a', tables: [{ name: 't' }], excludeTables: ['u'] }]],
    ['a name that ends with a space', [{ name: 'a ' }]],
    ['a name of 65 characters', [{ name: 'a'.repeat(65) }]],
  ])('of %s is refused', async (_what, databases) => {
    const before = await stored();
    expect(codeOf(await create(databases))).toBe('INVALID_INPUT');
    expect(await stored()).toBe(before);
  });
});
