import { afterEach, describe, expect, test } from 'vitest';
import { terraformClis } from '../../servers/terraform-clis.ts';
import { attachedProvider } from './attached-provider.ts';
import { removeAll, tasksOf } from './service-objects.ts';
import { createShop, endpoints } from './shop-stage.ts';
import { shopWith } from './shop-with-provider.ts';
import { lineOf, wordsOf } from './words.ts';

// Each mistake is told at its own line, with the remedy, before anything is done.

const attached = shopWith(attachedProvider);
afterEach(() => removeAll(attached.stage.client));

interface Mistake {
  /** In place of these words of the configuration that is right. */
  readonly instead: string;
  readonly write: string;
  /** The line at which it is told; by default the first line of `write`. */
  readonly at?: string;
  readonly says: readonly string[];
}

const right = `${endpoints}
resource "opendts_sync_task" "shop" {
  name           = "shop"
  source_id      = opendts_endpoint.source.id
  target_id      = opendts_endpoint.target.id
  desired_status = "running"
  databases = {
    shop = {}
  }
  options = {
    full_load_parallelism = 4
  }
  timeouts = {
    create = "5m"
  }
}
`;

const NOBODY = '01m80hejdf81ghq1pk6zmavm1x';

const mistakes: Record<string, Mistake> = {
  'a wrong token': {
    instead: 'token    = var.service_token',
    write: 'token    = "odts_wrong"',
    says: ['UNAUTHENTICATED'],
  },
  'a service that is out of reach': {
    instead: 'endpoint = var.service_url',
    write: 'endpoint = "http://127.0.0.1:9"',
    says: ['127.0.0.1:9'],
  },
  'an address that is none': {
    instead: 'endpoint = var.service_url',
    write: 'endpoint = "dts.example"',
    says: ['It is no URL of a service', 'http://host:port'],
  },
  'an engine that does not exist': {
    instead: 'engine      = "mysql"',
    write: 'engine      = "mysl"',
    says: ['"mysl"', 'mariadb'],
  },
  'a port in the host': {
    instead: 'host        = var.source_host',
    write: 'host        = "db.example:3306"',
    says: ['give it as "port"'],
  },
  'a port out of range': {
    instead: 'port        = var.source_port',
    write: 'port        = 65536',
    says: ['65535'],
  },
  'two passwords': {
    instead: 'password_wo = var.source_password',
    write: 'password    = "open"\n  password_wo = var.source_password',
    says: ['Two passwords are given', 'Set either password_wo'],
  },
  'no password': {
    instead: 'password_wo = var.source_password',
    write: '',
    at: 'resource "opendts_endpoint" "source" {',
    says: ['The password is missing', 'Set password_wo'],
  },
  'an id that is none': {
    instead: 'source_id      = opendts_endpoint.source.id',
    write: 'source_id      = "shop source"',
    says: ['is no id of the service'],
  },
  'a state that does not exist': {
    instead: 'desired_status = "running"',
    write: 'desired_status = "runing"',
    says: ['"runing"', 'paused'],
  },
  'tables both named and left out': {
    instead: 'databases = {\n    shop = {}',
    write:
      'databases = {\n    shop = {\n      tables         = { orders = {} }\n      exclude_tables = ["log"]\n    }',
    at: '    shop = {',
    says: ['Tables are both selected and left out'],
  },
  'two databases under one name': {
    instead: 'databases = {\n    shop = {}',
    write: 'databases = {\n    crm  = { target = "shop" }\n    shop = {}',
    at: '    shop = {}',
    says: ['Two databases arrive as "shop"', 'Give one of them another "target"'],
  },
  'two tables under one name': {
    instead: 'databases = {\n    shop = {}',
    write:
      'databases = {\n    shop = {\n      tables = {\n        orders = { target = "sales" }\n        sales  = {}\n      }\n    }',
    at: '    shop = {',
    says: [
      'Two tables arrive as "shop.sales"',
      '"shop.orders" and "shop.sales"',
      'Give one of them another "target"',
    ],
  },
  'no database at all': {
    instead: 'databases = {\n    shop = {}',
    write: 'databases = {',
    says: ['No database is selected'],
  },
  'an option out of range': {
    instead: 'options = {\n    full_load_parallelism = 4',
    write: 'options = {\n    full_load_parallelism = 65',
    says: ['full_load_parallelism', '64'],
  },
  'a duration that is none': {
    instead: 'timeouts = {\n    create = "5m"',
    write: 'timeouts = {\n    create = "5 minutes"',
    says: ['create', '1h30m'],
  },
  'a name that is too long': {
    instead: 'name           = "shop"',
    write: `name           = "${'x'.repeat(65)}"`,
    says: ['longer than 64 characters'],
  },
};

