import type { ProviderFunction } from '../contracts/provider-function.ts';
import type { Type } from '../values/type.ts';
import {
  NestingMode,
  type SchemaAttribute,
  StringKind,
  type WireFunction,
  type WireSchema,
} from '../wire/descriptions.ts';
import { type Attribute, type Attributes, isComputed, isNested, type Schema } from './attribute.ts';

const NESTING = {
  single: NestingMode.SINGLE,
  list: NestingMode.LIST,
  set: NestingMode.SET,
  map: NestingMode.MAP,
} as const;

/** A schema as the CLI reads it. */
export function wireSchema({ version = 0, description, deprecated, attributes }: Schema): WireSchema {
  return {
    version,
    block: {
      version,
      description,
      description_kind: StringKind.MARKDOWN,
      attributes: wireAttributes(attributes),
      ...deprecation(deprecated),
    },
  };
}

function wireAttributes(attributes: Attributes): SchemaAttribute[] {
  return Object.entries(attributes).map(([name, attribute]) => ({
    name,
    description: attribute.description,
    description_kind: StringKind.MARKDOWN,
    required: attribute.required === true,
    optional: attribute.optional === true,
    computed: isComputed(attribute),
    sensitive: attribute.sensitive === true,
    write_only: attribute.writeOnly === true,
    ...deprecation(attribute.deprecated),
    ...wireType(attribute),
  }));
}

function wireType(attribute: Attribute): SchemaAttribute {
  if (!isNested(attribute)) return { type: typeJson(attribute.type) };
  const { nesting, attributes } = attribute;
  return { nested_type: { nesting: NESTING[nesting], attributes: wireAttributes(attributes) } };
}

function deprecation(message: string | undefined) {
  return message === undefined ? {} : { deprecated: true, deprecation_message: message };
}

function typeJson(type: Type): Uint8Array {
  return Buffer.from(JSON.stringify(type));
}

/** A function as the CLI reads it. */
export function wireFunction(each: ProviderFunction): WireFunction {
  const parameter = ({
    name,
    type,
    description,
    allowNull,
    allowUnknown,
  }: ProviderFunction['parameters'][0]) => ({
    name,
    description,
    description_kind: StringKind.MARKDOWN,
    type: typeJson(type),
    allow_null_value: allowNull === true,
    allow_unknown_values: allowUnknown === true,
  });
  return {
    summary: each.summary,
    description: each.description,
    description_kind: StringKind.MARKDOWN,
    parameters: each.parameters.map(parameter),
    variadic_parameter: each.variadic && parameter(each.variadic),
    return: { type: typeJson(each.returns) },
  };
}
