import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codeOf, RunningService } from './running-service.ts';

let service: RunningService;
beforeAll(async () => {
  service = await RunningService.start();
});
afterAll(() => service[Symbol.asyncDispose]());

const endpointInput = (name: string) => ({
  ...{ name, engine: 'MYSQL', host: '127.0.0.1', port: 3306, username: 'u', password: 'first password' },
});
const createEndpoint = (input: object) =>
  service.ask(
    `mutation ($input: CreateEndpointInput!) { createEndpoint(input: $input) {
      __typename ... on Endpoint { id name host port username version secretFingerprint tls { mode } } ... on Error { code } } }`,
    { input },
  );
const updateEndpoint = (input: object) =>
  service.ask(
    `mutation ($input: UpdateEndpointInput!) { updateEndpoint(input: $input) {
      __typename ... on Endpoint { id name version secretFingerprint } ... on Error { code } ... on ConflictError { currentVersion } } }`,
    { input },
  );
const createTask = (input: object) =>
  service.ask(
    `mutation ($input: CreateTaskInput!) { createTask(input: $input) {
      __typename ... on Task { id name state desiredState version allowedOperations options { chunkBytes conflictMode } } ... on Error { code } } }`,
    { input },
  );
const countOf = async (field: 'endpoints' | 'tasks'): Promise<number> =>
  (await service.ask(`{ ${field}(first: 100) { edges { cursor } } }`)).data[field].edges.length;

describe('an idempotency key', () => {
  test('gives the first answer to a repeat, which changes nothing', async () => {
    const input = { ...endpointInput('once'), idempotencyKey: 'key-1' };
    const first = await createEndpoint(input);
    const before = await countOf('endpoints');
    const { idempotencyKey, ...rest } = input;
    const repeat = await createEndpoint({ idempotencyKey, ...rest });
    expect(first.data.createEndpoint.__typename).toBe('Endpoint');
    expect(repeat.data).toEqual(first.data);
    expect(await countOf('endpoints')).toBe(before);
  });

  test('gives it also to a repeat that comes at the same time', async () => {
    const input = { name: 'at once', kind: 'MIGRATION', idempotencyKey: 'key-2' };
    const answers = await Promise.all(Array.from({ length: 8 }, () => createTask(input)));
    expect(new Set(answers.map(({ data }) => data.createTask.id)).size).toBe(1);
  });

  test('refuses another request', async () => {
    await createEndpoint({ ...endpointInput('a'), idempotencyKey: 'key-3' });
    const before = await countOf('endpoints');
    const other = await createEndpoint({ ...endpointInput('b'), idempotencyKey: 'key-3' });
    expect(codeOf(other)).toBe('IDEMPOTENCY_CONFLICT');
    const password = await createEndpoint({ ...endpointInput('a'), password: 'x', idempotencyKey: 'key-3' });
    expect(codeOf(password)).toBe('IDEMPOTENCY_CONFLICT');
    expect(await countOf('endpoints')).toBe(before);
  });

  test('belongs to one token and one mutation', async () => {
    const { secret } = await service.token(['write']);
    const input = { name: 'mine', kind: 'MIGRATION', idempotencyKey: 'key-4' };
    const query = 'mutation ($input: CreateTaskInput!) { createTask(input: $input) { ... on Task { id } } }';
    const mine = await service.ask(query, { input });
    const theirs = await service.ask(query, { input: { ...input, name: 'theirs' } }, secret);
    expect(theirs.errors).toEqual([]);
    expect(theirs.data.createTask.id).not.toBe(mine.data.createTask.id);
    expect(codeOf(await createEndpoint({ ...endpointInput('c'), idempotencyKey: 'key-4' }))).toBeUndefined();
  });

  test('does not keep a refusal', async () => {
    const input = { name: 'x', kind: 'MIGRATION', sourceId: '0'.repeat(26), idempotencyKey: 'key-5' };
    expect(codeOf(await createTask(input))).toBe('NOT_FOUND');
    expect(
      codeOf(await createTask({ name: 'x', kind: 'MIGRATION', idempotencyKey: 'key-5' })),
    ).toBeUndefined();
  });

  test('never shows the secret of a token again', async () => {
    const query =
      'mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) { ... on CreatedApiToken { secret token { id } } } }';
    const input = { name: 'shown once', scopes: ['read'], idempotencyKey: 'key-6' };
    const first = (await service.ask(query, { input })).data.createApiToken;
    const repeat = (await service.ask(query, { input })).data.createApiToken;
    expect(first.secret).toMatch(/^odts_/);
    expect(repeat).toEqual({ secret: null, token: first.token });
  });
});

