import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Connection } from '../../../../terraform/provider/connection.ts';
import { GatewayClient } from '../../../../terraform/provider/gateway/client.ts';
import { journalOf } from '../../../../terraform/provider/journal.ts';
import { KeptRecords } from '../../../../terraform/provider/kept-records.ts';
import { Ownership } from '../../../../terraform/provider/ownership.ts';
import type { ProviderError } from '../../../../terraform/provider/protocol/contracts/diagnostics.ts';
import type { Resource } from '../../../../terraform/provider/protocol/contracts/resource.ts';
import { UNKNOWN } from '../../../../terraform/provider/protocol/values/unknown.ts';
import { provider } from '../../../../terraform/provider/provider.ts';
import { openStage, type Stage } from '../../../product/stage.ts';
import { WorkingDirectory } from './working-directory.ts';
import { type Managed, type Told, Workspace } from './workspace.ts';

let stage: Stage;
let directory: WorkingDirectory;
let workspace: Workspace;
let name: string;
let names = 0;

beforeAll(async () => {
  directory = new WorkingDirectory();
  stage = await openStage();
  await stage.source.query("CREATE USER dts IDENTIFIED BY 'first'");
});
afterAll(async () => {
  directory[Symbol.dispose]();
  await stage?.[Symbol.asyncDispose]();
});
beforeEach(async () => {
  workspace = await opened();
  name = `endpoint ${++names}`;
});

async function opened(config: object = {}): Promise<Workspace> {
  const fresh = new Workspace();
  const told = await fresh.configure({ endpoint: stage.service.url, token: stage.service.token, ...config });
  expect(told).toEqual([]);
  return fresh;
}

/** With a token that may only read. */
async function reader(): Promise<Workspace> {
  const scopes = ['read'];
  const made = await stage.client.mutate<{ secret: string }>('createApiToken', { name, scopes }, 'secret');
  return await opened({ token: made.secret });
}

const SILENT = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };
const PEM = '-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n';

const type = 'opendts_endpoint';
const endpointOf = (config: object = {}) => {
  const { host, port } = stage.source;
  return { name, engine: 'mysql', host, port, username: 'dts', password_wo: 'first', ...config };
};

async function made(config: object = {}, resource = type): Promise<Managed> {
  const { managed, told } = await workspace.apply(resource, { ...config });
  expect(told).toEqual([]);
  if (managed === undefined) throw new Error(`no ${resource} was made`);
  return managed;
}

const canLogIn = async ({ state }: Managed) =>
  (await stage.client.mutate<{ ok: boolean }>('testEndpoint', { id: state.id }, 'ok')).ok;
const setOutside = ({ state }: Managed, change: object) =>
  stage.client.mutate('updateEndpoint', { id: state.id, ...change }, 'id');
/** Grows with every change that reaches the service. */
async function versionOf({ state }: Managed): Promise<number> {
  const document = 'query ($id: ID!) { endpoint(id: $id) { version } }';
  return (await stage.client.query<{ endpoint: { version: number } }>(document, { id: state.id })).endpoint
    .version;
}
const texts = (told: readonly Told[]) => told.map(({ summary, path }) => [path, summary]);

