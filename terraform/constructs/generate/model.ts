import { camelCase, pascalCase } from './naming.ts';
import type { AttributeSchema, BlockSchema, CtyType, NestedBlockSchema } from './provider-schema.ts';

/** An object type that gets an interface of its own. */
export interface Struct {
  readonly name: string;
  readonly members: readonly Member[];
}

export interface Member {
  /** As in HCL, for example `source_id`. */
  readonly terraformName: string;
  /** As in TypeScript, for example `sourceId`. */
  readonly name: string;
  readonly description: string;
  readonly type: ValueType;
  readonly required: boolean;
  /** False for what the provider alone decides. */
  readonly settable: boolean;
  readonly deprecated: boolean;
  /** Written as a block in HCL, not as an attribute. */
  readonly block: boolean;
}

export type ValueType =
  | { readonly kind: 'string' | 'number' | 'bool' | 'dynamic' }
  | { readonly kind: 'list' | 'set' | 'map'; readonly element: ValueType }
  | { readonly kind: 'struct'; readonly struct: Struct };

/** What the interfaces of one resource, data source or provider are made of; inner structs are named after the outer. */
export function structOf(name: string, block: BlockSchema): Struct {
  const attributes = Object.entries(block.attributes ?? {}).map(([key, schema]) =>
    attribute(name, key, schema),
  );
  const blocks = Object.entries(block.block_types ?? {}).map(([key, schema]) =>
    nestedBlock(name, key, schema),
  );
  return { name, members: [...attributes, ...blocks].sort(byRequiredAndName) };
}

/** The struct and all that it is made of, inner ones first. */
export function allStructs(struct: Struct, through: (member: Member) => boolean = () => true): Struct[] {
  const inner = struct.members.filter(through).map(({ type }) => innermost(type));
  return [
    ...inner.flatMap((type) => (type.kind === 'struct' ? allStructs(type.struct, through) : [])),
    struct,
  ];
}

/** The same without what the provider alone decides. */
export function settableStructs(struct: Struct): Struct[] {
  return allStructs(struct, (member) => member.settable);
}

/** The type without the lists, sets and maps around it. */
export function innermost(type: ValueType): ValueType {
  return 'element' in type ? innermost(type.element) : type;
}

function attribute(owner: string, key: string, schema: AttributeSchema): Member {
  return {
    terraformName: key,
    name: camelCase(key),
    description: schema.description ?? '',
    type: typeOf(owner, key, schema),
    required: schema.required === true,
    settable: schema.required === true || schema.optional === true,
    deprecated: schema.deprecated === true,
    block: false,
  };
}

function typeOf(owner: string, key: string, { type, nested_type: nested }: AttributeSchema): ValueType {
  const name = owner + pascalCase(key);
  if (nested !== undefined) {
    const struct = structOf(name, { attributes: nested.attributes });
    return nest(nested.nesting_mode, struct);
  }
  if (type === undefined) throw new Error(`${owner}: the attribute ${key} has no type`);
  return ctyType(name, type);
}

function nestedBlock(owner: string, key: string, schema: NestedBlockSchema): Member {
  const struct = structOf(owner + pascalCase(key), schema.block);
  const mode = schema.nesting_mode === 'group' ? 'single' : schema.nesting_mode;
  return {
    terraformName: key,
    name: camelCase(key),
    description: schema.block.description ?? '',
    type: nest(mode, struct),
    required: (schema.min_items ?? 0) > 0,
    settable: true,
    deprecated: schema.block.deprecated === true,
    block: true,
  };
}

function nest(mode: 'single' | 'list' | 'set' | 'map', struct: Struct): ValueType {
  const element: ValueType = { kind: 'struct', struct };
  return mode === 'single' ? element : { kind: mode, element };
}

function ctyType(name: string, type: CtyType): ValueType {
  if (typeof type === 'string') return { kind: type };
  if (type[0] === 'tuple') return { kind: 'dynamic' };
  if (type[0] !== 'object') return { kind: type[0], element: ctyType(name, type[1]) };
  const members = Object.entries(type[1]).map(([key, inner]): Member => {
    const required = type[2]?.includes(key) !== true;
    return {
      terraformName: key,
      name: camelCase(key),
      description: '',
      type: ctyType(name + pascalCase(key), inner),
      required,
      settable: true,
      deprecated: false,
      block: false,
    };
  });
  return { kind: 'struct', struct: { name, members: members.sort(byRequiredAndName) } };
}

function byRequiredAndName(one: Member, other: Member): number {
  if (one.required !== other.required) return one.required ? -1 : 1;
  return one.name < other.name ? -1 : 1;
}
