import { TerraformStack, TerraformVariable, Testing } from 'cdktf';
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
    expect(endpoint).toMatchObject({ engine: 'mysql', name: 'old', tls: { mode: 'required' } });
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
      name: 'sync',
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

  test('behind a gate without triggers is refused', () => {
    const build = (stack: TerraformStack) => void new Gate(stack, 'release', { triggers: {} });
    expect(() => synthesize(build)).toThrow('a gate without triggers never opens anew');
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
});