describe('a version', () => {
  test('grows with each change, and a stale one is refused', async () => {
    const { id, version } = (await createEndpoint(endpointInput('versioned'))).data.createEndpoint;
    const changed = await updateEndpoint({ id, name: 'changed', expectedVersion: version });
    expect(changed.data.updateEndpoint).toMatchObject({ name: 'changed' });
    const current = changed.data.updateEndpoint.version;
    expect(current).toBeGreaterThan(version);
    const stale = await updateEndpoint({ id, name: 'stale', expectedVersion: version });
    expect(stale.data.updateEndpoint).toEqual({
      ...{ __typename: 'ConflictError', code: 'CONFLICT', currentVersion: current },
    });
    const { data } = await service.ask(`{ endpoint(id: "${id}") { name version } }`);
    expect(data.endpoint).toEqual({ name: 'changed', version: current });
  });

  test('is asked for by every mutation that changes a task', async () => {
    const { id, version } = (await createTask({ name: 'versioned', kind: 'MIGRATION' })).data.createTask;
    const input = { id, expectedVersion: version + 7 };
    for (const name of [
      'configureTask',
      'runPrecheck',
      'startTask',
      'pauseTask',
      'stopTask',
      'destroyTask',
    ]) {
      const type = name === 'configureTask' ? 'ConfigureTaskInput' : 'TaskOperationInput';
      const answer = await service.ask(
        `mutation ($input: ${type}!) { ${name}(input: $input) { ... on Error { code } } }`,
        { input },
      );
      expect([name, codeOf(answer)]).toEqual([name, 'CONFLICT']);
    }
  });
});

describe('an endpoint', () => {
  test('keeps what is not given, and tells by its fingerprint whether the password changed', async () => {
    const { id, secretFingerprint } = (await createEndpoint(endpointInput('kept'))).data.createEndpoint;
    const renamed = (await updateEndpoint({ id, name: 'renamed', host: null })).data.updateEndpoint;
    expect(renamed).toMatchObject({ name: 'renamed', secretFingerprint });
    const same = (await updateEndpoint({ id, password: 'first password' })).data.updateEndpoint;
    expect(same.secretFingerprint).toBe(secretFingerprint);
    const other = (await updateEndpoint({ id, password: 'second password' })).data.updateEndpoint;
    expect(other.secretFingerprint).not.toBe(secretFingerprint);
    const { data } = await service.ask(`{ endpoint(id: "${id}") { host port tls { mode ca } } }`);
    expect(data.endpoint).toEqual({ host: '127.0.0.1', port: 3306, tls: { mode: 'PREFERRED', ca: null } });
  });

  test('is not deleted while a task names it', async () => {
    const { id } = (await createEndpoint(endpointInput('used'))).data.createEndpoint;
    const task = (await createTask({ name: 'user', kind: 'MIGRATION', sourceId: id })).data.createTask;
    const remove = () =>
      service.ask(
        `mutation { deleteEndpoint(input: { id: "${id}" }) { __typename ... on Error { code } ... on DeletedEndpoint { id } } }`,
      );
    expect(codeOf(await remove())).toBe('IN_USE');
    await service.ask(`mutation { destroyTask(input: { id: "${task.id}" }) { __typename } }`);
    expect((await remove()).data.deleteEndpoint).toEqual({ __typename: 'DeletedEndpoint', id });
    expect((await service.ask(`{ endpoint(id: "${id}") { id } }`)).data.endpoint).toBeNull();
  });

  test('that nobody listens at fails its test with a code', async () => {
    const { id } = (await createEndpoint({ ...endpointInput('closed'), port: 1 })).data.createEndpoint;
    const { data } = await service.ask(
      `mutation { testEndpoint(input: { id: "${id}" }) { ... on EndpointTest { ok error { code remedy } } } }`,
    );
    expect(data.testEndpoint).toMatchObject({ ok: false, error: { code: 'CONNECTION_FAILED' } });
  });
});

