import { AnnotationMetadataEntryType, LocalBackend, TerraformStack, TerraformVariable, Testing } from 'cdktf';
import { Construct } from 'constructs';
import { describe, expect, test } from 'vitest';
import {
  AccessToken,
  database,
  existingEndpoint,
  Gate,
  MariaDbEndpoint,
  MigrationTask,
  MySqlEndpoint,
  OpendtsProvider,
  SecretVariable,
  SyncTask,
} from '../../../../terraform/constructs/index.ts';
import { testingApp } from './testing-app.ts';

type Resources = Record<string, Record<string, Record<string, unknown>>>;

/** What a stack is synthesized to, after its checks. */
function synthesize(build: (stack: TerraformStack) => void): Record<string, Resources> {
  const stack = new TerraformStack(testingApp(), 'stack');
  new OpendtsProvider(stack, 'opendts');
  build(stack);
  return JSON.parse(Testing.synth(stack, true));
}

function only(resources: Resources | undefined, type: string): Record<string, unknown> {
  const [one, ...more] = Object.values(resources?.[type] ?? {});
  expect(more).toEqual([]);
  return one ?? {};
}

const address = { host: 'db.example', username: 'reader' };
const secret = (stack: TerraformStack) => new SecretVariable(stack, 'password').value;
const [SOURCE_ID, TARGET_ID] = ['01m80hejdf81ghq1pk6zmavm1x', '01m80hejdf81ghq1pk6zmavm1y'];
const [source, target] = [existingEndpoint(SOURCE_ID), existingEndpoint(TARGET_ID)];
const ends = { source, target, objects: [database('shop')] };

describe('an endpoint', () => {
  test('given only what is needed, then encryption is required and the password is kept nowhere', () => {
    const { resource, variable } = synthesize((stack) => {
      new MySqlEndpoint(stack, 'old', { ...address, password: secret(stack) });
    });
    const endpoint = only(resource, 'opendts_endpoint');
    expect(endpoint).toMatchObject({ engine: 'mysql', name: 'stack/old', tls: { mode: 'required' } });
    expect(endpoint).toMatchObject({ password_wo: '${var.password}' });
    expect(endpoint).not.toHaveProperty('password');
    expect(variable).toEqual({ password: { type: 'string', sensitive: true, ephemeral: true } });
  });

  test('has an escape hatch for everything that the resource takes', () => {
    const { resource } = synthesize((stack) => {
      const overrides = { name: 'other', lifecycle: { preventDestroy: true } };
      const endpoint = new MariaDbEndpoint(stack, 'new', { ...address, password: secret(stack), overrides });
      endpoint.resource.addOverride('port', 3307);
    });
    expect(only(resource, 'opendts_endpoint')).toMatchObject({
      engine: 'mariadb',
      name: 'other',
      port: 3307,
      lifecycle: { prevent_destroy: true },
    });
  });

  test('whose port and name are variables is not refused', () => {
    const { resource } = synthesize((stack) => {
      const port = new TerraformVariable(stack, 'port', { type: 'number' }).numberValue;
      const name = new TerraformVariable(stack, 'name', { type: 'string' }).stringValue;
      new MySqlEndpoint(stack, 'old', { ...address, password: secret(stack), port, name });
    });
    expect(only(resource, 'opendts_endpoint')).toMatchObject({ port: '${var.port}', name: '${var.name}' });
  });

  test('whose password stands in the code gets a warning that does not repeat it', () => {
    const stack = new TerraformStack(testingApp(), 'stack');
    const { node } = new MySqlEndpoint(stack, 'old', { ...address, password: 'hunter2' });
    const [warning] = node.metadata.map(({ data }) => String(data));
    expect(warning).toContain('Give the value of a SecretVariable instead');
    expect(warning).not.toContain('hunter2');
  });
});

