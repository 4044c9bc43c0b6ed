import { TerraformStack, TerraformVariable } from 'cdktf';
import { describe, expect, test } from 'vitest';
import {
  AccessToken,
  Cutover,
  database,
  existingEndpoint,
  MigrationTask,
  MySqlEndpoint,
  OpendtsProvider,
  SecretVariable,
  SyncTask,
} from '../../../../terraform/constructs/index.ts';
import { testingApp } from './testing-app.ts';

// What the provider would refuse of a configuration is refused when the stack is synthesized, at the construct's path.

/** What the checks of a stack say, by the path of the construct; '' when they find nothing. */
function refusal(build: (stack: TerraformStack) => void): string {
  const stack = new TerraformStack(testingApp(), 'stack');
  new OpendtsProvider(stack, 'opendts');
  build(stack);
  try {
    stack.runAllValidations();
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

const variable = (stack: TerraformStack, name: string) => new TerraformVariable(stack, name, { type: 'any' });
const source = existingEndpoint('01m80hejdf81ghq1pk6zmavm1x');
const target = existingEndpoint('01m80hejdf81ghq1pk6zmavm1y');
const ends = { source, target, objects: [database('shop')] };

const PEM = '-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----';

function endpoint(stack: TerraformStack, given: object): MySqlEndpoint {
  const password = new SecretVariable(stack, 'password').value;
  return new MySqlEndpoint(stack, 'old', { host: 'db.example', username: 'reader', password, ...given });
}

test('what is right is not refused', () => {
  const right = (stack: TerraformStack) => {
    const one = endpoint(stack, { port: 3307, tls: { mode: 'verify' } });
    new SyncTask(stack, 'sync', { ...ends, source: one });
    const options = { fullLoadParallelism: 8, changeLogBytes: 2 ** 40 };
    const task = new MigrationTask(stack, 'move', { ...ends, options, waitFor: 'incremental' });
    task.cutover('cutover', { maxLagSeconds: 0 });
    new AccessToken(stack, 'ci', { overrides: { expiresAt: '2027-01-31T12:00:00Z' } });
  };
  expect(refusal(right)).toBe('');
});

describe('an endpoint', () => {
  test.each<[string, object, string]>([
    ['a port in the host', { host: 'db:3306' }, 'host: "db:3306" holds a port: give it as "port".'],
    [
      'a port out of range',
      { port: 0 },
      'port: 0 is no value of port. Set it to a whole number from 1 to 65535',
    ],
    ['half a port', { port: 3306.5 }, 'port: 3306.5 is no value of port.'],
    ['a name that begins with a space', { name: ' x' }, 'name: The name begins or ends with a space.'],
    ['an empty name by override', { overrides: { name: '' } }, 'name: The name is empty.'],
    [
      'another engine by override',
      { overrides: { engine: 'oracle' } },
      'engine: "oracle" is no value of engine.',
    ],
    ['no host by override', { overrides: { host: undefined } }, 'host: It is required'],
    ['two passwords', { overrides: { password: 'open' } }, 'password: Two passwords are given.'],
    [
      'an authority for open connections',
      { tls: { mode: 'disabled', ca: PEM } },
      'tls.ca: A certificate authority',
    ],
    ['a certificate that is none', { tls: { mode: 'verify', ca: 'x' } }, 'tls.ca: It holds no certificate'],
  ])('with %s is refused', (_what, given, message) => {
    const text = refusal((stack) => void endpoint(stack, given));
    expect(text).toContain(`[stack/old] ${message}`);
  });

  test('is looked at as it is synthesized, with the overrides of the library', () => {
    const overridden = (port: unknown) =>
      refusal((stack) => endpoint(stack, {}).resource.addOverride('port', port));
    expect(overridden(70_000)).toContain('[stack/old] port: 70000 is no value of port.');
    expect(overridden('high')).toContain('[stack/old] port: It does not fit: a number is required.');
    expect(overridden('3307')).toBe(''); // the CLI makes a number of it
    expect(overridden('${var.port}')).toBe('');
  });
});

describe.each([
  ['SyncTask', SyncTask],
  ['MigrationTask', MigrationTask],
] as const)('%s', (_name, kind) => {
  const told = (given: object) => refusal((stack) => void new kind(stack, 'moving', { ...ends, ...given }));

  test.each<[string, object, string]>([
    ['nothing selected', { objects: [] }, 'databases: No database is selected.'],
    ['an empty name', { name: '' }, 'name: The name is empty.'],
    ['an empty name by override', { overrides: { name: '' } }, 'name: The name is empty.'],
    [
      'an endpoint without an id',
      { source: existingEndpoint('shop') },
      'source_id: "shop" is no id of the service',
    ],
    [
      'a system database',
      { objects: [database('mysql')] },
      'databases["mysql"]: "mysql" is a system database.',
    ],
    [
      'a system database as target',
      { objects: [database('shop').as('SYS')] },
      'databases["shop"].target: "SYS" is a system database.',
    ],
    [
      'no parallelism',
      { options: { fullLoadParallelism: 0 } },
      'options.full_load_parallelism: 0 is no value of full_load_parallelism. Set it to a whole number from 1 to 64.',
    ],
    [
      'retry windows the wrong way round',
      { options: { retryOtherMinutes: 60, retryConnectionMinutes: 30 } },
      'options.retry_other_minutes: The retry windows are the wrong way round.',
    ],
    ['a duration that is none', { timeouts: { create: 'soon' } }, 'timeouts.create: "soon" is no duration'],
    [
      'a wish that is none',
      { desiredStatus: 'runing' },
      'desired_status: "runing" is no value of desired_status.',
    ],
    [
      'a clash of databases',
      { objects: [database('a').as('x'), database('b').as('x')] },
      'databases["b"]: Two databases arrive as "x".',
    ],
    [
      'a whole database beside tables',
      { objects: [database('a').as('b'), database('b').table('t')] },
      'databases["b"]: Two databases arrive as "b".',
    ],
    [
      'a clash of tables',
      { objects: [database('a').as('x').table('t'), database('b').as('x').table('u', { as: 't' })] },
      'databases["b"].tables["u"]: Two tables arrive as "x.t".',
    ],
    [
      'tables both named and left out',
      { objects: [database('a').table('t').except('u')] },
      'databases["a"].exclude_tables: Tables are both selected and left out.',
    ],
    [
      'a name that no table has',
      { objects: [database('a').except('x'.repeat(65))] },
      'databases["a"].exclude_tables: That is no name of a database object.',
    ],
    ['an empty name of a database', { objects: [database('')] }, 'databases[""]: That is no name'],
    ['a table chosen twice', { objects: [database('a').tables('t', 't')] }, 'table "a.t" is chosen twice'],
    ['one endpoint for both ends', { source: target }, 'source and target are one endpoint'],
  ])('with %s is refused', (_what, given, message) => {
    expect(told(given)).toContain(`[stack/moving] ${message}`);
  });

  test('of which the deployment alone knows names and numbers is not refused', () => {
    const build = (stack: TerraformStack) => {
      const name = variable(stack, 'name').stringValue;
      const options = { fullLoadParallelism: variable(stack, 'parallelism').numberValue };
      const objects = [
        database(name).as(name),
        database('b').as(name).tables(name, 't'),
        database('c').except(name),
      ];
      const timeouts = { create: `${name}h`, update: '${var.name}' };
      const from = existingEndpoint(variable(stack, 'source').stringValue);
      new kind(stack, 'moving', { name, source: from, target, objects, options, timeouts });
    };
    expect(refusal(build)).toBe('');
  });
});

describe('a cutover', () => {
  const told = (task: object, cutover: object) =>
    refusal((stack) => new MigrationTask(stack, 'shop', { ...ends, ...task }).cutover('cutover', cutover));

  test.each<[string, object, object, string]>([
    [
      'that allows less than no lag',
      {},
      { maxLagSeconds: -1 },
      'max_lag_seconds: -1 is no value of max_lag_seconds.',
    ],
    [
      'with a limit that is none',
      {},
      { overrides: { timeouts: { create: 'soon' } } },
      'timeouts.create: "soon"',
    ],
    [
      'of a task that waits until it is made',
      { waitFor: 'finished' },
      {},
      'wait_for of stack/shop is "finished", which the task is only after this cutover',
    ],
    [
      'of a task that is to be paused',
      { desiredStatus: 'paused' },
      {},
      'desired_status of stack/shop is "paused"',
    ],
    [
      'of a task that is to be stopped, by override',
      { overrides: { desiredStatus: 'stopped' } },
      {},
      'desired_status of stack/shop is "stopped"',
    ],
  ])('%s is refused', (_what, task, cutover, message) => {
    expect(told(task, cutover)).toContain(`[stack/shop/cutover] ${message}`);
  });

  test('that stands by itself is held to the same', () => {
    const build = (stack: TerraformStack) => {
      const task = new MigrationTask(stack, 'shop', { ...ends, waitFor: 'finished' });
      new Cutover(stack, 'later', { task });
    };
    expect(refusal(build)).toContain('[stack/later] wait_for of stack/shop is "finished"');
  });
});

describe('the provider', () => {
  const told = (given: object) => refusal((stack) => void new OpendtsProvider(stack, 'dts', given));

  test.each<[string, object, string]>([
    ['an address that is none', { endpoint: 'dts.example' }, 'endpoint: It is no URL of a service'],
    [
      'a wish that is none',
      { planPrecheck: 'never' },
      'plan_precheck: "never" is no value of plan_precheck.',
    ],
    ['a duration that is none', { retryTimeout: 'soon' }, 'retry_timeout: "soon" is no duration'],
  ])('with %s is refused', (_what, given, message) => {
    expect(told(given)).toContain(`[stack/dts] ${message}`);
  });

  test('whose token stands in the code gets a warning that does not repeat it', () => {
    const warnings = (token: (stack: TerraformStack) => string) => {
      const stack = new TerraformStack(testingApp(), 'stack');
      const { node } = new OpendtsProvider(stack, 'dts', { token: token(stack) });
      return node.metadata.filter(({ type }) => type.includes('warn')).map(({ data }) => String(data));
    };
    const [warning] = warnings(() => 'odts_hunter2');
    expect(warning).toContain('Give it by OPENDTS_TOKEN');
    expect(warning).not.toContain('hunter2');
    expect(warnings((stack) => new SecretVariable(stack, 'token').value)).toEqual([]);
  });
});

test('a token that ends at no instant is refused', () => {
  const build = (stack: TerraformStack) =>
    void new AccessToken(stack, 'ci', { overrides: { expiresAt: 'in May' } });
  expect(refusal(build)).toContain('[stack/ci] expires_at: "in May" is no instant by RFC 3339');
});
