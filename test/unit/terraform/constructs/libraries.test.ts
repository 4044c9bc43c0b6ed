import { expect, test } from 'vitest';
import { StandaloneProject } from './standalone-project.ts';

/** The stacks of examples/cdktf as a project with this library synthesizes them, without the library's notes. */
function synthesized(cdktf: 'cdktf' | 'cdktn') {
  using project = new StandaloneProject({ cdktf });
  project.run('examples/cdktf/main.ts');
  return ['migration', 'sync'].map((stack) => {
    const { '//': notes, ...rest } = JSON.parse(project.read(`cdktf.out/stacks/${stack}/cdk.tf.json`));
    return { version: notes.metadata.version as string, rest };
  });
}

test('given cdktf or its successor cdktn under the same name, then stacks come out the same', () => {
  const [byCdktf, byCdktn] = [synthesized('cdktf'), synthesized('cdktn')];
  expect(byCdktf.map(({ version }) => version)).toEqual(['0.21.0', '0.21.0']);
  expect(byCdktn.map(({ version }) => version)).toEqual(['0.24.0', '0.24.0']);
  expect(byCdktn.map(({ rest }) => rest)).toEqual(byCdktf.map(({ rest }) => rest));
  expect(Object.keys(byCdktf[0]?.rest.resource)).toEqual([
    'null_resource',
    'opendts_cutover',
    'opendts_endpoint',
    'opendts_migration_task',
  ]);
});
