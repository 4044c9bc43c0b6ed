import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADDRESSES, HOSTS } from '../../../terraform/provider/package/addresses.ts';
import { bundle } from '../../../terraform/provider/package/bundle.ts';
import { writePacked } from '../../../terraform/provider/package/mirror.ts';
import { PLATFORMS, thisPlatform } from '../../../terraform/provider/package/platform.ts';
import { RELEASE } from '../../../terraform/provider/package/release.ts';
import { printSchema } from '../../../terraform/provider/protocol/schema/print-schema.ts';
import { provider } from '../../../terraform/provider/provider.ts';
import { terraformClis } from '../../servers/terraform-clis.ts';
import { installedProviders } from './installed-providers.ts';
import { wordsOf } from './words.ts';
import { Workspace } from './workspace.ts';

const clis = await terraformClis();
const PROGRAM = path.join(import.meta.dirname, '../../../terraform/provider/package/cli.ts');

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'opendts-mirror-'));
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

/** What `opendts-terraform` says. */
const opendtsTerraform = (...args: string[]) =>
  execFileSync(process.execPath, [PROGRAM, ...args], {
    cwd: folder,
    encoding: 'utf8',
    stdio: 'pipe',
    env: { HOME: folder },
  });

/** What a program says when a person starts it. */
const saidBy = (program: string, env: NodeJS.ProcessEnv) =>
  spawnSync(program, { encoding: 'utf8', env }).stderr;

/** Makes a CLI take providers from this mirror and nowhere else. */
function useMirror(mirror: string): Record<string, string> {
  const file = `${mirror}.tfrc`;
  fs.writeFileSync(
    file,
    `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }\n}\n`,
  );
  return { TF_CLI_CONFIG_FILE: file };
}

function requireProvider(name: string, source: string, version: string): string {
  return `terraform {
  required_providers {
    ${name} = {
      source  = "${source}"
      version = "${version}"
    }
  }
}
`;
}

/** What keeps a provider from its start, each in a new folder. */
const hindrances: readonly {
  readonly what: string;
  readonly env: (folder: string) => Record<string, string>;
  readonly says: readonly string[];
}[] = [
  {
    what: 'an old node on PATH',
    env: (folder) => ({ PATH: oldNode(folder) }),
    says: ['The provider needs Node 24 or later, and this is 18.20.4', 'Set OPENDTS_NODE'],
  },
  {
    what: 'no node on PATH',
    env: (folder) => ({ PATH: folder }),
    says: ['The provider needs Node 24 or later, and there is no program "node"', 'Set OPENDTS_NODE'],
  },
  {
    what: 'a node that is not where the variable says',
    env: (folder) => ({ OPENDTS_NODE: `${folder}/node` }),
    says: ['hindered-', '/node"', 'Set OPENDTS_NODE'],
  },
  {
    what: 'an option that node does not know',
    env: () => ({ NODE_OPTIONS: '--no-such-option' }),
    says: ['NODE_OPTIONS', '--no-such-option is not allowed'],
  },
  {
    what: 'a module that node shall load and cannot',
    env: (folder) => ({ NODE_OPTIONS: `--require=${folder}/gone.js` }),
    says: ['NODE_OPTIONS', 'Cannot find module'],
  },
  {
    what: 'no folder for a socket',
    env: (folder) => ({ PLUGIN_UNIX_SOCKET_DIR: `${folder}/gone` }),
    says: ['No folder for the socket can be made in', 'Set PLUGIN_UNIX_SOCKET_DIR'],
  },
];

/** A folder for PATH whose node is this one and calls itself an old one. */
function oldNode(folder: string): string {
  const age = path.join(folder, 'age.js');
  fs.writeFileSync(
    age,
    `const versions = { ...process.versions, node: '18.20.4' };
Object.defineProperty(process, 'versions', { value: versions });`,
  );
  const program = `#!/bin/sh\nexec "${process.execPath}" --require "${age}" "$@"\n`;
  fs.writeFileSync(path.join(folder, 'node'), program, { mode: 0o755 });
  return folder;
}

/** Where a program is that is called by its name or by its path. */
const located = (program: string): string =>
  (process.env.PATH ?? '')
    .split(':')
    .map((each) => path.resolve(each, program))
    .find((each) => fs.existsSync(each)) ?? program;

const workspaceOf = (cli: (typeof clis)[number], env: Record<string, string>) =>
  new Workspace({ cli, provider: env, variables: () => ({}) });

