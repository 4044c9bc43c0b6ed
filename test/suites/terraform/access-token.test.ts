import { expect, test } from 'vitest';
import { terraformClis } from '../../servers/terraform-clis.ts';
import { installedProviders } from './installed-providers.ts';
import { filesOf } from './secrets.ts';
import { tokensOf } from './service-objects.ts';
import { providerBlock } from './shop-stage.ts';
import { shopWith } from './shop-with-provider.ts';

// A token of one run of the CLI, on which another provider block lives.

const installed = shopWith(installedProviders);

const readingBy = (name: string) => `${providerBlock}
ephemeral "opendts_access_token" "reader" {
  name   = "${name}"
  scopes = ["read"]
  ttl    = "10m"
}

provider "opendts" {
  alias    = "reader"
  endpoint = var.service_url
  token    = ephemeral.opendts_access_token.reader.token
}

data "opendts_engine_capabilities" "all" {
  provider = opendts.reader
}

output "kinds" {
  value = data.opendts_engine_capabilities.all.kinds
}
`;

test.each(await terraformClis())(
  '$name: what reads by the token of a run gets its answer, and the token is revoked at the end and in no file',
  async (cli) => {
    const { client, service } = installed.stage;
    const name = `of a run of ${cli.name}`;
    const tokens = async () => (await tokensOf(client)).filter((token) => token.name === name);
    using workspace = installed.open(cli, readingBy(name));
    await workspace.succeed('init', '-no-color');

    await workspace.succeed('plan', '-no-color', '-out=planned');
    const used = {
      ...{ scopes: ['read'], lastUsedAt: expect.any(String), revokedAt: expect.any(String) },
    };
    expect(await tokens()).toMatchObject([used]);
    await workspace.succeed('apply', '-no-color', 'planned');
    expect(JSON.parse(await workspace.succeed('output', '-json', 'kinds'))).toEqual([
      'migration',
      'synchronization',
    ]);
    for (const token of await tokens())
      expect(token).toMatchObject({ scopes: ['read'], revokedAt: expect.any(String) });

    // The plan holds the value of a variable, which is the token of the service.
    const secrets = [...filesOf(workspace.folder)].flatMap(([file, text]) =>
      [...text.replaceAll(service.token, '').matchAll(/odts_[\w-]{8,}/g)].map(([secret]) => ({
        file,
        secret,
      })),
    );
    expect(secrets).toEqual([]);
  },
);