describe('an endpoint', () => {
  test('is saved with its defaults; its second plan is empty, and the service can use it', async () => {
    const endpoint = await made(endpointOf());
    expect(endpoint.state).toMatchObject({ tls: { mode: 'preferred', ca: null }, password: null });
    expect(await workspace.plan(type, endpointOf(), endpoint)).toMatchObject({ action: 'none', told: [] });
    expect(await canLogIn(endpoint)).toBe(true);
  });

  test('keeps a write-only password out of plan, state and private state', async () => {
    const secret = 'never to be seen';
    const config = endpointOf({ password_wo: secret });
    const plan = await workspace.plan(type, config);
    const endpoint = await made(config);
    const kept = JSON.stringify([plan.state, endpoint.state]) + Buffer.from(endpoint.privateState);
    expect(kept).not.toContain(secret);
  });

  test('is changed in place, and what is removed has its default again', async () => {
    const endpoint = await made(endpointOf({ tls: { mode: 'required' } }));
    const changed = await workspace.apply(
      type,
      endpointOf({ name: `${name} b`, username: 'root' }),
      endpoint,
    );
    expect(changed.told).toEqual([]);
    expect(changed.managed?.state).toMatchObject({
      ...{ id: endpoint.state.id, name: `${name} b`, username: 'root', tls: { mode: 'preferred', ca: null } },
      secret_fingerprint: endpoint.state.secret_fingerprint,
    });
  });

  test('of another engine is changed in place, also while a task uses it', async () => {
    const endpoint = await made(endpointOf({ engine: 'mariadb' }));
    const sourceId = endpoint.state.id;
    const draft = await stage.client.mutate<{ id: string }>(
      'createTask',
      { name, kind: 'MIGRATION', sourceId },
      'id',
    );
    const { managed, told } = await workspace.apply(type, endpointOf(), endpoint);
    expect(told).toEqual([]);
    expect(managed?.state).toEqual({ ...endpoint.state, engine: 'mysql' });
    expect(await workspace.plan(type, endpointOf(), managed)).toMatchObject({ action: 'none', told: [] });
    await stage.client.mutate('destroyTask', { id: draft.id }, 'id');
  });

  test('that was deleted by somebody else is made anew, and its destroy is no failure', async () => {
    const endpoint = await made(endpointOf());
    await stage.client.mutate('deleteEndpoint', { id: endpoint.state.id }, 'id');
    expect(await workspace.destroy(endpoint)).toEqual([]);
    const again = await workspace.apply(type, endpointOf(), endpoint);
    expect(again.managed?.state.id).not.toBe(endpoint.state.id);
  });

  test('that somebody else changed is changed back', async () => {
    const endpoint = await made(endpointOf());
    await setOutside(endpoint, { username: 'mallory', port: 1 });
    expect((await workspace.plan(type, endpointOf(), endpoint)).action).toBe('update');
    const { managed } = await workspace.apply(type, endpointOf(), endpoint);
    expect(managed?.state).toMatchObject({ username: 'dts', port: stage.source.port });
  });

  test('in use by a task is not deleted, and the refusal says so', async () => {
    const endpoint = await made(endpointOf());
    const sourceId = endpoint.state.id;
    await stage.client.mutate('createTask', { name, kind: 'MIGRATION', sourceId }, 'id');
    const told = await workspace.destroy(endpoint);
    expect(told).toMatchObject([
      { severity: 'error', summary: `The endpoint "${name}" is in use, and is not deleted` },
    ]);
    expect(told[0]?.detail).toMatch(/used by 1 task.*Request: [\w-]+\..*"moved" block/s);
  });
});

describe('a password', () => {
  test('without a version is compared with the one that the service keeps', async () => {
    const endpoint = await made(endpointOf());
    const plan = await workspace.plan(type, endpointOf({ password_wo: 'second' }), endpoint);
    expect(plan.action).toBe('update');
    const { managed } = await workspace.apply(type, endpointOf({ password_wo: 'second' }), endpoint);
    expect(managed?.state.secret_fingerprint).not.toBe(endpoint.state.secret_fingerprint);
    expect(await canLogIn(endpoint)).toBe(false);
  });

  test('with a version is sent when the version changes, and only then', async () => {
    const endpoint = await made(endpointOf({ password_wo_version: 1 }));
    const rotated = endpointOf({ password_wo: 'second', password_wo_version: 1 });
    expect((await workspace.plan(type, rotated, endpoint)).action).toBe('none');
    const { managed } = await workspace.apply(type, { ...rotated, password_wo_version: 2 }, endpoint);
    expect(managed?.state.password_wo_version).toBe(2);
    expect(managed?.state.secret_fingerprint).not.toBe(endpoint.state.secret_fingerprint);
  });

  test.each([
    ['a write-only one', { password_wo_version: 1 }],
    ['one in the state', { password_wo: null, password: 'first' }],
  ])('that somebody else has set is set back: %s', async (_what, given) => {
    const endpoint = await made(endpointOf(given));
    await setOutside(endpoint, { password: 'of somebody else' });
    expect(await canLogIn(endpoint)).toBe(false);
    expect((await workspace.plan(type, endpointOf(given), endpoint)).action).toBe('update');
    const { managed } = await workspace.apply(type, endpointOf(given), endpoint);
    expect(await canLogIn(endpoint)).toBe(true);
    expect((await workspace.plan(type, endpointOf(given), managed)).action).toBe('none');
  });
});

