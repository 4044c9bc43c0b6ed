import { allStructs, type Member, type Struct, settableStructs } from './model.ts';
import { comment, configName, GENERATED, inputType, shapeName } from './print-config.ts';
import { printGetter, printOutputs } from './print-outputs.ts';

export interface Construct {
  readonly kind: 'resource' | 'data source' | 'provider';
  readonly struct: Struct;
  readonly description: string;
  /** As in HCL, for example `opendts_sync_task`; of a provider, its name. */
  readonly terraformType: string;
  /** The file of its configuration, without extension. */
  readonly configFile: string;
}

const BASES = {
  resource: 'TerraformResource',
  'data source': 'TerraformDataSource',
  provider: 'TerraformProvider',
} as const;

/** Members of the constructs' base classes that the schema must not name. */
const TAKEN = new Set([
  ...['node', 'fqn', 'friendlyUniqueId', 'cdktfStack', 'rawOverrides', 'constructNodeMetadata', 'alias'],
  ...[
    'dependsOn',
    'count',
    'forEach',
    'provider',
    'lifecycle',
    'connection',
    'provisioners',
    'importFrom',
    'moveTo',
  ],
  ...[
    'terraformResourceType',
    'terraformGeneratorMetadata',
    'terraformProviderSource',
    'terraformMetaArguments',
  ],
]);

/** The file that holds the class of a resource, data source or provider. */
export function printConstruct(construct: Construct): string {
  const { struct, kind } = construct;
  const clash = struct.members.find(({ name }) => TAKEN.has(name));
  if (clash !== undefined)
    throw new Error(`${construct.terraformType}: ${clash.name} is a word of constructs`);
  const inner = kind === 'provider' ? [] : allStructs(struct).slice(0, -1);
  const body = [printOutputs(inner), printClass(construct)].filter((part) => part !== '').join('\n');
  return `${GENERATED}${imports(construct, body)}\n\n${body}`;
}

function printClass(construct: Construct): string {
  const { struct, kind, description, terraformType } = construct;
  const config = configName(struct);
  const optional = struct.members.some((member) => member.required) ? '' : ' = {}';
  const accessors = struct.members.map((member) => printAccessors(member, kind)).join('\n');
  return `${comment(description)}export class ${struct.name} extends ${BASES[kind]} {
  static readonly tfResourceType = '${terraformType}';
${kind === 'resource' ? printImport(struct.name) : ''}
  #config: Changeable<${config}>;

  constructor(scope: Construct, id: string, config: ${config}${optional}) {
    super(scope, id, {
      ${kind === 'provider' ? 'terraformProviderSource: providerSource,\n' : '...metaArguments(config),\n'}      terraformResourceType: ${struct.name}.tfResourceType,
      terraformGeneratorMetadata: generatorMetadata,
    });
    this.#config = { ...config };${kind === 'provider' ? '\n    this.alias = config.alias;' : ''}
  }

${accessors}
  protected override synthesizeAttributes(): Record<string, unknown> {
    return toTerraform(this.#config, ${shapeName(struct)});
  }

  protected override synthesizeHclAttributes(): Record<string, unknown> {
    return toHcl(this.#config, ${shapeName(struct)});
  }
}
`;
}

function printImport(name: string): string {
  return `
  /** Lets the deployment import the object \`importFromId\`, as the construct \`importToId\`, instead of creating it. */
  static generateConfigForImport(
    scope: Construct,
    importToId: string,
    importFromId: string,
    provider?: TerraformProvider,
  ): ImportableResource {
    const terraformResourceType = ${name}.tfResourceType;
    return new ImportableResource(scope, importToId, { terraformResourceType, importId: importFromId, provider });
  }
`;
}

function printAccessors(member: Member, kind: Construct['kind']): string {
  const { name } = member;
  const type = inputType(member.type);
  if (!member.settable) return printGetter(member);
  const absent = member.required ? '' : ' | undefined';
  const input = `  get ${name}Input(): ${type}${absent} {\n    return this.#config.${name};\n  }\n`;
  const setter = `  set ${name}(value: ${type}${absent}) {\n    this.#config.${name} = value;\n  }\n`;
  if (kind !== 'provider') return `${printGetter(member)}\n${setter}\n${input}`;
  return `${comment(member.description, '  ')}  get ${name}(): ${type}${absent} {\n    return this.#config.${name};\n  }\n\n${setter}`;
}

function imports(construct: Construct, body: string): string {
  const { struct, configFile } = construct;
  const code = body.replace(/\/\*\*[\s\S]*?\*\//g, ''); // a word in a comment needs no import
  const found = (names: readonly string[]) => names.filter((name) => new RegExp(`\\b${name}\\b`).test(code));
  const values = found([
    ...['BooleanMap', 'ComplexObject', 'Fn', 'ImportableResource', 'NumberMap', 'StringMap'],
    ...['TerraformDataSource', 'TerraformProvider', 'TerraformResource', 'Token'],
  ]).filter((name) => name !== 'TerraformProvider' || construct.kind === 'provider');
  const types = found(['IResolvable', 'TerraformProvider']).filter((name) => !values.includes(name));
  const cdktf = [...values, ...types.map((name) => `type ${name}`)].join(', ');
  const configured = found([
    configName(struct),
    ...settableStructs(struct)
      .slice(0, -1)
      .map(({ name }) => name),
  ]);
  const outputs = found(['OutputList', 'OutputMap']);
  const lines = [
    `import { ${cdktf} } from 'cdktf';`,
    `import type { Construct } from 'constructs';`,
    `import { ${found(['generatorMetadata', 'metaArguments', 'providerSource']).join(', ')} } from '../metadata.ts';`,
    outputs.length > 0 ? `import { ${outputs.join(', ')} } from '../outputs.ts';` : '',
    `import { type Changeable, toHcl, toTerraform } from '../shape.ts';`,
    `import { ${[...configured.map((name) => `type ${name}`), shapeName(struct)].join(', ')} } from './${configFile}.ts';`,
  ];
  return lines.filter((line) => line !== '').join('\n');
}
