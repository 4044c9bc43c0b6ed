import type { Provider } from '../contracts/provider.ts';
import { wireFunction, wireSchema } from '../schema/wire-schema.ts';
import type {
  GetFunctionsResponse,
  GetMetadataResponse,
  GetProviderSchemaResponse,
  GetResourceIdentitySchemasResponse,
} from '../wire/descriptions.ts';
import type { Session } from './session.ts';

/** A move from another type is offered where a resource knows how; moves within a type are the CLI's own work. */
const capabilitiesOf = <C>({ resources }: Provider<C>) => ({
  plan_destroy: true,
  get_provider_schema_optional: true,
  move_resource_state: Object.values(resources).some(({ move }) => move !== undefined),
});

/** What the provider offers. */
export function metadataCalls<C>({ provider }: Session<C>) {
  const named = (objects: object) => Object.keys(objects).map((type_name) => ({ type_name }));
  return {
    async GetMetadata(): Promise<GetMetadataResponse> {
      return {
        server_capabilities: capabilitiesOf(provider),
        resources: named(provider.resources),
        data_sources: named(provider.dataSources),
        ephemeral_resources: named(provider.ephemeralResources),
        functions: Object.keys(provider.functions).map((name) => ({ name })),
      };
    },
    async GetProviderSchema(): Promise<GetProviderSchemaResponse> {
      return {
        provider: wireSchema(provider.schema),
        resource_schemas: schemas(provider.resources),
        data_source_schemas: schemas(provider.dataSources),
        ephemeral_resource_schemas: schemas(provider.ephemeralResources),
        functions: functions(provider),
        server_capabilities: capabilitiesOf(provider),
      };
    },
    async GetFunctions(): Promise<GetFunctionsResponse> {
      return { functions: functions(provider) };
    },
    async GetResourceIdentitySchemas(): Promise<GetResourceIdentitySchemasResponse> {
      return {};
    },
  };
}

function schemas(objects: {
  readonly [name: string]: { readonly schema: Parameters<typeof wireSchema>[0] };
}) {
  return Object.fromEntries(Object.entries(objects).map(([name, { schema }]) => [name, wireSchema(schema)]));
}

function functions<C>(provider: Provider<C>) {
  return Object.fromEntries(
    Object.entries(provider.functions).map(([name, each]) => [name, wireFunction(each)]),
  );
}