describe('a password that somebody else has set, and that is the very one of the configuration', () => {
  test.each<[string, object]>([
    ['with a version', { password_wo_version: 1 }],
    ['without one', {}],
  ])('plans no change, and the next one that is set is noticed: %s', async (_what, version) => {
    const endpoint = await made(endpointOf(version));
    const given = endpointOf({ ...version, password_wo: 'second' });
    await setOutside(endpoint, { password: 'second' });
    const { action, told } = await workspace.plan(type, given, endpoint);
    expect({ action, told }).toEqual({ action: 'none', told: [] });
    const { managed } = await workspace.apply(type, given, endpoint);
    await setOutside(endpoint, { password: 'of somebody else' });
    expect((await workspace.plan(type, given, managed)).action).toBe('update');
  });

  test('leaves the precheck of a new task in the plan, also where its version is raised', async () => {
    const endpoint = await made(endpointOf({ password_wo_version: 1 }));
    await workspace.plan(type, endpointOf({ password_wo_version: 2 }), endpoint);
    const { host, port } = stage.target;
    const target = await made({ ...endpointOf({ name: `${name} target`, host, port, username: 'root' }) });
    const task = {
      name,
      source_id: endpoint.state.id,
      target_id: target.state.id,
      databases: { nowhere: {} },
    };
    const { told } = await workspace.plan('opendts_sync_task', task);
    expect(told.map(({ severity }) => severity)).toContain('error');
  });
});

describe('a password that the service keeps already', () => {
  const kept = async (given: object, endpoint: Managed, before: Managed | undefined) => {
    expect((await workspace.plan(type, endpointOf(given), before)).action).toBe('update');
    const version = await versionOf(endpoint);
    const { managed, told } = await workspace.apply(type, endpointOf(given), before);
    expect(told).toEqual([]);
    const { secret_fingerprint } = endpoint.state;
    expect(managed?.state).toMatchObject({ password: null, ...given, password_wo: null, secret_fingerprint });
    expect(await versionOf(endpoint)).toBe(version);
    expect((await workspace.plan(type, endpointOf(given), managed)).action).toBe('none');
    return managed;
  };

  test.each([
    ['with a version', { password_wo_version: 7 }],
    ['in the state', { password_wo: null, password: 'first' }],
  ])(
    'is taken down after an import and not sent, and another one is noticed then: %s',
    async (_what, given) => {
      const endpoint = await made(endpointOf());
      const imported = await workspace.import(type, endpoint.state.id);
      const managed = await kept(given, endpoint, imported.managed);
      await setOutside(endpoint, { password: 'of somebody else' });
      expect((await workspace.plan(type, endpointOf(given), managed)).action).toBe('update');
    },
  );

  test('is not sent when it gets a version, loses it, or moves out of the state', async () => {
    const endpoint = await made(endpointOf());
    const versioned = await kept({ password_wo_version: 1 }, endpoint, endpoint);
    const compared = await kept({ password_wo_version: null }, endpoint, versioned);
    const open = await kept({ password_wo: null, password: 'first' }, endpoint, compared);
    await kept({ password_wo_version: 2 }, endpoint, open);
  });

  test('is another than the one of the configuration: that is sent, with its first version', async () => {
    const endpoint = await made(endpointOf());
    const { managed } = await workspace.import(type, endpoint.state.id);
    const given = endpointOf({ password_wo: 'second', password_wo_version: 1 });
    const applied = await workspace.apply(type, given, managed);
    expect(applied.managed?.state.password_wo_version).toBe(1);
    expect(applied.managed?.state.secret_fingerprint).not.toBe(endpoint.state.secret_fingerprint);
    expect(await canLogIn(endpoint)).toBe(false);
  });
});

