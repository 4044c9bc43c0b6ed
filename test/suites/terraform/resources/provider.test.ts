import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { writeObject } from '../../../../terraform/provider/protocol/service/dynamic-value.ts';
import { UNKNOWN } from '../../../../terraform/provider/protocol/values/unknown.ts';
import type { Diagnostic } from '../../../../terraform/provider/protocol/wire/descriptions.ts';
import { provider } from '../../../../terraform/provider/provider.ts';
import { openStage, type Stage } from '../../../product/stage.ts';
import { startProxy } from '../../../proxy/network-proxy.ts';
import { freePort } from '../../../servers/free-port.ts';
import { openPathFront } from './path-front.ts';
import { type Managed, Workspace } from './workspace.ts';

let stage: Stage;
let workspace: Workspace;
const unknownId = '00000000000000000000000000';

beforeAll(async () => {
  stage = await openStage();
  await stage.createDatabase('shop');
  await stage.run('shop', ['CREATE TABLE orders (id INT PRIMARY KEY)', 'CREATE TABLE notes (text TEXT)']);
});
afterAll(() => stage?.[Symbol.asyncDispose]());
beforeEach(async () => {
  workspace = new Workspace();
  expect(await workspace.configure(access())).toEqual([]);
});

const access = (config: object = {}) => ({
  endpoint: stage.service.url,
  token: stage.service.token,
  retry_timeout: '20s',
  ...config,
});

async function made(type: string, config: object): Promise<Managed> {
  const { managed, told } = await workspace.apply(type, { ...config });
  expect(told).toEqual([]);
  if (managed === undefined) throw new Error(`no ${type} was made`);
  return managed;
}

function endpoint(name: string, { host, port, username, password }: Stage['source']): Promise<Managed> {
  return made('opendts_endpoint', { name, engine: 'mysql', host, port, username, password_wo: password });
}

