import { describe, expect, test } from 'vitest';
import { bindings } from '../../../../terraform/constructs/generate/bindings.ts';
import { formattedBindings } from '../../../../terraform/constructs/generate/generate.ts';
import type { ProviderSchema } from '../../../../terraform/constructs/generate/provider-schema.ts';
import { everyType } from './every-type.ts';
import { StandaloneProject } from './standalone-project.ts';

const program = `
import { Testing, TerraformStack, TerraformVariable } from 'cdktf';
import { Thing } from './terraform/constructs/l1/thing.ts';
import { DataOpendtsWeather } from './terraform/constructs/l1/data-opendts-weather.ts';
import { OpendtsProvider } from './terraform/constructs/l1/provider.ts';

const stack = new TerraformStack(Testing.app({ outdir: 'out' }), 'stack');
new OpendtsProvider(stack, 'opendts', { url: 'http://127.0.0.1:4000', token: 'secret' });
const count = new TerraformVariable(stack, 'count', { type: 'number' });
const one = new Thing(stack, 'one', {
  name: 'one',
  size: count.numberValue,
  hidden: false,
  anything: { a: [1, 'x'] },
  words: ['b', 'a'],
  wordSet: ['x'],
  numbers: [1, 2.5],
  labels: { camelCase: 'stays' },
  switches: { on: true },
  owner: { firstName: 'Ada' },
  parts: { left_one: { partName: 'l', inner: [{ deepValue: true }] } },
  timeouts: { create: '5m' },
  rule: [{ pattern: '*' }],
  dependsOn: [],
  lifecycle: { preventDestroy: true },
});
const weather = new DataOpendtsWeather(stack, 'weather', { place: one.parts.get('left_one').madeAt });
const two = new Thing(stack, 'two', {
  name: one.findings.get(0).message,
  size: weather.degrees,
  hidden: one.hidden,
  words: one.wordSet,
  numbers: one.numbers,
  labels: { owner: one.owner.firstName, deep: one.labels.lookup('x') },
});
two.wordSet = ['changed'];
two.labels = undefined;
console.log(JSON.stringify({ json: JSON.parse(Testing.synth(stack)), hcl: Testing.synthHcl(stack) }));
`;

test('given a schema with every type, when its bindings are used, then Terraform gets what was written', () => {
  using project = new StandaloneProject({ cdktf: 'cdktf' });
  for (const name of ['metadata', 'outputs', 'shape']) project.copy(`terraform/constructs/${name}.ts`);
  for (const [name, text] of formattedBindings(everyType))
    project.write(`terraform/constructs/l1/${name}`, text);
  project.write('main.ts', program);

  const { json, hcl } = JSON.parse(project.run('main.ts'));
  expect(project.typeErrors()).toBe('');

  const { one, two } = json.resource.opendts_thing;
  expect(one).toMatchObject({
    name: 'one',
    size: '${var.count}',
    hidden: false,
    anything: { a: [1, 'x'] },
    words: ['b', 'a'],
    word_set: ['x'],
    numbers: [1, 2.5],
    labels: { camelCase: 'stays' },
    switches: { on: true },
    owner: { first_name: 'Ada' },
    parts: { left_one: { part_name: 'l', inner: [{ deep_value: true }] } },
    timeouts: { create: '5m' },
    rule: [{ pattern: '*' }],
    lifecycle: { prevent_destroy: true },
  });
  expect(two).toMatchObject({
    name: '${opendts_thing.one.findings[0].message}',
    size: '${data.opendts_weather.weather.degrees}',
    hidden: '${opendts_thing.one.hidden}',
    words: '${tolist(opendts_thing.one.word_set)}',
    numbers: '${opendts_thing.one.numbers}',
    word_set: ['changed'],
  });
  expect(two).not.toHaveProperty('labels');
  expect(json.data.opendts_weather.weather.place).toBe('${opendts_thing.one.parts["left_one"].made_at}');
  expect(json.provider.opendts).toEqual([{ url: 'http://127.0.0.1:4000', token: 'secret' }]);
  expect(json.terraform.required_providers.opendts.source).toBe('opendts/opendts');
  expect(hcl).toContain('part_name = "l"');
  expect(hcl).toMatch(/timeouts \{\s+create = "5m"/);
});

describe('the generator refuses', () => {
  const withAttribute = (name: string): ProviderSchema => ({
    provider: { version: 0, block: {} },
    resource_schemas: {
      opendts_thing: { version: 0, block: { attributes: { [name]: { type: 'string', required: true } } } },
    },
  });

  test.each(['count', 'for_each', 'node', 'lifecycle'])('an attribute %s, a word of constructs', (name) => {
    expect(() => bindings(withAttribute(name))).toThrow('is a word of constructs');
    expect(() => bindings(withAttribute('fine'))).not.toThrow();
  });

  test('a resource of another provider', () => {
    const schema = { ...withAttribute('a'), resource_schemas: { other_thing: { version: 0, block: {} } } };
    expect(() => bindings(schema)).toThrow('other_thing does not begin with opendts_');
  });
});
