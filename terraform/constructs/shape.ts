import { isComplexElement, Tokenization } from 'cdktf';

/** How the members of a configuration are written for Terraform; the keys are their names in TypeScript. */
export type Shape = Readonly<Record<string, MemberShape>>;

export interface MemberShape {
  readonly terraform: string;
  readonly type: ValueShape;
  /** Written as a block in HCL. */
  readonly block?: true;
}

export type ValueShape =
  | 'string'
  | 'number'
  | 'bool'
  | 'dynamic'
  | { readonly list: ValueShape }
  | { readonly set: ValueShape }
  | { readonly map: ValueShape }
  | { readonly struct: Shape };

/** The same members, to be set anew. */
export type Changeable<T> = { -readonly [Key in keyof T]: T[Key] };

/** The members under their names in Terraform; tokens and references stay as they are. */
export function toTerraform(config: object, shape: Shape): Record<string, unknown> {
  return members(config, shape, (member, value) => written(value, member.type));
}

/** The same with what the library's printer of HCL wants to know about each value; it prints `any` as an expression. */
export function toHcl(config: object, shape: Shape): Record<string, unknown> {
  return members(config, shape, ({ type, block }, value) => {
    if (block === true) return { value: written(value, type, toHcl), isBlock: true, type: blockKind(type) };
    if (type === 'string' || type === 'number') return { value, type: 'simple', storageClassType: type };
    if (type === 'bool') return { value, type: 'simple', storageClassType: 'boolean' };
    return { value: written(value, type), type: 'any' };
  });
}

function members(
  config: object,
  shape: Shape,
  write: (member: MemberShape, value: unknown) => unknown,
): Record<string, unknown> {
  const given = config as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.entries(shape)
      .filter(([name]) => given[name] !== undefined && given[name] !== null)
      .map(([name, member]) => [member.terraform, write(member, given[name])]),
  );
}

function written(value: unknown, type: ValueShape, struct = toTerraform): unknown {
  if (typeof type === 'string' || !isOpen(value)) return value;
  if ('struct' in type) return struct(value, type.struct);
  if ('map' in type) return mapValues(value, (each) => written(each, type.map, struct));
  const element = 'list' in type ? type.list : type.set;
  return Array.isArray(value) ? value.map((each) => written(each, element, struct)) : value;
}

/** Whether the members of the value can be looked into: it is no token and no reference. */
function isOpen(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  return !Tokenization.isResolvable(value) && !isComplexElement(value);
}

function mapValues(value: object, change: (each: unknown) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, change(each)]));
}

function blockKind(type: ValueShape): string {
  if (typeof type === 'string' || 'struct' in type) return 'struct';
  return 'map' in type ? 'map' : 'list' in type ? 'list' : 'set';
}
