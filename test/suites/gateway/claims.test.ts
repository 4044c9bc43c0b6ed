import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unknownId } from './requests.ts';
import { codeOf, RunningService } from './running-service.ts';

// An object whose maker may die before it has written the id down.

let service: RunningService;
beforeAll(async () => {
  service = await RunningService.start();
});
afterAll(() => service[Symbol.asyncDispose]());

interface Kind {
  readonly type: string;
  readonly input: object;
  /** From the result of the create to the object. */
  readonly result: string;
  readonly of?: string;
  readonly fields: string;
  /** All scopes but the one that it takes. */
  readonly others: readonly string[];
}

const kinds: readonly Kind[] = [
  {
    type: 'Endpoint',
    input: { name: 'left', engine: 'MYSQL', host: '127.0.0.1', port: 3306, username: 'u', password: 'p' },
    result: 'Endpoint { id claimed version updatedAt }',
    fields: 'id claimed version updatedAt',
    others: ['read', 'operate'],
  },
  {
    type: 'Task',
    input: { name: 'left', kind: 'MIGRATION' },
    result: 'Task { id claimed version updatedAt state }',
    fields: 'id claimed version updatedAt state',
    others: ['read', 'operate'],
  },
  {
    type: 'ApiToken',
    input: { name: 'left', scopes: ['read'] },
    result: 'CreatedApiToken { token { id claimed expiresAt revokedAt } }',
    of: 'token',
    fields: 'id claimed expiresAt revokedAt',
    others: ['read', 'operate', 'write'],
  },
];

describe.each(kinds)('$type', ({ type, input, result, of, fields, others }) => {
  const create = async (given: object = {}) => {
    const { data } = await service.ask(
      `mutation ($input: Create${type}Input!) { create${type}(input: $input) { ... on ${result} } }`,
      { input: { ...input, ...given } },
    );
    const made = data[`create${type}`];
    return of === undefined ? made : made[of];
  };
  const claim = (id: string, token?: string) =>
    service.ask(
      `mutation ($input: Claim${type}Input!) { claim${type}(input: $input) { ... on ${type} { ${fields} } ... on Error { code } } }`,
      { input: { id } },
      token,
    );
  const eventsOf = async () =>
    (await service.ask('{ taskEvents(after: "0", first: 100) { seq } }')).data.taskEvents.length;

  test('is claimed unless its maker says that it claims it later', async () => {
    expect((await create()).claimed).toBe(true);
    expect((await create({ claimed: null })).claimed).toBe(true);
    expect((await create({ claimed: false })).claimed).toBe(false);
  });

  test('is claimed, also again, and nothing else of it changes', async () => {
    const made = await create({ claimed: false });
    const events = await eventsOf();
    for (const _time of ['once', 'again']) {
      expect((await claim(made.id)).data[`claim${type}`]).toEqual({ ...made, claimed: true });
    }
    expect(await eventsOf()).toBe(events);
    const { data } = await service.ask('{ auditLog(first: 2) { operation objectId outcome } }');
    const entry = { operation: `claim${type}`, objectId: made.id, outcome: 'OK' };
    expect(data.auditLog).toEqual([entry, entry]);
  });

  test('is claimed by those alone who may make it, and must be there', async () => {
    const made = await create({ claimed: false });
    const { secret } = await service.token(others);
    expect(codeOf(await claim(made.id, secret))).toBe('FORBIDDEN');
    expect(codeOf(await claim(unknownId))).toBe('NOT_FOUND');
  });
});