describe('the provider block', () => {
  test('a wrong token is told at the token, without showing it', async () => {
    const token = 'odts_wrong-and-secret';
    const told = await new Workspace().configure(access({ token }));
    expect(told).toMatchObject([
      { severity: 'error', summary: 'The OpenDTS service does not accept the token', path: 'token' },
    ]);
    expect(JSON.stringify(told)).not.toContain(token);
  });

  test('a token that holds what no token has is told at the token, without showing any of it', async () => {
    for (const token of ['odts_sec\nret', 'odts_sec ret', '"odts_secret"\u2028', 'odts_sécret']) {
      const told = await new Workspace().configure(access({ token }));
      expect(told).toMatchObject([{ severity: 'error', path: 'token' }]);
      expect(JSON.stringify(told)).not.toMatch(/sec|cret/);
    }
  });

  test('an empty token is told to be empty', async () => {
    expect(await new Workspace().configure(access({ token: '' }))).toMatchObject([
      { severity: 'error', summary: 'The token is empty', path: 'token' },
    ]);
  });

  test('a token that may not read is told with the scope that it lacks', async () => {
    const { secret } = await stage.client.mutate<{ secret: string }>(
      'createApiToken',
      { name: 'writer', scopes: ['write'] },
      'secret',
    );
    const told = await new Workspace().configure(access({ token: secret }));
    expect(told).toMatchObject([{ path: 'token', detail: expect.stringContaining('scope "read"') }]);
  });

  test('a service that cannot be reached is told at the address, soon', async () => {
    const started = Date.now();
    const told = await new Workspace().configure(
      access({ endpoint: `http://127.0.0.1:${await freePort()}` }),
    );
    expect(told).toMatchObject([
      { severity: 'error', summary: 'The OpenDTS service cannot be reached', path: 'endpoint' },
    ]);
    expect(told[0]?.detail).toMatch(/ECONNREFUSED.*OPENDTS_ENDPOINT/s);
    expect(Date.now() - started).toBeLessThan(10_000);
  });

  test.each([
    ['within ten seconds', {}, 'within 10 s'],
    ['sooner, where a request may take less', { request_timeout: '1s' }, 'within 1 s'],
  ])(
    'a service that takes connections and says nothing is told at the address, %s',
    async (_what, given, limit) => {
      const { hostname: host, port } = new URL(stage.service.url);
      await using proxy = await startProxy({ to: { host, port: Number(port) } });
      proxy.stall();
      const endpoint = `http://${proxy.host}:${proxy.port}`;
      const told = await new Workspace().configure(access({ endpoint, ...given }));
      expect(told).toMatchObject([
        { severity: 'error', summary: 'The OpenDTS service cannot be reached', path: 'endpoint' },
      ]);
      for (const each of [endpoint, limit, 'OPENDTS_ENDPOINT']) expect(told[0]?.detail).toContain(each);
    },
  );

  test.each([
    ['no URL', { endpoint: 'dts.example.com' }, 'endpoint'],
    ['a URL with a password', { endpoint: 'http://a:b@localhost' }, 'endpoint'],
    ['no duration', { request_timeout: 'soon' }, 'request_timeout'],
    ['a duration that no timer has', { request_timeout: '25d' }, 'request_timeout'],
    ['no such choice', { plan_precheck: 'maybe' }, 'plan_precheck'],
  ])('%s is told before anything is asked', async (_what, given, path) => {
    expect(await new Workspace().configure(access(given))).toMatchObject([{ severity: 'error', path }]);
  });

  test('an address with a path at which no service answers is told at the address, with the path', async () => {
    const endpoint = `${stage.service.url}/foo`;
    const told = await new Workspace().configure(access({ endpoint }));
    expect(told).toMatchObject([
      {
        severity: 'error',
        summary: 'No OpenDTS service answers at the path of its address',
        path: 'endpoint',
      },
    ]);
    for (const words of ['"/foo"', `${endpoint}/graphql`, 'OPENDTS_ENDPOINT'])
      expect(told[0]?.detail).toContain(words);
    expect(told[0]?.detail).not.toContain('POST');
  });

  test('a service behind a proxy is asked at the path of its address, and what answers elsewhere is told', async () => {
    await using front = await openPathFront(stage.service.url, '/dts');
    const at = (path: string) => new Workspace().configure(access({ endpoint: `${front.url}${path}` }));
    for (const path of ['/dts', '/dts/', '/dts/graphql']) expect(await at(path)).toEqual([]);
    const told = await at('/other');
    expect(told).toMatchObject([{ severity: 'error', path: 'endpoint' }]);
    for (const words of ['"/other"', 'HTTP status 404']) expect(told[0]?.detail).toContain(words);
    // Without a path nothing is said of one.
    expect((await at(''))[0]?.detail).not.toMatch(/path/);
  });

  test('an address that is none is never shown, because a password or a token may stand in it', async () => {
    const secret = 's3cret-of-a-test';
    const addresses = [
      ...[`admin:${secret}@dts:4000`, `htp://admin:${secret}@dts`, `http://admin:${secret}@dts:4000`],
      ...[`http://admin:${secret}/word@dts:4000`, `http://admin:4000/${secret}@dts`, `odts_${secret}`],
    ];
    const { OPENDTS_ENDPOINT: before } = process.env;
    try {
      for (const endpoint of addresses) {
        process.env.OPENDTS_ENDPOINT = endpoint;
        for (const told of [await new Workspace().configure(access({ endpoint })), await configured()]) {
          expect(told).toMatchObject([{ severity: 'error', path: 'endpoint' }]);
          expect(JSON.stringify(told)).not.toContain(secret);
        }
      }
    } finally {
      restore('OPENDTS_ENDPOINT', before);
    }
    function configured() {
      return new Workspace().configure({ token: stage.service.token, retry_timeout: '1s' });
    }
  });

  test('what is missing is named, with the variable that can give it', async () => {
    const { OPENDTS_ENDPOINT: address, OPENDTS_TOKEN: token } = process.env;
    delete process.env.OPENDTS_ENDPOINT;
    delete process.env.OPENDTS_TOKEN;
    try {
      const told = await new Workspace().configure({});
      expect(told.map(({ path }) => path)).toEqual(['endpoint', 'token']);
      expect(told[1]?.detail).toContain('OPENDTS_TOKEN');
      process.env.OPENDTS_ENDPOINT = stage.service.url;
      process.env.OPENDTS_TOKEN = stage.service.token;
      expect(await new Workspace().configure({})).toEqual([]);
    } finally {
      restore('OPENDTS_ENDPOINT', address);
      restore('OPENDTS_TOKEN', token);
    }
  });

  test('what is not known yet is waited for: plans are made without the service', async () => {
    const early = new Workspace();
    expect(await early.configure({ endpoint: UNKNOWN, token: UNKNOWN })).toEqual([]);
    const config = { name: 'a', source_id: UNKNOWN, target_id: UNKNOWN, databases: { shop: {} } };
    const plan = await early.plan('opendts_sync_task', config);
    expect(plan).toMatchObject({ action: 'create', told: [] });
  });
});

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}

