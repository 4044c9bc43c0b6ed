import type { Attributes, Schema } from './attribute.ts';

/** A schema whose values have the types that its attributes say. */
export const defineSchema = <const A extends Attributes>(schema: Schema<A>): Schema<A> => schema;

/** Attributes that more than one schema uses. */
export const defineAttributes = <const A extends Attributes>(attributes: A): A => attributes;
