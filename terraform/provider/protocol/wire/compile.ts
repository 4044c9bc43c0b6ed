import fs from 'node:fs';
import path from 'node:path';
import protobuf from 'protobufjs';

/**
 * Makes descriptions.ts from the .proto files, so that at run time no file is read and nothing is compiled.
 * `node compile.ts` writes it; `--check` fails when it is out of step.
 */
const OUTPUT = path.join(import.meta.dirname, 'descriptions.ts');
const SOURCES = ['provider.proto', 'plugin.proto', 'health.proto'];

const root = new protobuf.Root();
for (const source of SOURCES) {
  const text = fs.readFileSync(path.join(import.meta.dirname, source), 'utf8');
  protobuf.parse(text, root, { keepCase: true });
}
for (const name of ['timestamp', 'empty'])
  root.addJSON(protobuf.common.get(`google/protobuf/${name}.proto`)?.nested ?? {});
root.resolveAll();

/** The types of the package in the order of the files, those within types after them. */
function typesOf(space: protobuf.NamespaceBase): protobuf.Type[] {
  return space.nestedArray.flatMap((each) =>
    each instanceof protobuf.Type
      ? [each, ...typesOf(each)]
      : each instanceof protobuf.Namespace && !(each instanceof protobuf.Service)
        ? typesOf(each)
        : [],
  );
}

function servicesOf(space: protobuf.NamespaceBase): protobuf.Service[] {
  return space.nestedArray.flatMap((each) =>
    each instanceof protobuf.Service
      ? [each]
      : each instanceof protobuf.Namespace && !(each instanceof protobuf.Type)
        ? servicesOf(each)
        : [],
  );
}

const fullName = (object: protobuf.ReflectionObject) => object.fullName.slice(1);
/** `tfplugin6.Schema.Block` is `SchemaBlock`; what has a name of the language itself is called by the protocol. */
const typeName = (type: protobuf.Type) => {
  const name = fullName(type).split('.').filter(startsUpper).join('');
  return ['Function', 'Schema'].includes(name) ? `Wire${name}` : name;
};
const startsUpper = (word: string) => word[0] !== word[0]?.toLowerCase();

function fieldText(field: protobuf.Field): string {
  const type = field.resolvedType;
  const kind =
    type instanceof protobuf.Type ? 'message' : type instanceof protobuf.Enum ? 'enum' : field.type;
  const facts = [`name: '${field.name}'`, `number: ${field.id}`, `kind: '${kind}'`];
  if (type instanceof protobuf.Type) facts.push(`message: '${fullName(type)}'`);
  if (field.map) facts.push("rule: 'map'");
  else if (field.repeated) facts.push("rule: 'repeated'");
  if (field.partOf) facts.push('optional: true');
  return `{ ${facts.join(', ')} }`;
}

const SCALARS: Record<string, string> = { bool: 'boolean', bytes: 'Uint8Array', string: 'string' };

function memberText(field: protobuf.Field, received: boolean): string {
  const type = field.resolvedType;
  const one = type instanceof protobuf.Type ? typeName(type) : (SCALARS[field.type] ?? 'number');
  const whole = field.map ? `Record<string, ${one}>` : field.repeated ? `readonly ${one}[]` : one;
  const message = type instanceof protobuf.Type && !field.map && !field.repeated;
  const always = received && !message && !field.partOf;
  return `readonly ${field.name}${always ? ': ' : '?: '}${whole}${always ? '' : ' | undefined'}`;
}

function interfaceText(type: protobuf.Type): string {
  const received = /Request$/.test(type.name);
  const members = type.fieldsArray.map((field) => memberText(field, received));
  return `export interface ${typeName(type)} { ${members.join('; ')} }`;
}

function serviceText(service: protobuf.Service): string {
  const methods = service.methodsArray.map((method) => {
    const facts = [
      `path: '/${fullName(service)}/${method.name}'`,
      `request: '${fullName(method.resolvedRequestType!)}'`,
      `response: '${fullName(method.resolvedResponseType!)}'`,
    ];
    if (method.requestStream) facts.push('requestStream: true');
    if (method.responseStream) facts.push('responseStream: true');
    return `  ${method.name}: { ${facts.join(', ')} },`;
  });
  return `export const ${service.name} = {\n${methods.join('\n')}\n} as const satisfies Record<string, Method>;`;
}

function enumText(each: protobuf.Enum): string {
  const values = Object.entries(each.values).map(([name, value]) => `${name}: ${value}`);
  return `export const ${each.name} = { ${values.join(', ')} } as const;`;
}

const types = typesOf(root);
const enums = [
  'tfplugin6.Diagnostic.Severity',
  'tfplugin6.StringKind',
  'tfplugin6.Schema.Object.NestingMode',
];
const text = [
  `// Made from ${SOURCES.join(', ')} by compile.ts: change those.\n`,
  "import type { Messages, Method } from './message.ts';\n",
  'export const messages: Messages = {',
  ...types.map((type) => `  '${fullName(type)}': [${type.fieldsArray.map(fieldText).join(', ')}],`),
  '};\n',
  [
    ...servicesOf(root).map(serviceText),
    ...[...enums, 'grpc.health.v1.HealthCheckResponse.ServingStatus'].map((name) =>
      enumText(root.lookupEnum(name)),
    ),
  ].join('\n\n'),
  '',
  ...types.filter((type) => type.fieldsArray.length > 0).map(interfaceText),
  '',
].join('\n');

if (!process.argv.includes('--check')) fs.writeFileSync(OUTPUT, text);
else if (fs.readFileSync(OUTPUT, 'utf8') !== text) {
  console.error('descriptions.ts is out of step with the .proto files: run npm run terraform:protocol');
  process.exitCode = 1;
}
