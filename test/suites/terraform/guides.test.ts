import fs from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { terraformClis } from '../../servers/terraform-clis.ts';
import { builtPackage } from '../../unit/terraform/constructs/built-package.ts';
import { StandaloneProject } from '../../unit/terraform/constructs/standalone-project.ts';
import { attachedProvider } from './attached-provider.ts';
import { Workspace } from './workspace.ts';

// What docs/terraform.md tells people to write is right.

const page = fs.readFileSync(new URL('../../../docs/terraform.md', import.meta.url), 'utf8');
const blocks = (kind: string) =>
  [...page.matchAll(new RegExp(`\`\`\`${kind}\\n([\\s\\S]*?)\`\`\``, 'g'))].map((match) => match[1]!);

let provider: Awaited<ReturnType<typeof attachedProvider>>;
beforeAll(async () => {
  provider = await attachedProvider();
});
afterAll(() => provider?.[Symbol.dispose]());

describe.each(await terraformClis())('$name $version', (cli) => {
  test('the blocks of the guides make one valid, formatted configuration', async () => {
    expect(blocks('hcl').length).toBeGreaterThan(5);
    using workspace = new Workspace({ cli, provider: provider.env, variables: () => ({}) });
    workspace.write('main.tf', blocks('hcl').join('\n'));
    await workspace.succeed('fmt', '-check', '-diff');
    expect(await workspace.succeed('validate', '-no-color')).toContain('The configuration is valid');
  });
});

test('the program of the guide has the right types and synthesizes its stack', async () => {
  const [program, ...more] = blocks('ts');
  expect(more).toEqual([]);
  using constructs = await builtPackage();
  using project = new StandaloneProject({ cdktf: 'cdktf', constructs });
  project.write('guide.ts', program!);
  expect(project.typeErrors()).toBe('');
  project.run('guide.ts');
  const { resource } = JSON.parse(project.read('cdktf.out/stacks/shop/cdk.tf.json'));
  expect(Object.keys(resource)).toEqual([
    'null_resource',
    'opendts_cutover',
    'opendts_endpoint',
    'opendts_migration_task',
  ]);
});
