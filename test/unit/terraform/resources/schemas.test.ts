import { expect, test } from 'vitest';
import { defaultTaskOptions } from '../../../../engine/core/task.ts';
import { type Attributes, isNested } from '../../../../terraform/provider/protocol/schema/attribute.ts';
import { provider } from '../../../../terraform/provider/provider.ts';
import {
  defaultOptions,
  optionsOf,
  optionsState,
} from '../../../../terraform/provider/resources/task/options.ts';

const schemas = {
  provider,
  ...provider.resources,
  ...provider.dataSources,
  ...provider.ephemeralResources,
};

function* described(path: string, attributes: Attributes): Generator<[string, string]> {
  for (const [name, attribute] of Object.entries(attributes)) {
    yield [`${path}.${name}`, attribute.description];
    if (isNested(attribute)) yield* described(`${path}.${name}`, attribute.attributes);
  }
}

const all = Object.entries(schemas).flatMap(([name, { schema }]) => [
  [name, schema.description] as const,
  ...described(name, schema.attributes),
]);

test('everything is described in whole sentences', () => {
  expect(all.length).toBeGreaterThan(100);
  const odd = all.filter(([, text]) => !/^[A-Z`'"].*\.$/s.test(text));
  expect(odd).toEqual([]);
});

test('the defaults of the options are those of the service', () => {
  const { conflictMode, chunkBytes, changeLogBytes, groupBytes, ...rest } = defaultTaskOptions;
  const bytes = {
    chunkBytes: `${chunkBytes}`,
    changeLogBytes: `${changeLogBytes}`,
    groupBytes: `${groupBytes}`,
  };
  expect(optionsOf(defaultOptions)).toEqual({ ...rest, ...bytes, conflictMode });
  expect(optionsState(optionsOf(defaultOptions))).toEqual(defaultOptions);
});

test('what is secret is marked so', () => {
  const secrets = Object.values({ ...provider.resources, ...provider.ephemeralResources, provider })
    .flatMap(({ schema }) => Object.entries(schema.attributes))
    .filter(([name]) => /^(password(_wo)?|token|secret)$/.test(name));
  expect(secrets.length).toBe(5);
  expect(secrets.filter(([, { sensitive, writeOnly }]) => !sensitive && !writeOnly)).toEqual([]);
});