describe('tasks that cannot be', () => {
  test('an endpoint that there is not is told at its attribute', async () => {
    const config = { name: 'lost', source_id: unknownId, target_id: unknownId, databases: { shop: {} } };
    const plan = await workspace.plan('opendts_migration_task', config);
    expect(plan.told).toMatchObject([
      { severity: 'error', summary: 'There is no such endpoint', path: 'source_id' },
    ]);
    expect(plan.told[0]?.detail).toContain(`There is no endpoint ${unknownId}`);
    const source = await endpoint('the one end', stage.source);
    const half = await workspace.plan('opendts_migration_task', { ...config, source_id: source.state.id });
    expect(half.told).toMatchObject([
      { severity: 'error', summary: 'There is no such endpoint', path: 'target_id' },
    ]);
  });

  test('databases that there are not are told each at its own path', async () => {
    const source = await endpoint('source of none', stage.source);
    const target = await endpoint('target of none', stage.target);
    const plan = await workspace.plan('opendts_migration_task', {
      ...{ name: 'none', source_id: source.state.id, target_id: target.state.id },
      databases: { none: {}, shop: { tables: { nowhere: {} } }, nothing: {} },
    });
    const summary = 'The precheck would fail at source.objects';
    expect(plan.told).toMatchObject([
      { severity: 'error', summary, path: 'databases.none' },
      { severity: 'error', summary, path: 'databases.nothing' },
      { severity: 'error', summary, path: 'databases.shop' },
    ]);
    const [none, nothing, shop] = plan.told.map(({ detail }) => detail);
    expect(none).toContain(' none. ');
    expect(none).not.toContain('nothing');
    expect(nothing).not.toContain('nowhere');
    expect(shop).toContain(' shop.nowhere. ');
  });

  test('privileges that a user lacks are listed once', async () => {
    await stage.source.query("CREATE USER 'lacking'@'%' IDENTIFIED BY 'of privileges'");
    await stage.source.query("GRANT SELECT ON shop.* TO 'lacking'@'%'");
    const { host, port } = stage.source;
    const source = await made('opendts_endpoint', {
      ...{ name: 'source without privileges', engine: 'mysql', host, port },
      ...{ username: 'lacking', password_wo: 'of privileges' },
    });
    const target = await endpoint('target with privileges', stage.target);
    const plan = await workspace.plan('opendts_migration_task', {
      ...{ name: 'lacking', source_id: source.state.id, target_id: target.state.id, databases: { shop: {} } },
    });
    const told = plan.told.filter(({ summary }) => summary.endsWith('source.privileges'));
    expect(told).toMatchObject([{ severity: 'error', path: 'source_id' }]);
    expect(told[0]?.detail.match(/REPLICATION SLAVE ON/g)).toHaveLength(1);
  });

  test.each<[string, object, string]>([
    ['an id that is none', { source_id: 'source' }, 'source_id'],
    ['a status that there is not', { desired_status: 'runing' }, 'desired_status'],
    ['two databases that arrive as one', { databases: { a: {}, b: { target: 'a' } } }, 'databases.b'],
    ['a database that is null', { databases: { shop: null } }, 'databases.shop'],
    ['a table that is null', { databases: { shop: { tables: { orders: null } } } }, 'databases.shop'],
    [
      'a table to leave out that is null',
      { databases: { shop: { exclude_tables: ['log', null] } } },
      'databases.shop',
    ],
    [
      'a name that no element can have',
      { databases: Object.fromEntries([['__proto__', {}]]) },
      'databases.__proto__',
    ],
    ['retry windows the wrong way round', { options: { retry_other_minutes: 800 } }, 'options'],
    ['more chunks than there may be', { options: { full_load_parallelism: 65 } }, 'options'],
    ['a time that is none', { timeouts: { create: 'soon' } }, 'timeouts'],
  ])('%s is told without asking the service', async (_what, given, path) => {
    const config = {
      name: 'x',
      source_id: unknownId,
      target_id: unknownId,
      databases: { shop: {} },
      ...given,
    };
    expect(await new Workspace().validate('opendts_sync_task', config)).toMatchObject([
      { severity: 'error', path },
    ]);
  });

  test('a source that cannot be reached is told while it is planned', async () => {
    const source = await made('opendts_endpoint', {
      ...{ name: 'nobody', engine: 'mysql', host: '127.0.0.1', port: 1, username: 'x', password_wo: 'y' },
    });
    const target = await endpoint('somebody', stage.target);
    const plan = await workspace.plan('opendts_migration_task', {
      ...{ name: 'far', source_id: source.state.id, target_id: target.state.id, databases: { shop: {} } },
    });
    expect(plan.told).toMatchObject([
      { severity: 'error', summary: 'The precheck would fail at source.connectivity', path: 'source_id' },
    ]);
  });
});

