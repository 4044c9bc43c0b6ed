import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { repository } from '../../product/service.ts';
import { terraformClis } from '../../servers/terraform-clis.ts';
import { openTokens, removeAll, tasksOf } from './service-objects.ts';
import { createShop, variablesOf } from './shop-stage.ts';
import { shopWith } from './shop-with-provider.ts';
import { wordsOf } from './words.ts';
import type { Workspace } from './workspace.ts';

// The guide to a pipeline, as it stands: a shell runs its commands, on the example of a migration with the block of the guide beside it.

const page = fs.readFileSync(path.join(repository, 'docs/terraform.md'), 'utf8');
const [, guide = ''] = /## Guide: a pipeline\n([\s\S]*?)\n## /.exec(page) ?? [];
const blocks = (kind: string) =>
  [...guide.matchAll(new RegExp(`\`\`\`${kind}\\n([\\s\\S]*?)\`\`\``, 'g'))].map((match) => match[1]!);
interface Ended {
  readonly code: unknown;
  readonly said: string;
}

const [planning = '', applying = '', untainting = ''] = blocks('sh');

// The commands bring the provider themselves.
const pipeline = shopWith(async () => ({ env: {}, [Symbol.dispose]() {} }));

beforeAll(() => createShop(pipeline.stage));
afterEach(async () => {
  await removeAll(pipeline.stage.client);
  await pipeline.stage.target.query('DROP DATABASE IF EXISTS shop_v2');
});

describe.each(await terraformClis())('$name $version', (cli) => {
  /** A checkout of the configuration, whose project has the package. */
  function checkout(): Workspace {
    const workspace = pipeline.open(cli);
    workspace.copy(path.join(repository, 'examples/terraform/migration'));
    workspace.write('reader.tf', blocks('hcl').join('\n'));
    const programs = path.join(workspace.folder, 'node_modules/.bin');
    fs.mkdirSync(programs, { recursive: true });
    const program = path.join(repository, 'terraform/provider/package/opendts-terraform.js');
    fs.symlinkSync(program, path.join(programs, 'opendts-terraform'));
    return workspace;
  }

  /** Runs commands of the guide with this CLI, as a job does. */
  function job(folder: string, commands: string, secrets: Readonly<Record<string, string>> = passwords()) {
    const { service } = pipeline.stage;
    const env = {
      PATH: `${path.dirname(process.execPath)}:${process.env.PATH}`,
      HOME: path.join(folder, 'home'),
      npm_config_offline: 'true',
      npm_config_update_notifier: 'false',
      CHECKPOINT_DISABLE: '1',
      TF_CLI_CONFIG_FILE: '/dev/null',
      OPENDTS_ENDPOINT: service.url,
      OPENDTS_TOKEN: service.token,
      ...secrets,
    };
    const script = commands.replaceAll(/^terraform\b/gm, cli.program);
    return new Promise<Ended>((resolve) => {
      execFile('sh', ['-euc', script], { cwd: folder, env }, (error, stdout, stderr) =>
        resolve({ code: error?.code ?? 0, said: wordsOf(stdout + stderr) }),
      );
    });
  }

  const variables = () =>
    Object.entries(variablesOf(pipeline.stage)).map(([name, value]) => [`TF_VAR_${name}`, value] as const);
  const passwords = () => Object.fromEntries(variables());
  const withoutPasswords = () =>
    Object.fromEntries(variables().filter(([name]) => !name.endsWith('_password')));

  test('plans with the lock file that was committed, applies the saved plan with the passwords given again, and untaints', async () => {
    using workspace = checkout();
    const { folder } = workspace;
    const before = await openTokens(pipeline.stage.client);
    const left = async () => (await openTokens(pipeline.stage.client)).slice(before.length);
    expect(await job(folder, 'npx opendts-terraform install\nterraform init -input=false')).toMatchObject({
      code: 0,
    });
    fs.rmSync(path.join(folder, '.terraform'), { recursive: true });

    expect(await job(folder, planning)).toEqual({
      code: 2,
      said: expect.stringContaining('4 to add, 0 to change'),
    });
    expect(await job(folder, applying, withoutPasswords())).toMatchObject({ code: 1 });
    expect(await tasksOf(pipeline.stage.client)).toEqual([]);
    expect(await job(folder, applying)).toEqual({
      code: 0,
      said: expect.stringContaining('Apply complete! Resources: 4 added'),
    });
    expect(await tasksOf(pipeline.stage.client)).toMatchObject([{ state: 'COMPLETED' }]);
    expect(await job(folder, planning)).toMatchObject({ code: 0 });
    expect(await left()).toEqual([]);

    expect(await job(folder, 'terraform taint opendts_migration_task.shop')).toMatchObject({ code: 0 });
    expect(await job(folder, planning)).toEqual({ code: 1, said: expect.stringContaining('tofu untaint') });
    expect(await left()).toEqual([]); // the CLIs close nothing where a plan fails: the provider does at its end
    expect(await job(folder, untainting)).toMatchObject({ code: 0 });
    expect(await left()).toEqual([]);
    expect(await job(folder, 'terraform destroy -input=false -auto-approve')).toMatchObject({ code: 0 });
  });
});
