import type { Attributes, Schema } from '../schema/attribute.ts';
import type { Config } from '../schema/values-of.ts';
import type { CallContext } from './context.ts';
import type { DataSource } from './data-source.ts';
import type { EphemeralResource } from './ephemeral-resource.ts';
import type { ProviderFunction } from './provider-function.ts';
import type { Resource } from './resource.ts';

/** All that one provider offers. C is the client that its objects are managed with. */
export interface Provider<C> extends ProviderConfiguration<Attributes, C> {
  /** The type in the provider's address, with which the names of its resources begin: `opendts`. */
  readonly name: string;
  readonly version: string;
  readonly resources: { readonly [typeName: string]: Resource<Attributes, C> };
  readonly dataSources: { readonly [typeName: string]: DataSource<Attributes, C> };
  readonly ephemeralResources: { readonly [typeName: string]: EphemeralResource<Attributes, C> };
  readonly functions: { readonly [name: string]: ProviderFunction };
}

/** The provider block: its attributes, and what they are made into. */
export interface ProviderConfiguration<A extends Attributes, C> {
  readonly schema: Schema<A>;
  /** Offline rules over more than one attribute; anything may be unknown. All is told when it returns. */
  validate?(config: Config<A>, context: CallContext): void;
  /**
   * The client for the calls that follow, or undefined while an attribute that it needs is unknown. Opens nothing
   * that has to be closed: the process is ended without a call.
   */
  configure(config: Config<A>, context: ConfigureContext): Promise<C | undefined>;
}

export interface ConfigureContext extends CallContext {
  /** Of the CLI, such as `1.11.4`. */
  readonly cliVersion: string;
}