test('what is announced is what works: no resource takes over an object of another type', async () => {
  const offers = { plan_destroy: true, get_provider_schema_optional: true, move_resource_state: false };
  expect(await workspace.call('GetMetadata', {})).toMatchObject({ server_capabilities: offers });
  expect(await workspace.call('GetProviderSchema', {})).toMatchObject({ server_capabilities: offers });
});

describe('data sources', () => {
  test('tell what an endpoint has, what a precheck finds, and what the service can do', async () => {
    const source = await endpoint('data source', stage.source);
    const target = await endpoint('data target', stage.target);
    const tables = await workspace.read('opendts_tables', {
      endpoint_id: source.state.id,
      databases: ['shop'],
    });
    expect(tables.state?.names).toEqual(['shop.notes', 'shop.orders', 'shop.tide']);
    expect(tables.state?.tables[0]).toMatchObject({
      database: 'shop',
      name: 'notes',
      has_primary_key: false,
    });
    const spec = { kind: 'migration', source_id: source.state.id, target_id: target.state.id };
    const well = await workspace.read('opendts_precheck', { ...spec, databases: { shop: {} } });
    expect(well.state?.passed).toBe(true);
    const warned = well.state?.items.filter(({ grade }: { grade: string }) => grade === 'warning');
    expect(warned).toMatchObject([{ name: 'source.tables_without_key', objects: ['shop.notes'] }]);
    const ill = await workspace.read('opendts_precheck', { ...spec, databases: { nowhere: {} } });
    expect(ill.state?.passed).toBe(false);
    const { state } = await workspace.read('opendts_engine_capabilities', {});
    expect(state?.kinds).toEqual(['migration', 'synchronization']);
    expect(Object.keys(state?.engines)).toEqual(['mariadb', 'mysql']);
  });

  test('tell of a task and of how far it is', async () => {
    const source = await endpoint('task source', stage.source);
    const target = await endpoint('task target', stage.target);
    const databases = { shop: { target: 'shop_of_data', tables: { orders: {} } } };
    const task = await made('opendts_sync_task', {
      ...{ name: 'told', source_id: source.state.id, target_id: target.state.id, databases },
      wait_for: 'incremental',
    });
    const told = await workspace.read('opendts_task', { name: 'told' });
    expect(told.state).toMatchObject({ id: task.state.id, kind: 'synchronization', status: 'running' });
    expect(told.state?.databases.shop.target).toBe('shop_of_data');
    const { state } = await workspace.read('opendts_task_progress', { task_id: task.state.id });
    expect(state).toMatchObject({ state: 'running', phase: 'apply', rows_copied: 0 });
    expect(state?.phases).toHaveLength(8);
    await workspace.destroy(task);
  });

  test.each([
    ['opendts_task', { id: unknownId }, 'id', 'There is no such task'],
    ['opendts_task', { name: 'nobody' }, 'name', 'There is no such task'],
    ['opendts_task', {}, 'name', 'The task is not named'],
    ['opendts_task', { id: unknownId, name: 'x' }, 'name', 'The task is named twice'],
    ['opendts_task_progress', { task_id: unknownId }, 'task_id', 'There is no such task'],
    ['opendts_tables', { endpoint_id: unknownId }, 'endpoint_id', 'There is no such endpoint'],
  ])('%s of %j says what is wrong', async (type, config, path, summary) => {
    expect((await workspace.read(type, config)).told).toMatchObject([{ severity: 'error', path, summary }]);
  });
});

