import { afterEach, describe, expect, test } from 'vitest';
import { terraformClis } from '../../servers/terraform-clis.ts';
import { LaunchedPlugin } from './framework/launched-plugin.ts';
import { installedProviders } from './installed-providers.ts';
import { endpointsOf, removeAll } from './service-objects.ts';
import { endpoints } from './shop-stage.ts';
import { shopWith } from './shop-with-provider.ts';

// How the CLIs come to the program that users have, where they do not start it with mutual TLS.

const installed = shopWith(installedProviders);

afterEach(() => removeAll(installed.stage.client));

const namesOfEndpoints = async () =>
  (await endpointsOf(installed.stage.client)).map(({ name }) => name).sort();

describe.each(await terraformClis())('$name $version', (cli) => {
  test('attaches to the program that somebody has started with -debug, without an init, run after run', async () => {
    using provider = await installedProviders();
    await using plugin = new LaunchedPlugin(provider.program, { args: ['-debug'], env: {} });
    await expect.poll(() => plugin.stdout).toContain('\n');
    const [, name = '', value = ''] = /^(\w+)='(.*)'\n$/.exec(plugin.stdout) ?? [];
    using workspace = installed.open(cli, endpoints, { env: { [name]: value } });
    expect(Object.keys(await workspace.plan())).toEqual([
      'opendts_endpoint.source',
      'opendts_endpoint.target',
    ]);
    await workspace.succeed('apply', '-no-color', 'planned');
    expect(await namesOfEndpoints()).toEqual(['shop source', 'shop target']);
    expect(await workspace.plan()).toEqual({});
    await workspace.destroy();
    expect(await namesOfEndpoints()).toEqual([]);
    plugin.signal('SIGINT');
    expect(await plugin.ended()).toBe(0);
  });

  test.each([
    ['encrypted', {}, true],
    ['plain with TF_DISABLE_PLUGIN_TLS', { TF_DISABLE_PLUGIN_TLS: '1' }, false],
  ] as const)(
    'makes an endpoint over a connection to the provider that is %s',
    async (_what, variable, isEncrypted) => {
      using workspace = installed.open(cli, endpoints, { env: { ...variable, TF_LOG_PROVIDER: 'debug' } });
      await workspace.succeed('init', '-no-color');
      const said = await workspace.apply();
      expect(said).toContain('starting plugin');
      expect(said.includes('configuring client automatic mTLS')).toBe(isEncrypted);
      expect(await namesOfEndpoints()).toEqual(['shop source', 'shop target']);
      await workspace.destroy();
    },
  );
});
