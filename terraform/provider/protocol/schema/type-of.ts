import type { ObjectType, Type } from '../values/type.ts';
import { type Attribute, type Attributes, isNested } from './attribute.ts';

/** The type of the values that an attribute has. */
export function typeOf(attribute: Attribute): Type {
  if (!isNested(attribute)) return attribute.type;
  const object = objectType(attribute.attributes);
  return attribute.nesting === 'single' ? object : [attribute.nesting, object];
}

const known = new WeakMap<Attributes, ObjectType>();

/** The type of objects that have these attributes. */
export function objectType(attributes: Attributes): ObjectType {
  const made = known.get(attributes);
  if (made !== undefined) return made;
  const entries = Object.entries(attributes).map(([name, attribute]) => [name, typeOf(attribute)] as const);
  const type: ObjectType = ['object', Object.fromEntries(entries)];
  known.set(attributes, type);
  return type;
}
