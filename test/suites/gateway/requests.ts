import {
  type GraphQLInputObjectType,
  type GraphQLInputType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql';
import { schema } from '../../../gateway/schema/schema.ts';

/** An id of the right form that no object has. */
export const unknownId = '00000000000000000000000000';

export interface Mutation {
  readonly name: string;
  readonly inputType: GraphQLInputObjectType;
  /** The operation, with the whole input as variable `input`. */
  readonly query: string;
}

/** Every mutation of the schema, so that a new one is tested without a word. */
export const mutations: readonly Mutation[] = Object.values(schema.getMutationType()?.getFields() ?? {}).map(
  ({ name, args }) => {
    const inputType = getNamedType(args[0]?.type) as GraphQLInputObjectType;
    return {
      name,
      inputType,
      query: `mutation ($input: ${inputType.name}!) { ${name}(input: $input) { __typename ... on Error { code message remedy } } }`,
    };
  },
);

const scalars: Record<string, unknown> = {
  String: 'plain',
  ID: unknownId,
  Int: 1,
  Boolean: true,
  BigInt: '1048576',
  DateTime: '2099-01-01T00:00:00Z',
};
/** Values for fields whose rules ask for more than their type. */
const byName: Record<string, unknown> = {
  host: '127.0.0.1',
  retryConnectionMinutes: 60,
  changeLogBytes: '67108864',
  ca: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
};

/** A value that the rules of shape let through. */
export function validValue(type: GraphQLInputType, name = ''): unknown {
  if (isNonNullType(type)) return validValue(type.ofType, name);
  if (isListType(type)) return [validValue(type.ofType, name)];
  if (isInputObjectType(type)) {
    return Object.fromEntries(
      Object.values(type.getFields()).map((field) => [field.name, validValue(field.type, field.name)]),
    );
  }
  if (isEnumType(type)) return type.getValues()[0]?.name;
  return byName[name] ?? scalars[type.name];
}

/** An input with no more than it must have. */
export function neededInput(type: GraphQLInputObjectType): Record<string, unknown> {
  const needed = Object.values(type.getFields()).filter((field) => isNonNullType(field.type));
  return Object.fromEntries(needed.map((field) => [field.name, validValue(field.type, field.name)]));
}

const hostileText = {
  'a very long text': 'x'.repeat(100_000),
  'a NUL': 'a\0b',
  'half a character': 'a\ud800b',
  'a number': 7,
  'a list': ['a', 'b'],
  'an object': { $gt: '' },
  'a boolean': true,
};
const hostileByType: Record<string, Record<string, unknown>> = {
  String: { ...hostileText },
  ID: {
    ...hostileText,
    'a number': -7,
    'nothing between the quotes': '',
    SQL: "x' OR '1'='1",
    'a path': '../../etc/passwd',
  },
  Int: {
    'a negative number': -1,
    'more than 32 bits': 2 ** 40,
    'a fraction': 1.5,
    'a text': '7',
    'a list': [1, 2],
  },
  Boolean: { 'a text': 'true', 'a number': 1 },
  BigInt: {
    'a negative number': -1,
    'a text': 'many',
    'a fraction': 1.5,
    'more than 64 bits': '9'.repeat(40),
    'a list': [1, 2],
  },
  DateTime: { 'a number': 0, 'a word': 'tomorrow', 'no such day': '2026-02-31T00:00:00Z', SQL: "now()'; --" },
};

export interface Hostile {
  /** Where and what, for the name of the test. */
  readonly what: string;
  readonly input: object;
}

/** The input with one thing wrong at a time: each field missing, of another type, hostile; and a field too many. */
export function* hostileInputs(type: GraphQLInputObjectType): Generator<Hostile> {
  const valid = validValue(type) as Record<string, unknown>;
  for (const [path, wrong] of wrongValues(type, valid)) yield { what: path, input: wrong };
}

function* wrongValues(
  type: GraphQLInputObjectType,
  valid: Record<string, unknown>,
): Generator<[string, Record<string, unknown>]> {
  yield ['an unknown field', { ...valid, nope: 1 }];
  for (const field of Object.values(type.getFields())) {
    const { name } = field;
    if (isNonNullType(field.type)) {
      yield [`${name}: null`, { ...valid, [name]: null }];
      if (field.defaultValue === undefined) {
        const { [name]: _, ...rest } = valid;
        yield [`${name}: missing`, rest];
      }
    }
    const inner = getNamedType(field.type);
    const list = isListType(isNonNullType(field.type) ? field.type.ofType : field.type);
    const place = (value: unknown) => ({ ...valid, [name]: list ? [value] : value });
    if (isInputObjectType(inner)) {
      yield [`${name}: a text`, place('x')];
      yield [`${name}: a number`, place(7)];
      const innerValid = validValue(inner) as Record<string, unknown>;
      for (const [path, wrong] of wrongValues(inner, innerValid)) yield [`${name}.${path}`, place(wrong)];
    } else if (isEnumType(inner)) {
      for (const wrong of ['NOPE', 7, true, {}]) yield [`${name}: ${JSON.stringify(wrong)}`, place(wrong)];
    } else {
      for (const [what, wrong] of Object.entries(hostileByType[inner.name] ?? {}))
        yield [`${name}: ${what}`, place(wrong)];
    }
  }
}