describe('a task', () => {
  test('carries what is selected between its endpoints', () => {
    const { resource } = synthesize((stack) => {
      const one = new MySqlEndpoint(stack, 'one', { ...address, password: secret(stack) });
      const objects = [database('shop').as('shop_v2').table('orders'), database('crm').except('log')];
      new SyncTask(stack, 'sync', { source: one, target, objects, failWhenNotReached: true });
    });
    const task = only(resource, 'opendts_sync_task');
    expect(task).toMatchObject({
      name: 'stack/sync',
      source_id: expect.stringMatching(/^\$\{opendts_endpoint\.one_endpoint_\w+\.id\}$/),
      target_id: TARGET_ID,
      databases: {
        shop: { target: 'shop_v2', tables: { orders: {} } },
        crm: { exclude_tables: ['log'] },
      },
      on_wait_failure: 'error',
    });
    expect(task).not.toHaveProperty('desired_status');
  });
});

describe('a cutover', () => {
  test('behind a gate is made after what the gate waits for, and again when a trigger changes', () => {
    const { resource, provider } = synthesize((stack) => {
      const task = new MigrationTask(stack, 'shop', ends);
      const gate = new Gate(stack, 'release', { triggers: { release: '7' }, after: [task.resource] });
      task.cutover('cutover', { gate, maxLagSeconds: 3 });
    });
    const [[task], [gate]] = [resource?.opendts_migration_task, resource?.null_resource].map((each) =>
      Object.keys(each ?? {}),
    ) as [[string], [string]];
    expect(only(resource, 'null_resource')).toMatchObject({
      triggers: { release: '7' },
      depends_on: [`opendts_migration_task.${task}`],
    });
    expect(only(resource, 'opendts_cutover')).toMatchObject({
      task_id: `\${opendts_migration_task.${task}.id}`,
      max_lag_seconds: 3,
      depends_on: [`null_resource.${gate}`],
      lifecycle: { replace_triggered_by: [`null_resource.${gate}`] },
    });
    expect(Object.keys(provider ?? {})).toEqual(['null', 'opendts']);
  });

  test('needs no null provider without a gate', () => {
    const { provider } = synthesize(
      (stack) => void new MigrationTask(stack, 'shop', ends).cutover('cutover'),
    );
    expect(Object.keys(provider ?? {})).toEqual(['opendts']);
  });

  test('behind a gate keeps what the gate wants, whatever is overridden', () => {
    const { resource } = synthesize((stack) => {
      const task = new MigrationTask(stack, 'shop', ends);
      const gate = new Gate(stack, 'release', { triggers: { release: '7' }, after: [task.resource] });
      const other = new Gate(stack, 'other', { triggers: { week: '1' } });
      const lifecycle = { preventDestroy: true, replaceTriggeredBy: [other.address] };
      task.cutover('cutover', { gate, overrides: { lifecycle, dependsOn: [other.resource] } });
    });
    const [release, other] = Object.keys(resource?.null_resource ?? {})
      .sort()
      .reverse()
      .map((name) => `null_resource.${name}`);
    expect(only(resource, 'opendts_cutover')).toMatchObject({
      depends_on: [release, other],
      lifecycle: { prevent_destroy: true, replace_triggered_by: [release, other] },
    });
  });

  test('behind a gate without triggers is refused', () => {
    const build = (stack: TerraformStack) => void new Gate(stack, 'release', { triggers: {} });
    expect(() => synthesize(build)).toThrow('a gate without triggers never opens anew');
  });
});