describe('the package', () => {
  test('has an archive for each platform and host, with a program that may be executed', () => {
    const printed = opendtsTerraform('package', '--into', path.join(folder, 'packed'));
    const files = printed.trim().split('\n');
    expect(files).toHaveLength(PLATFORMS.length * ADDRESSES.length);
    for (const line of files) {
      expect(entriesOf(fs.readFileSync(line.replace('Wrote ', '')))).toEqual([
        { name: `terraform-provider-opendts_v${RELEASE.version}`, mode: '100755' },
        { name: 'package.json', mode: '100644' },
      ]);
    }
  });

  test('has the server of the gRPC library and not its client, which each start would read', async () => {
    const program = Buffer.from(await bundle(RELEASE.entry)).toString();
    expect(program).toContain('grpc.max_receive_message_length');
    expect(program).not.toMatch(/makeClientConstructor|outlier_detection|round_robin/);
  });

  test('is the same bytes when it is made again', () => {
    const archives = ['one', 'two'].map((name) => {
      opendtsTerraform('package', '--into', path.join(folder, name), '--host', HOSTS.own);
      return fs.readFileSync(
        path.join(
          folder,
          name,
          HOSTS.own,
          `opendts/opendts/terraform-provider-opendts_${RELEASE.version}_linux_amd64.zip`,
        ),
      );
    });
    expect(archives[0]!.equals(archives[1]!)).toBe(true);
  });

  test('starts in a project of ECMAScript modules', () => {
    const project = path.join(folder, 'modules');
    fs.mkdirSync(project);
    fs.writeFileSync(path.join(project, 'package.json'), '{ "type": "module" }');
    const plugins = path.join(project, 'terraform.d/plugins');
    const printed = opendtsTerraform('install', '--into', plugins, '--host', HOSTS.own);
    const [installed = ''] = printed.trim().replace('Installed ', '').split('\n');
    const program = path.join(installed, `terraform-provider-opendts_v${RELEASE.version}`);
    expect(saidBy(program, { HOME: folder })).toMatch(/^This program is the opendts provider\./);
  });

  test('runs on the node of the variable, else on that which it was installed by, else on that of PATH', () => {
    const printed = opendtsTerraform('install', '--host', HOSTS.own);
    const [installed = ''] = printed.trim().replace('Installed ', '').split('\n');
    const program = path.join(installed, `terraform-provider-opendts_v${RELEASE.version}`);
    const [variable, onPath] = ['variable', 'on path'].map((name) => {
      const node = path.join(folder, name, 'node');
      fs.mkdirSync(path.dirname(node));
      fs.writeFileSync(node, `#!/bin/sh\necho "the node ${name}" >&2\n`, { mode: 0o755 });
      return node;
    }) as [string, string];
    const env = { HOME: folder, PATH: path.dirname(onPath) };
    expect(saidBy(program, { ...env, OPENDTS_NODE: variable })).toBe('the node variable\n');
    expect(saidBy(program, env)).toMatch(/^This program is the opendts provider\./);
    const noted = path.join(folder, '.opendts/provider-node');
    expect(fs.readFileSync(noted, 'utf8')).toBe(`${process.execPath}\n`);
    fs.writeFileSync(noted, `${folder}/gone/node\n`);
    expect(saidBy(program, env)).toBe('the node on path\n');
    fs.rmSync(noted);
    expect(saidBy(program, env)).toBe('the node on path\n');
  });

  test('says how it is used when it is used wrongly', () => {
    for (const args of [['deploy'], [], ['install', 'here'], ['install', '--form', 'x']])
      expect(() => opendtsTerraform(...args)).toThrow(/Usage: opendts-terraform/);
    expect(opendtsTerraform('--help')).toMatch(/^Usage: opendts-terraform/);
  });
});

