import type { Provider } from '../protocol/contracts/provider.ts';
import type { Parameter, ProviderFunction } from '../protocol/contracts/provider-function.ts';
import { type Attribute, type Attributes, isNested, type Schema } from '../protocol/schema/attribute.ts';
import type { Type } from '../protocol/values/type.ts';

const HEAD = `# Terraform and OpenTofu: reference

Generated from the schema of the provider by \`npm run docs\`; do not edit. The guides stand in [terraform.md](terraform.md).

*Replaces* means that a change destroys the object and creates another. Every other change is made in place, save that of \`source_id\`, \`target_id\` or
\`databases\` of a task that was stopped or can never run again, and that of the \`triggers\` that a cutover has: they replace it. A *write-only* argument is kept in no plan and no state.
`;

/** The page that describes all that the provider offers. */
export function referencePage<C>(provider: Provider<C>): string {
  const { resources, dataSources, ephemeralResources, functions } = provider;
  const sections = [
    `## Provider \`${provider.name}\`\n\n${schemaText(provider.schema)}`,
    ...Object.entries(resources).map(
      ([name, { schema }]) => `## Resource \`${name}\`\n\n${schemaText(schema)}`,
    ),
    ...Object.entries(dataSources).map(
      ([name, { schema }]) => `## Data source \`${name}\`\n\n${schemaText(schema)}`,
    ),
    ...Object.entries(ephemeralResources).map(
      ([name, { schema }]) => `## Ephemeral resource \`${name}\`\n\n${schemaText(schema)}`,
    ),
    ...Object.entries(functions).map(([name, each]) => functionText(provider.name, name, each)),
  ];
  return `${HEAD}\n${sections.join('\n\n')}\n`;
}

function schemaText({ description, deprecated, attributes }: Schema): string {
  const rows = attributeRows(attributes);
  const settable = rows.filter((row) => row.settable).map((row) => row.text);
  const told = rows.filter((row) => !row.settable).map((row) => row.text);
  return [
    description,
    deprecated === undefined ? '' : `**Deprecated.** ${deprecated}`,
    settable.length === 0 ? '' : table('Argument', settable),
    told.length === 0 ? '' : table('Attribute', told),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

interface Row {
  readonly settable: boolean;
  readonly text: string;
}

/** The required ones first, each nested object followed by what it is made of. */
function attributeRows(attributes: Attributes, outer = '', outerSettable = true): Row[] {
  const entries = Object.entries(attributes).sort(([, one], [, other]) => rank(one) - rank(other));
  return entries.flatMap(([name, attribute]) => {
    const settable = outerSettable && isSettable(attribute);
    const row = { settable, text: rowText(outer + name, attribute) };
    if (!isNested(attribute)) return [row];
    return [row, ...attributeRows(attribute.attributes, outer + name + STEPS[attribute.nesting], settable)];
  });
}

const STEPS = { single: '.', list: '[].', set: '[].', map: '{}.' } as const;

const isSettable = (attribute: Attribute): boolean =>
  attribute.required === true || attribute.optional === true;

const rank = (attribute: Attribute): number =>
  attribute.required === true ? 0 : isSettable(attribute) ? 1 : 2;

function rowText(name: string, attribute: Attribute): string {
  const facts = [
    attribute.required === true ? '**required**' : '',
    attribute.requiresReplace === true ? '*replaces*' : '',
    attribute.writeOnly === true ? '*write-only*' : '',
    attribute.sensitive === true ? '*sensitive*' : '',
  ].filter((fact) => fact !== '');
  const type = isNested(attribute) ? NESTED[attribute.nesting] : typeName(attribute.type);
  const deprecated = attribute.deprecated === undefined ? '' : ` **Deprecated.** ${attribute.deprecated}`;
  return row([`\`${name}\``, [type, ...facts].join(', '), attribute.description + deprecated]);
}

const NESTED = {
  single: 'object',
  list: 'list of objects',
  set: 'set of objects',
  map: 'map of objects',
} as const;

function functionText(providerName: string, name: string, each: ProviderFunction): string {
  const parameters = [...each.parameters, ...(each.variadic === undefined ? [] : [each.variadic])];
  const names = parameters.map((parameter) => parameter.name + (parameter === each.variadic ? '…' : ''));
  const call = `provider::${providerName}::${name}(${names.join(', ')})`;
  const parameterRow = ({ name: argument, type, description }: Parameter) =>
    row([`\`${argument}\``, typeName(type), description]);
  return `## Function \`${name}\`

${each.summary} ${each.description}

\`\`\`hcl
${call}
\`\`\`

${table('Argument', parameters.map(parameterRow))}

Returns: ${typeName(each.returns)}.`;
}

function typeName(type: Type): string {
  if (type === 'dynamic') return 'any';
  if (typeof type === 'string') return type;
  switch (type[0]) {
    case 'tuple':
      return `tuple of ${type[1].map(typeName).join(', ')}`;
    case 'object':
      return `object with ${Object.entries(type[1])
        .map(([name, inner]) => `\`${name}\` (${typeName(inner)})`)
        .join(', ')}`;
    default:
      return `${type[0]} of ${typeName(type[1])}`;
  }
}

function table(first: string, rows: readonly string[]): string {
  return [`| ${first} | Type | Meaning |`, '| --- | --- | --- |', ...rows].join('\n');
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}