describe.each(await terraformClis())('$name $version', (cli) => {
  test.each(Object.entries(mistakes))('%s', async (_what, { instead, write, at, says }) => {
    expect(right).toContain(instead);
    using workspace = attached.open(cli);
    const wrong = right.replace(instead, write);
    workspace.write('main.tf', wrong);

    const { code, text } = await workspace.run('plan', '-no-color');
    expect({ code, text }).toMatchObject({ code: 1 });
    const words = wordsOf(text);
    for (const each of says) expect(words).toContain(each);
    const line = lineOf(wrong, at ?? write.split('\n')[0] ?? '');
    expect(words).toMatch(new RegExp(`on main\\.tf line ${line}(,|:)`));
  });

  test('what the service finds is told when the task is planned, and nothing is made', async () => {
    using workspace = attached.open(cli);
    workspace.write('main.tf', endpoints);
    await workspace.apply();
    const nowhere = right.replace('shop = {}', 'nowhere = {}');
    workspace.write('main.tf', nowhere);
    const { code, text } = await workspace.run('plan', '-no-color');
    expect({ code, text }).toMatchObject({ code: 1 });
    const words = wordsOf(text);
    expect(words).toContain('Error: The precheck would fail at source.objects');
    expect(words).toContain(
      `on main.tf line ${lineOf(nowhere, 'nowhere = {}')}, in resource "opendts_sync_task" "shop"`,
    );
    const stranger = right.replace('= opendts_endpoint.source.id', `= "${NOBODY}"`);
    workspace.write('main.tf', stranger);
    const unknown = await workspace.run('plan', '-no-color');
    expect(unknown).toMatchObject({ code: 1, text: expect.stringContaining(NOBODY) });
    expect(wordsOf(unknown.text)).toContain(`on main.tf line ${lineOf(stranger, NOBODY)},`);

    expect(await tasksOf(attached.stage.client)).toEqual([]);
    workspace.write('main.tf', endpoints);
    await workspace.destroy();
    expect(await removeAll(attached.stage.client)).toEqual([]);
  });

  test('a source that is out of reach is told at the task that names it', async () => {
    const given = () => ({ source_port: '1' });
    using workspace = attached.open(cli, endpoints, { given });
    await workspace.apply();
    workspace.write('main.tf', right);
    const { code, text } = await workspace.run('plan', '-no-color');
    expect({ code, text }).toMatchObject({ code: 1 });
    const words = wordsOf(text);
    expect(words).toContain('Error: The precheck would fail at source.connectivity');
    expect(words).toContain(
      `on main.tf line ${lineOf(right, 'source_id ')}, in resource "opendts_sync_task" "shop"`,
    );
    workspace.write('main.tf', endpoints);
    await workspace.destroy();
    expect(await removeAll(attached.stage.client)).toEqual([]);
  });

  test('a change of a started migration that would copy everything again is refused, not done', async () => {
    const database = `refused_${cli.name}`;
    await createShop(attached.stage, database);
    const migration = (selection: string) =>
      right
        .replace('opendts_sync_task', 'opendts_migration_task')
        .replace('shop = {}', `${database} = ${selection}`);
    using workspace = attached.open(cli);
    workspace.write('main.tf', migration('{}'));
    await workspace.apply();
    workspace.write('main.tf', migration('{ exclude_tables = ["orders"] }'));
    const { code, text } = await workspace.run('plan', '-no-color');
    expect({ code, text }).toMatchObject({ code: 1 });
    expect(wordsOf(text)).toContain('The objects of the task cannot be changed any more');
    workspace.write('main.tf', migration('{}'));
    expect(await workspace.plan()).toEqual({});
    await workspace.destroy();
    expect(await removeAll(attached.stage.client)).toEqual([]);
  });
});