describe('a password that becomes another one between a plan and its apply', () => {
  test.each<[string, object]>([
    ['another change is planned', { name: 'renamed since', username: 'root' }],
    ['its first version is planned', { password_wo_version: 1 }],
  ])('is sent, where %s', async (_what, change) => {
    const endpoint = await made(endpointOf());
    const early = endpointOf(change);
    const late = endpointOf({ ...change, password_wo: 'second' });
    const { managed, told } = await workspace.apply(type, late, endpoint, { early });
    expect(told).toEqual([]);
    expect(managed?.state.secret_fingerprint).not.toBe(endpoint.state.secret_fingerprint);
    expect((await workspace.plan(type, late, managed)).action).toBe('none');
  });

  test('is sent where a token that may only read has planned another change', async () => {
    const endpoint = await made(endpointOf());
    const early = endpointOf({ username: 'root' });
    const planned = await (await reader()).plan(type, early, endpoint);
    expect(planned).toMatchObject({ action: 'update', told: [], state: { secret_fingerprint: UNKNOWN } });
    const late = { ...early, password_wo: 'second' };
    const { managed, told } = await workspace.apply(type, late, endpoint, { early });
    expect(told).toEqual([]);
    expect(managed?.state.secret_fingerprint).not.toBe(endpoint.state.secret_fingerprint);
  });
});

describe('a password that cannot be compared while it is planned', () => {
  test('because it is not known yet is compared when the plan is applied', async () => {
    const endpoint = await made(endpointOf());
    const early = endpointOf({ password_wo: UNKNOWN });
    const plan = await workspace.plan(type, early, endpoint);
    expect(plan).toMatchObject({ action: 'update', state: { secret_fingerprint: UNKNOWN } });
    const same = await workspace.apply(type, endpointOf(), endpoint, { early });
    expect(same.managed?.state).toEqual(endpoint.state);
    const other = await workspace.apply(type, endpointOf({ password_wo: 'second' }), endpoint, { early });
    expect(other.told).toEqual([]);
    expect(other.managed?.state.secret_fingerprint).not.toBe(endpoint.state.secret_fingerprint);
    expect(await canLogIn(endpoint)).toBe(false);
  });

  test('because the token may only read is told in the plan, which is made', async () => {
    const endpoint = await made(endpointOf());
    const reading = await reader();
    expect(await reading.plan(type, endpointOf(), endpoint)).toMatchObject({
      action: 'none',
      told: [{ severity: 'warning', path: 'password_wo', detail: expect.stringContaining('scope "write"') }],
    });
    const rotated = endpointOf({ password_wo: 'second', password_wo_version: 1 });
    expect(await reading.plan(type, rotated, endpoint)).toMatchObject({ action: 'update', told: [] });
  });
});

describe('an import', () => {
  test('is followed by an empty plan', async () => {
    const endpoint = await made(endpointOf());
    for (const id of [endpoint.state.id, name, `name:${name}`]) {
      const { managed, told } = await workspace.import(type, id);
      expect(told).toEqual([]);
      expect(managed?.state).toMatchObject({ id: endpoint.state.id, name });
      expect(await workspace.plan(type, endpointOf(), managed)).toMatchObject({ action: 'none', told: [] });
    }
  });

  test('by a name that several have asks for an id', async () => {
    await made(endpointOf());
    await stage.client.mutate('createEndpoint', { ...outside(), name }, 'id');
    const { told } = await workspace.import(type, name);
    expect(told).toMatchObject([{ summary: `Several endpoints have the name "${name}"` }]);
  });
});

const outside = () => {
  const { host, port } = stage.source;
  return { name, engine: 'MYSQL', host, port, username: 'dts', password: 'first' };
};

describe('an apply that was cut off', () => {
  test('goes on with the endpoint that it made', async () => {
    const first = await made(endpointOf());
    const second = await opened();
    const { managed, told } = await second.apply(type, endpointOf());
    expect(managed?.state.id).toBe(first.state.id);
    expect(texts(told)).toEqual([['', `The endpoint "${name}" was there already`]]);
  });

  test('takes over none with another password', async () => {
    await made(endpointOf());
    const { managed, told } = await (await opened()).apply(type, endpointOf({ password_wo: 'other' }));
    expect(managed).toBeUndefined();
    expect(texts(told)).toEqual([['name', `Another endpoint has the name "${name}"`]]);
  });
});

