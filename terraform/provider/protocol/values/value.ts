import type { Decimal } from './decimal.ts';
import type { Type } from './type.ts';
import type { Unknown } from './unknown.ts';

/**
 * A number of the CLI, which has 512 bits: `number` where a double holds it exactly and is printed with just its
 * digits, `bigint` for a whole number that it does not hold, `Decimal` for any other.
 */
export type Numeric = number | bigint | Decimal;

/** A value of an attribute whose type the schema leaves open, with the type that it has. */
export class Dynamic {
  readonly type: Type;
  readonly value: Value;

  constructor(type: Type, value: Value) {
    this.type = type;
    this.value = value;
  }
}

/** Objects and maps by their keys. */
export interface ValueRecord {
  readonly [key: string]: Value;
}

/** Any value, as resources see it: lists, sets and tuples are arrays. */
export type Value = null | boolean | string | Numeric | Unknown | Dynamic | readonly Value[] | ValueRecord;

/** What JSON can say, numbers with all their digits; private state and states of earlier versions are made of it. */
export type JsonValue = null | boolean | Numeric | string | readonly JsonValue[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: JsonValue;
}
