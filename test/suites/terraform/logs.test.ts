import { describe, expect, test } from 'vitest';
import { terraformClis } from '../../servers/terraform-clis.ts';
import { installedProviders } from './installed-providers.ts';
import { removeAll } from './service-objects.ts';
import { account, createShop, endpoints } from './shop-stage.ts';
import { shopWith } from './shop-with-provider.ts';

// What users send to whoever helps them: the log in all its length.

const installed = shopWith(installedProviders);

const configuration = (database: string) => `${endpoints}
resource "opendts_sync_task" "shop" {
  name      = "keep ${database}"
  source_id = opendts_endpoint.source.id
  target_id = opendts_endpoint.target.id
  databases = {
    ${database} = {}
  }
  wait_for = "incremental"
}

resource "opendts_api_token" "ci" {
  name   = "ci"
  scopes = ["read"]
}

ephemeral "opendts_access_token" "run" {
  scopes = ["read"]
}
`;

describe.each(await terraformClis())('$name $version', (cli) => {
  test('a log of everything holds no password and no token, whatever is done and whatever fails', async () => {
    const database = `logged_${cli.name}`;
    await createShop(installed.stage, database);
    const refused = { source_password: 'another-secret-of-the-tests' };
    const asked: Record<string, string> = {};
    using workspace = installed.open(cli, configuration(database), {
      given: () => asked,
      env: { TF_LOG: 'trace' },
    });
    await workspace.succeed('init', '-no-color');
    const logs: string[] = [];
    const log = async (code: number, ...args: string[]) => {
      const run = await workspace.run(...args, '-no-color');
      logs.push(run.text);
      expect({ code: run.code, text: run.text.slice(-2000) }).toMatchObject({ code });
    };
    await log(0, 'apply', '-auto-approve');
    const [, secret = ''] =
      /"secret": "(\w+_[\w-]+)"/.exec(workspace.read('terraform.tfstate').toString()) ?? [];
    expect(secret).toMatch(/^odts_[\w-]{20,}$/);
    await log(0, 'plan');
    Object.assign(asked, refused);
    await log(1, 'apply', '-auto-approve', '-replace=opendts_sync_task.shop');
    delete asked.source_password;
    Object.assign(asked, { service_token: `${installed.stage.service.token}x` });
    await log(1, 'plan');
    delete asked.service_token;
    await log(0, 'destroy', '-auto-approve');

    const lines = logs.join('').split('\n');
    expect(lines.some((line) => line.includes('"operation":"createEndpoint"'))).toBe(true); // our own lines are there
    const secrets = [account.password, refused.source_password, installed.stage.service.token, secret];
    const isTold = (line: string) =>
      /odts_[\w-]{20,}/.test(line) || secrets.some((each) => line.includes(each));
    expect(lines.filter(isTold)).toEqual([]);
    await removeAll(installed.stage.client);
  });
});
