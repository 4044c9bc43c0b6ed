import { readFile } from 'node:fs/promises';
import {
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import { printed, schema } from '../../gateway/schema/schema.ts';

const types = Object.values(schema.getTypeMap()).filter(
  (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
);

/** Everything in a type that can carry a description, by its path. */
function* describable(type: GraphQLNamedType): Generator<{ path: string; description?: string | null }> {
  yield { path: type.name, ...(type.description ? { description: type.description } : {}) };
  if (isEnumType(type)) {
    for (const { name, description } of type.getValues())
      yield { path: `${type.name}.${name}`, description: description ?? null };
  }
  if (isObjectType(type) || isInterfaceType(type) || isInputObjectType(type)) {
    for (const field of Object.values(type.getFields())) {
      yield { path: `${type.name}.${field.name}`, description: field.description ?? null };
      const args = 'args' in field ? field.args : [];
      for (const { name, description } of args)
        yield { path: `${type.name}.${field.name}(${name})`, description: description ?? null };
    }
  }
}

const all = types.flatMap((type) => [...describable(type)]);

describe('schema.graphql', () => {
  test('is in step with the code; `npm run schema` writes it', async () => {
    const stored = await readFile(new URL('../../schema.graphql', import.meta.url), 'utf8');
    expect(stored).toBe(printed());
  });

  test('describes every type, field, argument and enum value', () => {
    expect(all.length).toBeGreaterThan(200);
    expect(all.filter(({ description }) => !description).map(({ path }) => path)).toEqual([]);
  });

  test('says each description as a sentence', () => {
    const odd = all.filter(({ description }) => description && !/[.…]$/.test(description));
    expect(odd.map(({ path }) => path)).toEqual([]);
  });

  test('shows nothing that is called a password', () => {
    const shown = types.filter((type) => isObjectType(type) || isInterfaceType(type));
    const names = shown.flatMap((type) => Object.keys(type.getFields()));
    expect(names.filter((name) => /password|credential|privateKey/i.test(name))).toEqual([]);
  });
});

describe('mutations', () => {
  const mutations = Object.values(schema.getMutationType()?.getFields() ?? {});

  test('have the names that others build on', () => {
    expect(mutations.map(({ name }) => name).sort()).toEqual(
      [
        ...['createEndpoint', 'updateEndpoint', 'deleteEndpoint', 'testEndpoint'],
        ...['createTask', 'configureTask', 'runPrecheck', 'startTask', 'pauseTask', 'resumeTask'],
        ...['stopTask', 'completeTask', 'retryTask', 'modifyObjects', 'destroyTask', 'createApiToken'],
        ...['revokeApiToken', 'claimEndpoint', 'claimTask', 'claimApiToken'],
      ].sort(),
    );
  });

  test.each(mutations)('$name takes one input with an idempotency key and answers with a union', (field) => {
    expect(field.args.map(({ name }) => name)).toEqual(['input']);
    const [input] = field.args;
    const inputType = schema.getType(String(input?.type).replace('!', ''));
    expect(isInputObjectType(inputType) && Object.keys(inputType.getFields())).toContain('idempotencyKey');
    const name = field.name.charAt(0).toUpperCase() + field.name.slice(1);
    expect(String(field.type)).toBe(`${name}Result!`);
  });
});

test('every root field names the scope that it needs', () => {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const open = roots
    .flatMap((root) => Object.values(root?.getFields() ?? {}))
    .filter(({ extensions }) => {
      const options = extensions.pothosOptions as { authScopes?: object } | undefined;
      return Object.keys(options?.authScopes ?? {}).length !== 1;
    });
  expect(open.map(({ name }) => name)).toEqual([]);
});
