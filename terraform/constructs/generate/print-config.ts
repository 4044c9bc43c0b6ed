import { type Member, type Struct, settableStructs, type ValueType } from './model.ts';

export const GENERATED =
  '// Generated from the schema of the provider by `npm run constructs`; do not edit.\n';

/** Interfaces of what a construct takes, and the tables by which it is written for Terraform. */
export function printConfig(struct: Struct, kind: 'object' | 'provider'): string {
  const structs = settableStructs(struct);
  const inner = structs.slice(0, -1).map((each) => printInterface(each, each.name, ''));
  const interfaces = [...inner, printOuter(struct, kind)];
  const imported = ['IResolvable', 'TerraformMetaArguments'].filter((name) => used(name, interfaces));
  const head = imported.length === 0 ? '' : `import type { ${imported.join(', ')} } from 'cdktf';\n`;
  const parts = [...interfaces, ...structs.map(printShape)];
  return `${GENERATED}${head}import type { Shape } from '../shape.ts';\n\n${parts.join('\n\n')}\n`;
}

export function configName({ name }: Struct): string {
  return `${name}Config`;
}

export function shapeName({ name }: Struct): string {
  return `${name.charAt(0).toLowerCase()}${name.slice(1)}Shape`;
}

/** The type of a value that a user gives. */
export function inputType(type: ValueType): string {
  switch (type.kind) {
    case 'string':
    case 'number':
      return type.kind;
    case 'bool':
      return 'boolean | IResolvable';
    case 'dynamic':
      return 'unknown';
    case 'struct':
      return `${type.struct.name} | IResolvable`;
    case 'map':
      return isPlain(type.element)
        ? `Readonly<Record<string, ${inputType(type.element)}>>`
        : `Readonly<Record<string, ${elementType(type.element)}>> | IResolvable`;
    case 'list':
    case 'set':
      return isPlain(type.element)
        ? `readonly ${inputType(type.element)}[]`
        : `readonly (${elementType(type.element)})[] | IResolvable`;
  }
}

/** Tokens of these look like values of these. */
function isPlain({ kind }: ValueType): boolean {
  return kind === 'string' || kind === 'number';
}

function elementType(type: ValueType): string {
  return type.kind === 'struct' ? type.struct.name : inputType(type);
}

/** A comment of one or more lines in front of what it describes. */
export function comment(text: string, indent = ''): string {
  const safe = text.replaceAll('*/', '* /').trim();
  if (safe === '') return '';
  const lines = wrap(safe, 100);
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}\n`).join('')}${indent} */\n`;
}

function printOuter(struct: Struct, kind: 'object' | 'provider'): string {
  const name = configName(struct);
  const heading = comment(`What \`${struct.name}\` takes.`);
  if (kind === 'object') return heading + printInterface(struct, name, ' extends TerraformMetaArguments');
  const alias: Member = {
    ...NO_MEMBER,
    name: 'alias',
    description: 'Tells several providers of one stack apart.',
  };
  return heading + printInterface({ ...struct, members: [...struct.members, alias] }, name, '');
}

const NO_MEMBER: Member = {
  terraformName: '',
  name: '',
  description: '',
  type: { kind: 'string' },
  required: false,
  settable: true,
  deprecated: false,
  block: false,
};

function printInterface(struct: Struct, name: string, extending: string): string {
  const members = struct.members.filter((member) => member.settable).map(printMember);
  return `export interface ${name}${extending} {\n${members.join('\n')}\n}`;
}

function printMember(member: Member): string {
  const optional = member.required ? '' : '?';
  const type = inputType(member.type);
  const description = member.deprecated ? `${member.description} @deprecated` : member.description;
  return `${comment(description, '  ')}  readonly ${member.name}${optional}: ${type}${member.required ? '' : ' | undefined'};`;
}

function printShape(struct: Struct): string {
  const rows = struct.members
    .filter((member) => member.settable)
    .map(({ name, terraformName, type, block }) => {
      const asBlock = block ? ', block: true' : '';
      return `  ${name}: { terraform: '${terraformName}', type: ${shapeOf(type)}${asBlock} },`;
    });
  return `export const ${shapeName(struct)}: Shape = {\n${rows.join('\n')}\n};`;
}

function shapeOf(type: ValueType): string {
  if (type.kind === 'struct') return `{ struct: ${shapeName(type.struct)} }`;
  return 'element' in type ? `{ ${type.kind}: ${shapeOf(type.element)} }` : `'${type.kind}'`;
}

function used(name: string, texts: readonly string[]): boolean {
  return texts.some((text) => new RegExp(`\\b${name}\\b`).test(text));
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(/\s+/)) {
      if (line !== '' && line.length + word.length + 1 > width) {
        lines.push(line);
        line = word;
      } else line = line === '' ? word : `${line} ${word}`;
    }
    lines.push(line);
  }
  return lines;
}
