import type { Provider } from '../contracts/provider.ts';
import type { ProviderFunction } from '../contracts/provider-function.ts';
import type { Type } from '../values/type.ts';
import { type Attribute, type Attributes, isComputed, isNested, type Schema } from './attribute.ts';

/**
 * What `providers schema -json` of the CLIs prints for a provider (format 1.0), made without one. Tools that
 * generate bindings and docs read it.
 */
export function printSchema<C>(address: string, provider: Provider<C>): object {
  return {
    format_version: '1.0',
    provider_schemas: {
      [address]: {
        provider: schemaJson(provider.schema),
        resource_schemas: schemasJson(provider.resources),
        data_source_schemas: schemasJson(provider.dataSources),
        ephemeral_resource_schemas: schemasJson(provider.ephemeralResources),
        functions: mapValues(provider.functions, functionJson),
      },
    },
  };
}

function schemasJson(objects: { readonly [typeName: string]: { readonly schema: Schema } }) {
  return mapValues(objects, ({ schema }) => schemaJson(schema));
}

function schemaJson({ version = 0, description, deprecated, attributes }: Schema) {
  return {
    version,
    block: {
      attributes: attributesJson(attributes),
      description,
      description_kind: 'markdown',
      ...(deprecated === undefined ? {} : { deprecated: true }),
    },
  };
}

function attributesJson(attributes: Attributes): object {
  return mapValues(attributes, (attribute) => ({
    ...typeJson(attribute),
    description: attribute.description,
    description_kind: 'markdown',
    ...flags({
      deprecated: attribute.deprecated !== undefined,
      required: attribute.required,
      optional: attribute.optional,
      computed: isComputed(attribute),
      sensitive: attribute.sensitive,
      write_only: attribute.writeOnly,
    }),
  }));
}

function typeJson(attribute: Attribute): { type: Type } | { nested_type: object } {
  if (!isNested(attribute)) return { type: attribute.type };
  return {
    nested_type: { attributes: attributesJson(attribute.attributes), nesting_mode: attribute.nesting },
  };
}

function functionJson(each: ProviderFunction) {
  const parameter = ({ name, type, description, allowNull }: ProviderFunction['parameters'][0]) => ({
    name,
    description,
    ...flags({ is_nullable: allowNull }),
    type,
  });
  return {
    description: each.description,
    summary: each.summary,
    return_type: each.returns,
    ...(each.parameters.length > 0 ? { parameters: each.parameters.map(parameter) } : {}),
    ...(each.variadic === undefined ? {} : { variadic_parameter: parameter(each.variadic) }),
  };
}

/** Only what holds is printed. */
function flags(all: Readonly<Record<string, boolean | undefined>>): object {
  return Object.fromEntries(Object.entries(all).filter(([, holds]) => holds === true));
}

/** In the order of their names, as the CLIs print them. */
function mapValues<T, R>(record: { readonly [key: string]: T }, made: (value: T) => R): Record<string, R> {
  const entries = Object.entries(record).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([key, value]) => [key, made(value)]));
}
