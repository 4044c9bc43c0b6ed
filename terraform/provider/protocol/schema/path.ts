import type { Path } from '../contracts/diagnostics.ts';
import { elementType } from '../values/fingerprint.ts';
import type { Type } from '../values/type.ts';
import type { Attributes } from './attribute.ts';
import { objectType } from './type-of.ts';

/** One step of a path as the protocol tells names, keys and numbers apart. */
export type Step =
  | { readonly attribute_name: string }
  | { readonly element_key_string: string }
  | { readonly element_key_int: number };

/** The steps of a path by the types that it goes through; ends before an element of a set, which has no key. */
export function stepsOf(attributes: Attributes, path: Path): Step[] {
  const steps: Step[] = [];
  let type: Type = objectType(attributes);
  for (const member of path) {
    if (typeof type === 'string' || type[0] === 'set') break;
    if (type[0] === 'object') steps.push({ attribute_name: String(member) });
    else if (type[0] === 'map') steps.push({ element_key_string: String(member) });
    else steps.push({ element_key_int: Number(member) });
    type = elementType(type, member);
  }
  return steps;
}

/**
 * The steps for which a CLI finds the line: an attribute, and one element of it. It knows no line for what lies
 * deeper and would point at the whole resource.
 */
export function stepsToShow(attributes: Attributes, path: Path): Step[] {
  const [attribute, element] = stepsOf(attributes, path);
  if (attribute === undefined) return [];
  return element === undefined || 'attribute_name' in element ? [attribute] : [attribute, element];
}

/** A path as one would write it in an expression: `databases["shop"].tables["orders"].where`. */
export function printPath(attributes: Attributes, path: Path): string {
  const steps = stepsOf(attributes, path).map((step, index) => {
    if ('attribute_name' in step) return index === 0 ? step.attribute_name : `.${step.attribute_name}`;
    return `[${'element_key_int' in step ? step.element_key_int : JSON.stringify(step.element_key_string)}]`;
  });
  return steps.join('');
}
