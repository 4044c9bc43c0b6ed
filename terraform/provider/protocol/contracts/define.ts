import type { Attributes } from '../schema/attribute.ts';
import type { DataSource } from './data-source.ts';
import type { EphemeralResource } from './ephemeral-resource.ts';
import type { ProviderConfiguration } from './provider.ts';
import type { Resource } from './resource.ts';

/**
 * For a provider whose client is C: functions that check an object against the types of its own schema and then
 * forget them, so that objects of different schemas can stand in one list. Sound because the framework gives each
 * method values of its own schema alone.
 */
export function definitionsFor<C>() {
  return {
    resource: <A extends Attributes>(resource: Resource<A, C>) =>
      resource as unknown as Resource<Attributes, C>,
    dataSource: <A extends Attributes>(source: DataSource<A, C>) =>
      source as unknown as DataSource<Attributes, C>,
    ephemeralResource: <A extends Attributes>(resource: EphemeralResource<A, C>) =>
      resource as unknown as EphemeralResource<Attributes, C>,
    configuration: <A extends Attributes>(configuration: ProviderConfiguration<A, C>) =>
      configuration as unknown as ProviderConfiguration<Attributes, C>,
  };
}
