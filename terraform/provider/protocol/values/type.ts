/**
 * Types of the CLI's value system, in the form in which schemas and dynamic values carry them as JSON.
 * `object` has exactly these attributes; `set` has no order and no two equal elements.
 */
export type Type = PrimitiveType | 'dynamic' | CollectionType | ObjectType | TupleType;

export type PrimitiveType = 'string' | 'number' | 'bool';
export type CollectionType = readonly ['list' | 'set' | 'map', Type];
export type ObjectType = readonly ['object', { readonly [name: string]: Type }];
export type TupleType = readonly ['tuple', readonly Type[]];
