import type { Member, Struct, ValueType } from './model.ts';
import { comment } from './print-config.ts';

/** Classes by which the fields of an object are referred to, one for each inner struct. */
export function printOutputs(structs: readonly Struct[]): string {
  return structs.map(printOutput).join('\n');
}

export function outputName({ name }: Struct): string {
  return `${name}Output`;
}

/** `get name(): string { … }`: what a member is for those who refer to it. */
export function printGetter(member: Member): string {
  const { type, expression } = reference(member.type, member.terraformName);
  return `${comment(member.description, '  ')}  get ${member.name}(): ${type} {\n    return ${expression};\n  }\n`;
}

function printOutput(struct: Struct): string {
  return `/** A reference to a \`${struct.name}\`. */
export class ${outputName(struct)} extends ComplexObject {
${struct.members.map(printGetter).join('\n')}}
`;
}

interface Reference {
  readonly type: string;
  readonly expression: string;
}

function reference(type: ValueType, name: string): Reference {
  const call = (method: string) => `this.${method}('${name}')`;
  switch (type.kind) {
    case 'string':
      return { type: 'string', expression: call('getStringAttribute') };
    case 'number':
      return { type: 'number', expression: call('getNumberAttribute') };
    case 'bool':
      return { type: 'IResolvable', expression: call('getBooleanAttribute') };
    case 'dynamic':
      return { type: 'IResolvable', expression: call('interpolationForAttribute') };
    case 'struct': {
      const output = outputName(type.struct);
      return { type: output, expression: `new ${output}(this, '${name}', false)` };
    }
    case 'map':
      return mapReference(type.element, name, call);
    case 'list':
    case 'set':
      return listReference(type.element, name, type.kind === 'set', call);
  }
}

function mapReference(element: ValueType, name: string, call: (method: string) => string): Reference {
  switch (element.kind) {
    case 'string':
      return { type: 'StringMap', expression: `new StringMap(this, '${name}')` };
    case 'number':
      return { type: 'NumberMap', expression: `new NumberMap(this, '${name}')` };
    case 'bool':
      return { type: 'BooleanMap', expression: `new BooleanMap(this, '${name}')` };
    case 'struct': {
      const output = outputName(element.struct);
      return { type: `OutputMap<${output}>`, expression: `new OutputMap(this, '${name}', ${output})` };
    }
    default:
      return { type: 'IResolvable', expression: call('interpolationForAttribute') };
  }
}

function listReference(
  element: ValueType,
  name: string,
  isSet: boolean,
  call: (method: string) => string,
): Reference {
  const asList = (expression: string) => (isSet ? `Fn.tolist(${expression})` : expression);
  switch (element.kind) {
    case 'string':
      return { type: 'string[]', expression: asList(call('getListAttribute')) };
    case 'number':
      return {
        type: 'number[]',
        expression: isSet
          ? `Token.asNumberList(${asList(call('getNumberListAttribute'))})`
          : call('getNumberListAttribute'),
      };
    case 'struct': {
      const output = outputName(element.struct);
      return {
        type: `OutputList<${output}>`,
        expression: `new OutputList(this, '${name}', ${isSet}, ${output})`,
      };
    }
    default:
      return { type: 'IResolvable', expression: call('interpolationForAttribute') };
  }
}