describe.each(clis)('$name $version', (cli) => {
  test('starts the provider out of an archive of a mirror, with mutual TLS', async () => {
    const mirror = path.join(folder, `mirror-${cli.name}`);
    const program = await bundle(RELEASE.entry);
    writePacked({ mirror, release: RELEASE, program, platforms: [thisPlatform()] });
    const sockets = fs.mkdtempSync(path.join(folder, 's'));
    using workspace = workspaceOf(cli, { ...useMirror(mirror), PLUGIN_UNIX_SOCKET_DIR: sockets });
    // As projects of constructs have it; the CLI unpacks the archive below.
    workspace.write('package.json', '{ "type": "module" }');
    for (const source of ['opendts/opendts', `${HOSTS.own}/opendts/opendts`]) {
      workspace.write(
        'main.tf',
        `${requireProvider('opendts', source, RELEASE.version)}
output "dsn" {
  value = provider::opendts::parse_dsn("mysql://root@db.example:3307/shop").port
}
`,
      );
      await workspace.succeed('init', '-no-color');
      expect(await workspace.apply()).toMatch(/dsn = 3307/);
    }
    expect(fs.readdirSync(sockets)).toEqual([]);
  });

  test.each(hindrances)('says why the provider cannot start: $what', async ({ env, says }) => {
    using installed = await installedProviders();
    const own = fs.mkdtempSync(path.join(folder, 'hindered-'));
    fs.symlinkSync(located(cli.program), path.join(own, cli.name)); // found also where PATH has nothing else
    using workspace = workspaceOf(cli, { ...installed.env, ...env(own) });
    workspace.write('main.tf', requireProvider('opendts', 'opendts/opendts', RELEASE.version));
    await workspace.succeed('init', '-no-color');
    const { code, text } = await workspace.run('validate', '-no-color');
    expect(code).toBe(1);
    for (const words of ['Unrecognized remote plugin message', ...says])
      expect(wordsOf(text)).toContain(words);
  });

  test('finds the provider where it is installed by default', async () => {
    using workspace = workspaceOf(cli, {});
    const home = path.join(workspace.folder, 'home');
    execFileSync(process.execPath, [PROGRAM, 'install'], { env: { HOME: home }, stdio: 'pipe' });
    workspace.write('main.tf', requireProvider('opendts', 'opendts/opendts', RELEASE.version));
    expect(await workspace.succeed('init', '-no-color')).toContain(`opendts/opendts v${RELEASE.version}`);
  });

  test('takes by one lock file what two machines have installed by their nodes, and what a mirror has', async () => {
    const machines = path.join(folder, `machines-${cli.name}`);
    const nodes = [process.execPath, path.join(machines, 'another/node')] as const;
    fs.mkdirSync(path.dirname(nodes[1]), { recursive: true });
    fs.copyFileSync(nodes[0], nodes[1]);
    const origins: Record<string, string>[] = nodes.map((node, index) => {
      const HOME = path.join(machines, String(index));
      execFileSync(node, [PROGRAM, 'install'], { env: { HOME }, stdio: 'pipe' });
      return { HOME };
    });
    opendtsTerraform('package', '--into', path.join(machines, 'mirror'));
    origins.push(useMirror(path.join(machines, 'mirror')));
    let lock: Buffer | undefined;
    for (const env of origins) {
      using workspace = workspaceOf(cli, env);
      workspace.write('main.tf', requireProvider('opendts', 'opendts/opendts', RELEASE.version));
      if (lock !== undefined) workspace.write('.terraform.lock.hcl', lock.toString());
      await workspace.succeed('init', '-no-color', ...(lock === undefined ? [] : ['-lockfile=readonly']));
      lock ??= workspace.read('.terraform.lock.hcl');
    }
  });

  test('prints the schema that we print without a CLI', async () => {
    using installed = await installedProviders();
    using workspace = workspaceOf(cli, installed.env);
    const address = `${HOSTS.own}/opendts/opendts`;
    workspace.write('main.tf', requireProvider('opendts', address, RELEASE.version));
    await workspace.succeed('init', '-no-color');
    const theirs = JSON.parse(await workspace.succeed('providers', 'schema', '-json'));
    expect(comparable(theirs)).toEqual(comparable(printSchema(address, provider)));
  });

  test('manages objects of a stand-in for hashicorp/null', async () => {
    using installed = await installedProviders({ withNull: true });
    using workspace = workspaceOf(cli, installed.env);
    const configuration = (trigger: string) => `${requireProvider('null', 'hashicorp/null', '3.2.4')}
resource "null_resource" "anchor" {
  triggers = {
    run = "${trigger}"
  }
}
data "null_data_source" "copy" {
  inputs = {
    id = null_resource.anchor.id
  }
}
output "copied" {
  value = data.null_data_source.copy.outputs["id"]
}
`;
    workspace.write('main.tf', configuration('one'));
    await workspace.succeed('init', '-no-color');
    await workspace.apply();
    const { id } = (await workspace.state())['null_resource.anchor'] ?? {};
    expect(id).toMatch(/^\d+$/);
    expect(await workspace.plan()).toEqual({});

    workspace.write('main.tf', configuration('two'));
    const change = (await workspace.plan())['null_resource.anchor'];
    expect(change?.actions).toEqual(['delete', 'create']);
    await workspace.apply();
    const after = (await workspace.state())['null_resource.anchor'];
    expect(after).toMatchObject({ triggers: { run: 'two' } });
    expect(after?.id).not.toBe(id);
    expect(await workspace.plan()).toEqual({});
    await workspace.destroy();
    expect(await workspace.state()).toEqual({});
  });
});

/** The files of an archive without comments and extra fields, as the archive's directory has them. */
function entriesOf(zip: Buffer): { readonly name: string; readonly mode: string }[] {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06'));
  const entries = [];
  for (let at = zip.readUInt32LE(end + 16); at < end; ) {
    const nameEnd = at + 46 + zip.readUInt16LE(at + 28);
    entries.push({
      name: zip.toString('utf8', at + 46, nameEnd),
      mode: zip.readUInt16LE(at + 40).toString(8),
    });
    at = nameEnd;
  }
  return entries;
}

/** The CLIs differ in what they print of what is empty, and of what a schema lacks. */
function comparable(json: unknown): unknown {
  return JSON.parse(
    JSON.stringify(json, (key, value) => {
      if (key === 'resource_identity_schemas' || key === 'list_resource_schemas' || key === 'action_schemas')
        return undefined;
      if (value === false || value === '' || key === 'deprecation_message') return undefined;
      if (typeof value === 'object' && value !== null && Object.keys(value).length === 0) return undefined;
      return value;
    }),
  );
}
