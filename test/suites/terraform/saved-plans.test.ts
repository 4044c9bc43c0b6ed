import { afterEach, describe, expect, test } from 'vitest';
import { terraformClis } from '../../servers/terraform-clis.ts';
import { attachedProvider } from './attached-provider.ts';
import { removeAll } from './service-objects.ts';
import { account, endpoints } from './shop-stage.ts';
import { shopWith } from './shop-with-provider.ts';

// A plan that is kept in a file, and applied later, when the password of a database has become another one: write-only values are in
// no plan, so that the apply is the first to see it.

const attached = shopWith(attachedProvider);

const SOURCE = 'opendts_endpoint.source';
const inSource = (more: string) =>
  endpoints.replace('resource "opendts_endpoint" "source" {', (line) => `${line}\n${more}`);

describe.each(await terraformClis())('$name $version', (cli) => {
  afterEach(async () => expect(await removeAll(attached.stage.client)).toEqual([]));

  test.each<[string, string]>([
    ['a change of the name', endpoints.replace('"shop source"', '"shop source 2"')],
    ['the first version of the password', inSource('password_wo_version = 1')],
  ])(
    'given a saved plan with %s, when it is applied with another password, then that is sent too',
    async (_what, changed) => {
      let password: string = account.password;
      using workspace = attached.open(cli, endpoints, { given: () => ({ source_password: password }) });
      await workspace.apply();
      const before = (await workspace.state())[SOURCE];
      workspace.write('main.tf', changed);
      expect(Object.keys(await workspace.plan())).toEqual([SOURCE]);
      password = 'of later';
      await workspace.succeed('apply', '-no-color', 'planned');
      expect((await workspace.state())[SOURCE]?.secret_fingerprint).not.toBe(before?.secret_fingerprint);
      expect(await workspace.plan()).toEqual({});
      await workspace.destroy();
    },
  );

  test('given a saved plan that leaves the endpoint alone, when it is applied with another password, then the next plan sends that', async () => {
    let password: string = account.password;
    const checked = inSource(
      'lifecycle {\n postcondition {\n condition = self.port > 0\n error_message = "no port"\n }\n}',
    );
    using workspace = attached.open(cli, checked, { given: () => ({ source_password: password }) });
    await workspace.apply();
    workspace.write('main.tf', checked.replace('"shop target"', '"shop target 2"'));
    expect(Object.keys(await workspace.plan())).toEqual(['opendts_endpoint.target']);
    password = 'of later';
    await workspace.succeed('apply', '-no-color', 'planned');
    expect(Object.keys(await workspace.plan())).toEqual([SOURCE]);
    await workspace.destroy();
  });
});