describe('a task', () => {
  test('begins as a draft with defaults and says what it allows', async () => {
    const { data } = await createTask({
      name: 'draft',
      kind: 'MIGRATION',
      options: { chunkBytes: '1048576' },
    });
    expect(data.createTask).toMatchObject({
      ...{ state: 'DRAFT', desiredState: 'IDLE' },
      options: { chunkBytes: '1048576', conflictMode: 'REPORT' },
    });
    expect(data.createTask.allowedOperations).toContain('configureTask');
    expect(data.createTask.allowedOperations).not.toContain('startTask');
  });

  test('refuses what its state does not allow, and says what it does', async () => {
    const { id, allowedOperations } = (await createTask({ name: 'refusing', kind: 'MIGRATION' })).data
      .createTask;
    const { data } = await service.ask(
      `mutation { startTask(input: { id: "${id}" }) { __typename ... on InvalidStateError { code state allowed } } }`,
    );
    expect(data.startTask).toEqual({
      ...{
        __typename: 'InvalidStateError',
        code: 'INVALID_STATE',
        state: 'DRAFT',
        allowed: allowedOperations,
      },
    });
  });

  test('without progress shows its phases as pending', async () => {
    const { id } = (await createTask({ name: 'pending', kind: 'MIGRATION' })).data.createTask;
    const { data } = await service.ask(
      `{ task(id: "${id}") { phase phases { name state } position { captured applied } errors { code } tables { edges { cursor } pageInfo { hasNextPage } } precheckReport { passed } } }`,
    );
    expect(data.task.phases).toHaveLength(8);
    expect(data.task).toMatchObject({
      ...{ phase: null, position: { captured: null, applied: null }, errors: [], precheckReport: null },
      tables: { edges: [], pageInfo: { hasNextPage: false } },
    });
  });
});

test('the audit log has a row per mutation, newest first, without values', async () => {
  const created = await createEndpoint({ ...endpointInput('audited'), password: 'never in the log' });
  const { id, version } = created.data.createEndpoint;
  await updateEndpoint({ id, name: 'audited again' });
  await updateEndpoint({ id, name: 'audited late', expectedVersion: version });
  const { secret } = await service.token(['read']);
  await service.ask(`mutation { deleteEndpoint(input: { id: "${id}" }) { __typename } }`, {}, secret);
  const { data, text } = await service.ask(
    '{ auditLog(first: 5) { operation objectId outcome code versionBefore versionAfter } }',
  );
  const after = version + 1;
  expect(data.auditLog).toMatchObject([
    { operation: 'deleteEndpoint', outcome: 'REFUSED', code: 'FORBIDDEN' },
    { operation: 'createApiToken', outcome: 'OK', code: null },
    { operation: 'updateEndpoint', objectId: id, outcome: 'REFUSED', code: 'CONFLICT' },
    { operation: 'updateEndpoint', objectId: id, outcome: 'OK', versionBefore: version, versionAfter: after },
    { operation: 'createEndpoint', objectId: id, outcome: 'OK', versionBefore: null, versionAfter: version },
  ]);
  expect(text).not.toContain('audited');
});
