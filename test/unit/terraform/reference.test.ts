import { describe, expect, test } from 'vitest';
import { type Attributes, isNested } from '../../../terraform/provider/protocol/schema/attribute.ts';
import { provider } from '../../../terraform/provider/provider.ts';
import { referencePage } from '../../../terraform/provider/reference/page.ts';

const { resources, dataSources, ephemeralResources, functions } = provider;
const described = { ...resources, ...dataSources, ...ephemeralResources };
const page = referencePage(provider);

/** Descriptions by their paths. */
function descriptions(attributes: Attributes, outer: string): [string, string][] {
  return Object.entries(attributes).flatMap(([name, attribute]) => [
    [`${outer}.${name}`, attribute.description],
    ...(isNested(attribute) ? descriptions(attribute.attributes, `${outer}.${name}`) : []),
  ]);
}

const texts: [string, string][] = [
  ...descriptions(provider.schema.attributes, 'provider'),
  ...Object.entries(described).flatMap(([name, { schema }]): [string, string][] => [
    [name, schema.description],
    ...descriptions(schema.attributes, name),
  ]),
  ...Object.entries(functions).flatMap(([name, each]): [string, string][] => [
    [name, each.summary],
    [name, each.description],
    ...each.parameters.map((parameter): [string, string] => [
      `${name}.${parameter.name}`,
      parameter.description,
    ]),
  ]),
];

describe('the reference', () => {
  test('tells of everything that the provider offers', () => {
    for (const name of Object.keys({ ...described, ...functions })) expect(page).toContain(`\`${name}\`\n`);
    expect(texts.length).toBeGreaterThan(60);
    for (const [, text] of texts) expect(page.replaceAll('\\|', '|')).toContain(text.replaceAll('\n', ' '));
  });

  test('consists of complete sentences', () => {
    expect(texts.filter(([, text]) => !/^[A-Z`].*\.$/s.test(text)).map(([path]) => path)).toEqual([]);
  });

  test('marks what must be given, what replaces and what is kept nowhere', () => {
    expect(page).toMatch(/\| `task_id` \| string, \*\*required\*\*, \*replaces\* \|/);
    expect(page).toMatch(/\| `password_wo` \| string, [^|]*\*write-only\*/);
    expect(page).toMatch(/\| `databases\{\}\.tables\{\}\.target` \| string \|/);
  });
});
