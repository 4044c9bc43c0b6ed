import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { HOSTS } from '../../../terraform/provider/package/addresses.ts';
import { bundle } from '../../../terraform/provider/package/bundle.ts';
import { writeUnpacked } from '../../../terraform/provider/package/mirror.ts';
import { thisPlatform } from '../../../terraform/provider/package/platform.ts';
import { RELEASE, type Release } from '../../../terraform/provider/package/release.ts';

/** The stand-in takes the place of the version that @cdktf/provider-null asks for. */
const NULL_RELEASE: Release = {
  ...RELEASE,
  namespace: 'hashicorp',
  type: 'null',
  version: '3.2.4',
  entry: path.join(import.meta.dirname, 'null-provider.ts'),
};

/** Providers as users have them: programs in a mirror on disk, from which `init` takes them. */
export interface InstalledProviders extends Disposable {
  readonly env: Readonly<Record<string, string>>;
  /** The program of this product's provider. */
  readonly program: string;
}

export async function installedProviders(
  options: { readonly withNull?: boolean } = {},
): Promise<InstalledProviders> {
  const programs = [];
  for (const release of options.withNull === true ? [RELEASE, NULL_RELEASE] : [RELEASE]) {
    programs.push({ release, program: await bundle(release.entry) });
  }
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'opendts-providers-'));
  const mirror = path.join(folder, 'mirror');
  for (const { release, program } of programs) {
    writeUnpacked({ mirror, release, program, platform: thisPlatform() });
  }
  const config = path.join(folder, 'cli.tfrc');
  fs.writeFileSync(
    config,
    `provider_installation {\n  filesystem_mirror {\n    path = "${mirror}"\n  }\n}\n`,
  );
  return {
    env: { TF_CLI_CONFIG_FILE: config },
    program: path.join(
      mirror,
      HOSTS.own,
      'opendts/opendts',
      RELEASE.version,
      thisPlatform(),
      `terraform-provider-opendts_v${RELEASE.version}`,
    ),
    [Symbol.dispose]: () => fs.rmSync(folder, { recursive: true, force: true }),
  };
}
