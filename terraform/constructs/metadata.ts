import type { TerraformMetaArguments } from 'cdktf';

/** Where the CLI looks for the provider. */
export const providerSource = 'opendts/opendts';

/** What the stack writes into `required_providers`. */
export const generatorMetadata = { providerName: 'opendts' } as const;

/** The arguments that Terraform gives to every object, apart from those of the provider. */
export function metaArguments(config: TerraformMetaArguments): TerraformMetaArguments {
  const { provider, dependsOn, count, lifecycle, provisioners, connection, forEach } = config;
  return { provider, dependsOn, count, lifecycle, provisioners, connection, forEach };
}
