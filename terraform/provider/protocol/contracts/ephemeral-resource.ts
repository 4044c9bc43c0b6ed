import type { Attributes, Schema } from '../schema/attribute.ts';
import type { Config, KnownConfig, State } from '../schema/values-of.ts';
import type { JsonObject } from '../values/value.ts';
import type { CallContext, ClientContext } from './context.ts';

/** Something that lives for one run of the CLI and is in no plan and no state. */
export interface EphemeralResource<A extends Attributes, C> {
  readonly schema: Schema<A>;
  /** Offline rules over more than one attribute. Runs unconfigured; anything may be unknown. */
  validate?(config: Config<A>, context: CallContext): void | Promise<void>;
  open(config: KnownConfig<A>, context: ClientContext<C>): Promise<Opened<A>>;
  /** Called when the time that was asked for has come. */
  renew?(handle: JsonObject, context: ClientContext<C>): Promise<Lease>;
  /** Ends it; that it has ended already is success. */
  close?(handle: JsonObject, context: ClientContext<C>): Promise<void>;
}

/** What the provider needs to renew and close it, and when it wants to be asked. */
export interface Lease {
  readonly handle?: JsonObject;
  readonly renewAt?: Date;
}

export interface Opened<A extends Attributes> extends Lease {
  readonly result: State<A>;
}
