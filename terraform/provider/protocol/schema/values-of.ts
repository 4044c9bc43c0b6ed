import type { Type } from '../values/type.ts';
import type { Unknown } from '../values/unknown.ts';
import type { Dynamic, Numeric, Value } from '../values/value.ts';
import type { Attribute, Attributes, Nesting } from './attribute.ts';

/** The configuration as the user wrote it; what other resources decide may be unknown, at any depth. */
export type Config<A extends Attributes> = Configured<A, Unknown>;

/** The configuration when all of it is known: at apply, and where data and ephemeral resources are read. */
export type KnownConfig<A extends Attributes> = Configured<A, never>;

/** A planned state: what only the service decides is unknown. */
export type PlannedState<A extends Attributes> = Stored<A, Unknown>;

/** A state: nothing in it is unknown, and what is write-only is null. */
export type State<A extends Attributes> = Stored<A, never>;

type Configured<A extends Attributes, U> = Writable<{
  [K in keyof A]: ConfiguredValue<A[K], U> | (A[K] extends { required: true } ? never : null) | U;
}>;

type Stored<A extends Attributes, U> = Writable<{
  [K in keyof A]: A[K] extends { writeOnly: true }
    ? null
    : StoredValue<A[K], U> | (IsAlwaysSet<A[K]> extends true ? never : null) | U;
}>;

type Writable<T> = { -readonly [K in keyof T]: T[K] };

type IsAlwaysSet<T extends Attribute> = T extends { required: true }
  ? true
  : T extends { nullable: true }
    ? false
    : T extends { default: Value }
      ? true
      : T extends { optional: true }
        ? false
        : true;

type ConfiguredValue<T extends Attribute, U> = T extends { nesting: infer N; attributes: infer A }
  ? Nest<N, Configured<A & Attributes, U>, U>
  : PlainValue<T, U>;

type StoredValue<T extends Attribute, U> = T extends { nesting: infer N; attributes: infer A }
  ? Nest<N, Stored<A & Attributes, U>, U>
  : PlainValue<T, U>;

type Nest<N, V, U> = N extends 'single'
  ? V
  : N extends 'map'
    ? { readonly [key: string]: V | U }
    : N extends Nesting
      ? readonly (V | U)[]
      : never;

type PlainValue<T extends Attribute, U> = T extends { wholeNumber: object }
  ? number
  : T extends { oneOf: readonly (infer S)[] }
    ? S
    : T extends { type: infer X }
      ? ValueOf<X, U>
      : never;

/** The values of a type; `U` is what may stand for an element that is not known. */
export type ValueOf<X, U = never> = X extends 'string'
  ? string
  : X extends 'bool'
    ? boolean
    : X extends 'number'
      ? Numeric
      : X extends 'dynamic'
        ? Dynamic
        : X extends readonly ['list' | 'set', infer E]
          ? readonly (ValueOf<E, U> | null | U)[]
          : X extends readonly ['map', infer E]
            ? { readonly [key: string]: ValueOf<E, U> | null | U }
            : X extends readonly ['object', infer F]
              ? { readonly [K in keyof F]: ValueOf<F[K], U> | null | U }
              : X extends Type
                ? Value
                : never;
