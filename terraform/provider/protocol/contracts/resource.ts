import type { Attributes, Schema } from '../schema/attribute.ts';
import type { Config, KnownConfig, PlannedState, State } from '../schema/values-of.ts';
import type { JsonObject } from '../values/value.ts';
import type { ApplyContext, CallContext, PlanContext, ResourceContext } from './context.ts';
import type { Path } from './diagnostics.ts';

/**
 * One kind of managed object. C is the client that the provider's `configure` returns.
 *
 * The framework has checked the configuration against the schema, has made the plan, and keeps write-only values
 * out of plan and state. What a method throws becomes a diagnostic, and what was there before stays.
 */
export interface Resource<A extends Attributes, C> {
  readonly schema: Schema<A>;
  /** From a schema version to the next: makes a state of that version one of the version after it. */
  readonly upgrades?: { readonly [version: number]: (state: JsonObject) => JsonObject };

  /** Offline rules over more than one attribute. Runs unconfigured; anything may be unknown. All is told when it returns. */
  validate?(config: Config<A>, context: CallContext): void;

  /**
   * Alters the plan that the schema gives. Reads only; runs twice, when planned and again when applied with
   * everything known, and what was known the first time must come out the same. What the user set stays.
   * For an object that is replaced it runs once more at once, with `prior` null and the private state that the plan
   * of the former object left; of what it finds then the CLI shows errors alone.
   */
  plan?(request: PlanRequest<A>, context: PlanContext<C>): PlanResult<A> | Promise<PlanResult<A>>;

  /**
   * Checks, when a destroy is planned, that it may be done; an error refuses it. Reads only. Not called for the
   * former object of a replacement: what must hold always is held in `delete`.
   */
  planDestroy?(state: State<A>, context: PlanContext<C>): void | Promise<void>;

  /** Makes the object. Run again after a kill with the same configuration it ends with one object, not two. */
  create(request: CreateRequest<A>, context: ApplyContext<C, State<A>>): Promise<State<A>>;

  /**
   * The object as it is, or null when it is gone. Never throws for one that is gone. Write-only attributes
   * and those that the service does not know are taken over from `state`.
   */
  read(state: State<A>, context: ResourceContext<C>): Promise<State<A> | null>;

  /** Makes the object what was planned; returns it as it then is. */
  update(request: UpdateRequest<A>, context: ApplyContext<C, State<A>>): Promise<State<A>>;

  /** Removes the object and waits until it is gone; that it is gone already is success. */
  delete(state: State<A>, context: ResourceContext<C>): Promise<void>;

  /** What `read` needs to find the object that the user names, or null when there is none. Absent: no import. */
  import?(id: string, context: ResourceContext<C>): Promise<Partial<State<A>> | null>;

  /** Takes over an object of another type for a `moved` block, or null when it knows none such. Runs unconfigured. */
  move?(source: MovedObject, context: CallContext): Promise<Partial<State<A>> | null>;
}

export interface PlanRequest<A extends Attributes> {
  readonly config: Config<A>;
  /** Null when the object is to be created. */
  readonly prior: State<A> | null;
  /** The plan as the schema gives it. */
  readonly planned: PlannedState<A>;
  /** Attributes whose change makes the object be destroyed and created again; all that is computed is unknown then. */
  readonly requiresReplace: readonly Path[];
}

export interface PlanResult<A extends Attributes> {
  readonly planned: PlannedState<A>;
  /** Further attributes for whose sake the object has to be replaced. */
  readonly requiresReplace?: readonly Path[];
}

export interface CreateRequest<A extends Attributes> {
  /** Holds the write-only values too. */
  readonly config: KnownConfig<A>;
  readonly planned: PlannedState<A>;
}

export interface UpdateRequest<A extends Attributes> extends CreateRequest<A> {
  readonly prior: State<A>;
}

/** An object that another resource type manages so far. */
export interface MovedObject {
  /** Such as `registry.terraform.io/aliyun/alicloud`. */
  readonly providerAddress: string;
  readonly typeName: string;
  readonly schemaVersion: number;
  readonly state: JsonObject;
}
