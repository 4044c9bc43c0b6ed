import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BuiltPackage, builtPackage } from './built-package.ts';
import { StandaloneProject } from './standalone-project.ts';

// The constructs as projects outside the repository have them: installed, below node_modules, where no node strips types.

const EXAMPLES = path.resolve(import.meta.dirname, '../../../../examples/cdktf');

let constructs: BuiltPackage;
beforeAll(async () => {
  constructs = await builtPackage();
}, 60_000);
afterAll(() => constructs?.[Symbol.dispose]());

/** The examples in a project of their own. */
function examples(cdktf: 'cdktf' | 'cdktn'): StandaloneProject {
  const project = new StandaloneProject({ cdktf, constructs });
  for (const name of fs.readdirSync(EXAMPLES).filter((each) => each.endsWith('.ts'))) {
    const text = fs.readFileSync(path.join(EXAMPLES, name), 'utf8');
    project.write(name, text.replace("'../../terraform/constructs/index.ts'", "'opendts-constructs'"));
  }
  return project;
}

/** Their stacks as a project with this library synthesizes them, without the library's notes. */
function synthesized(cdktf: 'cdktf' | 'cdktn') {
  using project = examples(cdktf);
  project.run('main.ts');
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

test.each(['cdktf', 'cdktn'] as const)(
  'the declarations fit what the examples do with %s, and refuse what they must not',
  (library) => {
    using project = examples(library);
    expect(project.typeErrors()).toBe('');
    project.write('wrong.ts', "import { database } from 'opendts-constructs';\ndatabase('shop').as(7);\n");
    expect(project.typeErrors()).toMatch(/^wrong\.ts\(2,21\): error TS2345/);
  },
);

describe.each(['cdktf', 'cdktn'] as const)(
  'a program of secrets and of names that two stacks have, by %s',
  (library) => {
    const program = `import { App, LocalBackend, TerraformStack } from 'cdktf';
import { MySqlEndpoint, OpendtsProvider } from 'opendts-constructs';
const app = new App();
for (const id of ['eu', 'us']) {
  const stack = new TerraformStack(app, id);
  new LocalBackend(stack, {});
  new OpendtsProvider(stack, 'opendts', id === 'eu' ? {} : { token: 'odts_hunter2' });
  new MySqlEndpoint(stack, 'old', { name: 'shop', host: 'db.example', username: 'dts', password: 'hunter2' });
}
app.synth();
app.synth();
`;
    const told = (project: StandaloneProject) =>
      Object.values(JSON.parse(project.read('cdktf.out/manifest.json')).stacks).flatMap(
        (stack) => (stack as { annotations: { constructPath: string; message: string }[] }).annotations,
      );

    test('tells its warnings once where it is run by itself, and no secret', () => {
      using project = new StandaloneProject({ cdktf: library, constructs });
      project.write('main.mjs', program);
      const warnings = project.warningsOf('main.mjs');
      expect(warnings.trim().split('\n').sort()).toEqual([
        expect.stringMatching(/^Warning: \[eu\/old\] The password is written in the code/),
        expect.stringMatching(/^Warning: \[us\/old\/endpoint\] two endpoints are called "shop"/),
        expect.stringMatching(/^Warning: \[us\/old\] The password is written in the code/),
        expect.stringMatching(/^Warning: \[us\/opendts\] The token is written in the code/),
      ]);
      expect(warnings).not.toContain('hunter2');
      expect(told(project)).toHaveLength(4);
    });

    test('leaves them to the CLI of CDKTF where that runs it', () => {
      using project = new StandaloneProject({ cdktf: library, constructs });
      project.write('main.mjs', program);
      // As that CLI starts it, in order to show annotations itself.
      const env = { CDKTF_CONTINUE_SYNTH_ON_ERROR_ANNOTATIONS: 'true' };
      expect(project.warningsOf('main.mjs', env)).toBe('');
      expect(told(project)).toHaveLength(4);
    });
  },
);

/** A program with the constructs and a class of the schema, and a fault that the checks find. */
const program = (imports: string) => `${imports}
const stack = new TerraformStack(Testing.app({ outdir: 'out' }), 'stack');
new OpendtsProvider(stack, 'opendts');
const target = existingEndpoint('01m80hejdf81ghq1pk6zmavm1x');
const source = existingEndpoint('shop');
const task = new MigrationTask(stack, 'move', { source, target, objects: [database('shop')] });
new DataOpendtsTaskProgress(stack, 'progress', { taskId: task.taskId });
const { data } = JSON.parse(Testing.synth(stack));
let refusal;
try {
  stack.runAllValidations();
} catch (error) {
  refusal = error.message;
}
console.log(JSON.stringify({ data, refusal }));
`;
const names = '{ database, existingEndpoint, MigrationTask, OpendtsProvider }';

describe.each([
  [
    'main.mjs',
    `import { Testing, TerraformStack } from 'cdktf';
import ${names} from 'opendts-constructs';
import { DataOpendtsTaskProgress } from 'opendts-constructs/l1/data-opendts-task-progress';`,
  ],
  [
    'main.cjs',
    `const { Testing, TerraformStack } = require('cdktf');
const ${names} = require('opendts-constructs');
const { DataOpendtsTaskProgress } = require('opendts-constructs/l1/data-opendts-task-progress');`,
  ],
])('%s', (file, imports) => {
  test('imports the constructs, which check by the rules of the provider', () => {
    using project = new StandaloneProject({ cdktf: 'cdktf', constructs });
    project.write(file, program(imports));
    const { data, refusal } = JSON.parse(project.run(file));
    expect(refusal).toContain('[stack/move] source_id: "shop" is no id of the service');
    const [progress] = Object.values(data.opendts_task_progress);
    expect(progress).toMatchObject({ task_id: expect.stringMatching(/^\$\{opendts_migration_task\./) });
  });
});

test('the package holds what it imports: nothing of the provider, and no library but those that it asks for', () => {
  const manifest = JSON.parse(fs.readFileSync(path.join(constructs.folder, 'package.json'), 'utf8'));
  const libraries = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
  const files = fs.readdirSync(constructs.folder, { recursive: true, encoding: 'utf8' });
  const imported = files
    .filter((file) => /\.(js|d\.ts)$/.test(file))
    .flatMap((file) => {
      const text = fs.readFileSync(path.join(constructs.folder, file), 'utf8');
      const found = text.matchAll(/(?:require\(|\bfrom |\bimport\()['"]([^'"]+)['"]/g);
      return [...found].map(([, target = '']) => ({ file, target }));
    });
  expect(imported.length).toBeGreaterThan(100);
  const stray = imported.filter(({ file, target }) => {
    if (target.startsWith('node:')) return false;
    if (!target.startsWith('.')) return !libraries.some((name) => `${target}/`.startsWith(`${name}/`));
    return !files.includes(path.join(path.dirname(file), target));
  });
  expect(stray).toEqual([]);
});
