import type { JsonValue } from '../values/value.ts';
import type { Diagnostics } from './diagnostics.ts';

/** Lines for the CLI's log, which users see with TF_LOG alone. Never a secret. */
export interface Logger {
  trace(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export interface LogFields {
  readonly [name: string]: unknown;
}

/** What every call is given. */
export interface CallContext {
  readonly diagnostics: Diagnostics;
  readonly logger: Logger;
  /** Aborted when the user interrupts: what waits ends soon, and what was done is returned. */
  readonly signal: AbortSignal;
}

/** A call made after the provider was configured; `client` is what `configure` returned. */
export interface ClientContext<C> extends CallContext {
  readonly client: C;
}

/** Small facts that are kept beside a resource's state, unseen by users, in clear: never a secret. */
export interface PrivateState {
  get(key: string): JsonValue | undefined;
  /** `undefined` removes the key. */
  set(key: string, value: JsonValue | undefined): void;
}

export interface ResourceContext<C> extends ClientContext<C> {
  readonly privateState: PrivateState;
}

export interface PlanContext<C> extends CallContext {
  /** Absent while the provider's own configuration is not known. */
  readonly client: C | undefined;
  readonly privateState: PrivateState;
}

/** S is the resource's state. */
export interface ApplyContext<C, S> extends ResourceContext<C> {
  /**
   * Says what is true by now; stored when the method throws. Once a create has kept a state, an error that it
   * throws is told as a warning: an error would taint the object, and the next apply would destroy it.
   * `diagnostics.error` stays an error, for those who want that.
   */
  keep(state: S): void;
}