describe('a name', () => {
  const region = (scope: Construct, id: string, name?: string) => {
    const part = new Construct(scope, id);
    const password = new SecretVariable(part, 'password').value;
    const [left, right] = ['source', 'target'].map(
      (role) => new MySqlEndpoint(part, role, { host: `${role}.${id}.example`, username: 'dts', password }),
    ) as [MySqlEndpoint, MySqlEndpoint];
    const task = { source: left, target: right, objects: [database('shop')] };
    return new SyncTask(part, 'sync', name === undefined ? task : { ...task, name });
  };
  const appOf = (...stacks: { id: string; endpoint?: string }[]) => {
    const app = testingApp();
    for (const { id, endpoint } of stacks) {
      const stack = new TerraformStack(app, id);
      new OpendtsProvider(stack, 'opendts', endpoint === undefined ? {} : { endpoint });
      new LocalBackend(stack, {});
      region(stack, 'shop', 'the shop');
    }
    return app;
  };
  const warningsOf = (app: Construct) =>
    app.node
      .findAll()
      .flatMap(({ node }) => node.metadata)
      .filter(({ type }) => type === AnnotationMetadataEntryType.WARN)
      .map(({ data }) => String(data));

  test('that is not given is the path, so that the same construct may be used twice', () => {
    const { resource } = synthesize((stack) => {
      for (const id of ['eu', 'us']) region(stack, id);
    });
    const names = (type: string) => Object.values(resource?.[type] ?? {}).map(({ name }) => name);
    expect(names('opendts_endpoint').sort()).toEqual([
      ...['stack/eu/source', 'stack/eu/target', 'stack/us/source', 'stack/us/target'],
    ]);
    expect(names('opendts_sync_task').sort()).toEqual(['stack/eu/sync', 'stack/us/sync']);
  });

  test('that two tasks of a stack have is refused, also with one that comes by an override', () => {
    const build = (stack: TerraformStack) => {
      region(stack, 'eu', 'the shop');
      region(stack, 'us').resource.addOverride('name', 'the shop');
    };
    expect(() => synthesize(build)).toThrow(
      'two tasks are called "the shop", stack/eu/sync/task and stack/us/sync/task',
    );
  });

  test('that a task and an endpoint have, or two that are deployed to two services, is not refused', () => {
    const { resource } = synthesize((stack) => {
      const provider = new OpendtsProvider(stack, 'other', { alias: 'other' });
      const password = secret(stack);
      new MySqlEndpoint(stack, 'one', { ...address, password, name: 'shop' });
      new MySqlEndpoint(stack, 'two', { ...address, password, name: 'shop', overrides: { provider } });
      new SyncTask(stack, 'sync', { ...ends, name: 'shop' });
    });
    expect(Object.keys(resource?.opendts_endpoint ?? {})).toHaveLength(2);
  });

  test('that two stacks have for one service is refused; where the deployment says the service, it is a warning', () => {
    const one = appOf({ id: 'a', endpoint: 'http://dts' }, { id: 'b', endpoint: 'http://dts' });
    expect(() => one.synth()).toThrow('a/shop/sync/task and b/shop/sync/task');
    const unknown = appOf({ id: 'a' }, { id: 'b' });
    unknown.synth();
    expect(warningsOf(unknown)).toEqual([expect.stringMatching(/cannot both be deployed to one service/)]);
    const different = appOf({ id: 'a', endpoint: 'http://a' }, { id: 'b', endpoint: 'http://b' });
    different.synth();
    expect(warningsOf(different)).toEqual([]);
  });
});

test('a token may read alone until more is granted', () => {
  const scopes = (build: (stack: TerraformStack) => void) =>
    only(synthesize(build).resource, 'opendts_api_token').scopes;
  expect(scopes((stack) => void new AccessToken(stack, 'ci'))).toEqual(['read']);
  expect(scopes((stack) => void new AccessToken(stack, 'ci').grantWrite().grantOperate())).toEqual([
    'read',
    'write',
    'operate',
  ]);
  const overrides = { scopes: ['admin'] };
  expect(scopes((stack) => void new AccessToken(stack, 'ci', { overrides }).grantWrite())).toEqual([
    'admin',
    'write',
  ]);
  const told = (stack: TerraformStack) =>
    new TerraformVariable(stack, 'scopes', { type: 'set(string)' }).listValue;
  expect(
    scopes(
      (stack) => void new AccessToken(stack, 'ci', { overrides: { scopes: told(stack) } }).grantOperate(),
    ),
  ).toBe('${setunion(var.scopes, ["operate"])}');
});
