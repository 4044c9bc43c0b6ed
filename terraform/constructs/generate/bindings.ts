import { structOf } from './model.ts';
import { fileName, pascalCase, withoutProvider } from './naming.ts';
import { printConfig } from './print-config.ts';
import { type Construct, printConstruct } from './print-construct.ts';
import type { ProviderSchema } from './provider-schema.ts';

const PROVIDER = 'opendts';

/** The files of the bindings by name: a class and its configuration for each resource and data source, and the provider. */
export function bindings(schema: ProviderSchema): Map<string, string> {
  const files = new Map<string, string>();
  for (const construct of constructs(schema)) {
    const kind = construct.kind === 'provider' ? 'provider' : 'object';
    files.set(`${construct.configFile}.ts`, printConfig(construct.struct, kind));
    files.set(`${construct.configFile.replace(/-config$/, '')}.ts`, printConstruct(construct));
  }
  return files;
}

function constructs(schema: ProviderSchema): Construct[] {
  const { description = '' } = schema.provider.block;
  const provider = structOf(`${pascalCase(PROVIDER)}Provider`, schema.provider.block);
  return [
    {
      kind: 'provider',
      struct: provider,
      description,
      terraformType: PROVIDER,
      configFile: 'provider-config',
    },
    ...entries(schema.resource_schemas, 'resource', ''),
    ...entries(schema.data_source_schemas, 'data source', `data_${PROVIDER}_`),
  ];
}

function entries(
  schemas: ProviderSchema['resource_schemas'],
  kind: Construct['kind'],
  prefix: string,
): Construct[] {
  return Object.entries(schemas ?? {}).map(([terraformType, { block }]) => {
    const name = `${prefix}${withoutProvider(terraformType, PROVIDER)}`;
    const struct = structOf(pascalCase(name), block);
    const description = block.description ?? '';
    return { kind, struct, description, terraformType, configFile: `${fileName(name)}-config` };
  });
}