describe('tables', () => {
  test('of a server that cannot be reached are told so in words, at the endpoint', async () => {
    const far = await made('opendts_endpoint', {
      ...{ name: 'far', engine: 'mysql', host: '127.0.0.1', port: 1, username: 'x', password_wo: 'y' },
    });
    const { told } = await workspace.read('opendts_tables', { endpoint_id: far.state.id });
    expect(told).toMatchObject([
      { severity: 'error', summary: 'The tables of the endpoint cannot be read', path: 'endpoint_id' },
    ]);
    expect(told[0]?.detail).toMatch(/127\.0\.0\.1.*Code: /s);
  });

  test('of a database that there is not are none, of which a warning tells', async () => {
    const source = await endpoint('known tables', stage.source);
    const config = { endpoint_id: source.state.id, databases: ['shop', 'zzz', 'mysql'] };
    const { state, told } = await workspace.read('opendts_tables', config);
    expect(state?.database_names).toEqual(['shop']);
    expect(told).toMatchObject([
      { severity: 'warning', summary: 'Databases are not at the endpoint', path: 'databases' },
    ]);
    expect(told[0]?.detail).toMatch(/^mysql, zzz: /);
    expect((await workspace.read('opendts_tables', { ...config, databases: ['shop'] })).told).toEqual([]);
  });
});

test('a task by a name that several have is told at the name, with their ids', async () => {
  const twice = ['MIGRATION', 'SYNCHRONIZATION'].map((kind) =>
    stage.client.mutate<{ id: string }>('createTask', { name: 'twice', kind }, 'id'),
  );
  const ids = (await Promise.all(twice)).map(({ id }) => id);
  const { told } = await workspace.read('opendts_task', { name: 'twice' });
  expect(told).toMatchObject([{ severity: 'error', path: 'name' }]);
  expect(told[0]?.detail).toMatch(/^Set "id" in place of "name", to the id of one of them: /);
  for (const id of ids) expect(told[0]?.detail).toContain(id);
});

