import type { Attributes, Schema } from '../schema/attribute.ts';
import type { Config, KnownConfig, State } from '../schema/values-of.ts';
import type { CallContext, ClientContext } from './context.ts';

/** Something that is read and never changed. */
export interface DataSource<A extends Attributes, C> {
  readonly schema: Schema<A>;
  /** Offline rules over more than one attribute. Runs unconfigured; anything may be unknown. */
  validate?(config: Config<A>, context: CallContext): void | Promise<void>;
  /** Reads it, at each plan and at each apply. What the user set is returned as it was set. */
  read(config: KnownConfig<A>, context: ClientContext<C>): Promise<State<A>>;
}
