import type { Type } from '../values/type.ts';
import type { Value } from '../values/value.ts';

/** What every attribute says about itself; all of it is data that plans, docs and constructs are made from. */
interface AttributeFacts {
  /** Complete sentences: the docs are generated from them. */
  readonly description: string;
  /** The user must set it. Exactly one of required, optional and computed alone holds, or optional with computed. */
  readonly required?: true;
  /** The user may set it. */
  readonly optional?: true;
  /** The provider sets it when the user does not. An attribute with a default is computed without saying so. */
  readonly computed?: true;
  /** Never shown by the CLI. It is in the state in clear: prefer `writeOnly` for secrets. */
  readonly sensitive?: true;
  /** Seen in the configuration alone; null in plan and state. Not with `computed`, not inside sets. */
  readonly writeOnly?: true;
  /** Why it should not be used any more, and what to use instead. */
  readonly deprecated?: string;
  /** A change of it destroys the object and creates another. */
  readonly requiresReplace?: true;
  /** Computed, and another after each update: unknown in every plan that changes anything. */
  readonly changesOnUpdate?: true;
  /** A computed attribute that may be null in the state. */
  readonly nullable?: true;
  /**
   * Two known values that mean the same. A plan and a refresh keep the text that the state has when the other
   * one means the same: it is no drift.
   */
  readonly equivalent?: (left: Value, right: Value) => boolean;
  /** What is wrong with a known value that is not null, with the remedy, as a complete sentence; or undefined. */
  readonly check?: (value: never) => string | undefined;
}

/** An attribute whose value is of one type. */
export interface PlainAttribute extends AttributeFacts {
  readonly type: Type;
  /** The value when the user sets none, also after a value was removed. */
  readonly default?: Value;
  /** The only values allowed. */
  readonly oneOf?: readonly string[];
  /** Only whole numbers of this range are allowed; both ends belong to it. Such a value is a `number`. */
  readonly wholeNumber?: { readonly min: number; readonly max: number };
}

/** How many objects a nested attribute has, and how they are told apart. */
export type Nesting = 'single' | 'list' | 'set' | 'map';

/** An attribute made of objects that have attributes of their own. */
export interface NestedAttribute extends AttributeFacts {
  readonly nesting: Nesting;
  readonly attributes: Attributes;
  /** The value when the user sets none, also after a value was removed. */
  readonly default?: Value;
}

export type Attribute = PlainAttribute | NestedAttribute;

export interface Attributes {
  readonly [name: string]: Attribute;
}

/** The schema of a provider, resource, data source or ephemeral resource. */
export interface Schema<A extends Attributes = Attributes> {
  /** Grows with every change that states of the version before do not fit; 0 when absent. */
  readonly version?: number;
  /** Complete sentences, Markdown. */
  readonly description: string;
  readonly deprecated?: string;
  readonly attributes: A;
}

export function isNested(attribute: Attribute): attribute is NestedAttribute {
  return 'nesting' in attribute;
}

/** Whether the provider may set the attribute: it is computed, or has a default. */
export function isComputed(attribute: Attribute): boolean {
  return attribute.computed === true || attribute.default !== undefined;
}