describe('what only the service refuses', () => {
  /** Past the offline rules, as a service with narrower ones would see it. */
  async function refusal(change: object, prior?: Managed): Promise<ProviderError> {
    const { url: endpoint, token } = stage.service;
    const gateway = new GatewayClient({
      ...{ endpoint, token, timeoutMillis: 10_000, retryMillis: 0, userAgent: 'test', logger: SILENT },
    });
    const resource = provider.resources.opendts_endpoint as Resource<never, Connection>;
    const config = { ...endpointOf({ password: null, tls: { mode: 'preferred', ca: null } }), ...change };
    const planned = { ...config, secret_fingerprint: UNKNOWN };
    const request = { config, planned, prior: prior?.state } as never;
    const context = {
      client: {
        ...{ gateway, ownership: new Ownership(), planPrecheck: 'off', changingEndpoints: new Set() },
        journal: journalOf(endpoint, process.env),
        records: new KeptRecords(),
      } satisfies Connection,
      signal: new AbortController().signal,
      privateState: new Map(),
    } as never;
    const work = prior ? resource.update(request, context) : resource.create(request, context);
    return await work.then(
      () => expect.fail('nothing was refused'),
      (error) => error as ProviderError,
    );
  }

  test.each<[string, object, readonly string[]]>([
    ['a user', { username: '' }, ['username']],
    ['a host', { host: 'a..b' }, ['host']],
    ['an authority', { tls: { mode: 'verify', ca: `# mine\n${PEM}` } }, ['tls', 'ca']],
    ['a write-only password', { password_wo: 'x\0' }, ['password_wo']],
    ['a password', { password_wo: null, password: 'x\0' }, ['password']],
  ])('points at the attribute, made or changed: %s', async (_what, change, path) => {
    const endpoint = await made(endpointOf());
    name = `${name} other`;
    for (const prior of [undefined, endpoint]) {
      const { code, finding } = await refusal(change, prior);
      expect({ code, path: finding.path }).toEqual({ code: 'INVALID_INPUT', path });
      expect(finding.summary).toBe(`The endpoint cannot be ${prior === undefined ? 'made' : 'changed'}`);
      expect(finding.detail).toContain('Correct it and apply again.');
      expect(finding.detail).not.toMatch(/request again|was refused/);
    }
  });
});

describe('contradictions are told without asking the service', () => {
  test.each<[string, object, string]>([
    ['two passwords', { password: 'x' }, 'password'],
    ['no password', { password_wo: null }, 'password_wo'],
    [
      'a version of no password',
      { password_wo: null, password: 'x', password_wo_version: 1 },
      'password_wo_version',
    ],
    ['a password that no database has', { password_wo: 'x\0' }, 'password_wo'],
    ['a user that there is not', { username: '' }, 'username'],
    ['a host in brackets', { host: '[::1]' }, 'host'],
    ['a list of hosts', { host: 'h1,h2' }, 'host'],
    ['a name with a line separator', { name: 'a\u2028b' }, 'name'],
    ['a remark before an authority', { tls: { mode: 'verify', ca: `# mine\n${PEM}` } }, 'tls'],
    ['an engine that there is not', { engine: 'mysq1' }, 'engine'],
    ['a port that there is not', { port: 70_000 }, 'port'],
    ['a host with a port', { host: 'db.example.com:3306' }, 'host'],
    ['an authority for nothing', { tls: { mode: 'disabled', ca: PEM } }, 'tls'],
    ['no certificate', { tls: { mode: 'verify', ca: 'trust me' } }, 'tls'],
    ['a name with an end that is not seen', { name: 'shop ' }, 'name'],
  ])('%s', async (_what, given, path) => {
    const told = await new Workspace().validate(type, endpointOf(given));
    expect(told).toMatchObject([{ severity: 'error', path }]);
    expect(told[0]?.detail).toMatch(/\.$/m);
  });
});