describe('tokens', () => {
  const works = async (token: string) => (await new Workspace().configure(access({ token }))).length === 0;

  test('are made, replaced when they change, and revoked', async () => {
    const config = { name: 'ci', scopes: ['write', 'read'], expires_at: '2099-01-01T00:00:00+01:00' };
    const token = await made('opendts_api_token', config);
    expect(await works(token.state.secret)).toBe(true);
    expect((await workspace.plan('opendts_api_token', config, token)).action).toBe('none');
    const wider = await workspace.plan('opendts_api_token', { ...config, scopes: ['read'] }, token);
    expect(wider).toMatchObject({ action: 'replace', replaces: ['scopes'] });
    expect(await workspace.destroy(token)).toEqual([]);
    expect(await works(token.state.secret)).toBe(false);
    // Revoked by somebody else, it is made anew.
    expect(await workspace.refresh(token)).toBeUndefined();
  });

  test.each([
    ['a scope that there is not', { scopes: ['reed'] }, 'scopes'],
    ['a scope that is null', { scopes: ['read', null] }, 'scopes'],
    ['a day that there is not', { scopes: ['read'], expires_at: '2027-02-31T00:00:00Z' }, 'expires_at'],
    ['a time without its seconds', { scopes: ['read'], expires_at: '2027-01-31T12:00Z' }, 'expires_at'],
    ['a time that is none', { scopes: ['read'], expires_at: 'tomorrow' }, 'expires_at'],
  ])('%s is told without asking the service', async (_what, given, path) => {
    const told = await new Workspace().validate('opendts_api_token', { name: 'x', ...given });
    expect(told).toMatchObject([{ severity: 'error', path }]);
  });

  test.each([
    ['a scope that is null', { scopes: ['read', null] }, 'scopes'],
    ['a life that ends in no year', { scopes: ['read'], ttl: '100000000d' }, 'ttl'],
  ])('of one run are refused for %s, before they are made', async (_what, given, path) => {
    const type = 'opendts_access_token';
    const { attributes } = provider.ephemeralResources[type]?.schema ?? { attributes: {} };
    const nothing = Object.fromEntries(Object.keys(attributes).map((each) => [each, null]));
    const config = writeObject(attributes, { ...nothing, ...given });
    const { diagnostics } = await workspace.call<{ diagnostics: readonly Diagnostic[] }>(
      'ValidateEphemeralResourceConfig',
      { type_name: type, config },
    );
    expect(diagnostics).toMatchObject([{ attribute: { steps: [{ attribute_name: path }] } }]);
  });

  test('that would have expired already are refused in the plan, also those in place of others', async () => {
    const config = { name: 'late', scopes: ['read'], expires_at: '2001-01-01T00:00:00Z' };
    const refusal = {
      severity: 'error',
      summary: 'The token would have expired already',
      path: 'expires_at',
    };
    const plan = await workspace.plan('opendts_api_token', config);
    expect(plan.told).toMatchObject([refusal]);
    expect(plan.told[0]?.detail).toContain('2001-01-01T00:00:00Z');
    const token = await made('opendts_api_token', { ...config, expires_at: '2099-01-01T00:00:00Z' });
    expect((await workspace.plan('opendts_api_token', config, token)).told).toMatchObject([refusal]);
  });

  test('whose time is over make no plan fail', async () => {
    const expires_at = new Date(Date.now() + 3000).toISOString();
    const config = { name: 'brief', scopes: ['read'], expires_at };
    const token = await made('opendts_api_token', config);
    await expect.poll(() => Date.now(), { timeout: 10_000 }).toBeGreaterThan(Date.parse(expires_at));
    expect(await workspace.plan('opendts_api_token', config, token)).toMatchObject({
      ...{ action: 'none', told: [] },
    });
  });
});

describe('a service that restarts', () => {
  test('in the middle of an apply is waited for', async () => {
    await stage.createDatabase('waiting');
    const source = await endpoint('restart source', stage.source);
    const target = await endpoint('restart target', stage.target);
    // The address must outlive the process: this service is started on the port that it had.
    const port = new URL(stage.service.url).port;
    await stage.service.kill9();
    const applying = workspace.apply('opendts_migration_task', {
      ...{ name: 'waited for', source_id: source.state.id, target_id: target.state.id },
      databases: { waiting: {} },
      wait_for: 'incremental',
    });
    await stage.service.start({ OPENDTS_PORT: port });
    const { managed, told, tainted } = await applying;
    expect(told).toEqual([]);
    expect(tainted).toBe(false);
    expect(managed?.state.status).toBe('running');
  });
});
