import type { Finding, Path } from '../contracts/diagnostics.ts';
import { holdsUnknown, isUnknown } from '../values/unknown.ts';
import type { Value, ValueRecord } from '../values/value.ts';
import { type Attribute, type Attributes, isNested } from './attribute.ts';

/** What the CLI at hand can do. */
export interface CliAbilities {
  readonly writeOnlyAttributes: boolean;
}

/** What the schema finds wrong with a configuration. What is unknown or not set is not judged. */
export function validateConfig(attributes: Attributes, config: ValueRecord, cli: CliAbilities): Finding[] {
  return validateObject(attributes, config, cli, []);
}

function validateObject(
  attributes: Attributes,
  config: ValueRecord,
  cli: CliAbilities,
  path: Path,
): Finding[] {
  return Object.entries(attributes).flatMap(([name, attribute]) =>
    validateAttribute(attribute, config[name] ?? null, cli, [...path, name]),
  );
}

function validateAttribute(attribute: Attribute, value: Value, cli: CliAbilities, path: Path): Finding[] {
  if (value === null || isUnknown(value)) return [];
  const name = String(path.at(-1));
  if (attribute.writeOnly && !cli.writeOnlyAttributes) return [writeOnlyUnsupported(name, path)];
  const complaint = complaintOf(attribute, name, value);
  if (complaint !== undefined) return [{ summary: `Invalid ${name}`, detail: complaint, path }];
  return isNested(attribute) ? elementsOf(attribute.nesting, value).flatMap(within) : [];

  function within([element, key]: readonly [Value, string | number | undefined]): Finding[] {
    const at = key === undefined ? path : [...path, key];
    const fault = key === undefined ? undefined : faultOfElement(name, key, element);
    if (fault !== undefined) return [{ summary: `Invalid ${name}`, detail: fault, path: at }];
    if (element === null || isUnknown(element)) return [];
    return validateObject(
      (attribute as { attributes: Attributes }).attributes,
      element as ValueRecord,
      cli,
      at,
    );
  }
}

/** Plans and states promise that an element is an object, and look elements up by their keys. */
function faultOfElement(name: string, key: string | number, element: Value): string | undefined {
  if (key === '__proto__') return `No element of ${name} can have the key "__proto__". Remove it.`;
  if (element !== null) return undefined;
  return `The element ${JSON.stringify(key)} of ${name} is null. Write {} where there is nothing to say about it, or leave it out.`;
}

function complaintOf(attribute: Attribute, name: string, value: Value): string | undefined {
  if (!isNested(attribute)) {
    const { oneOf, wholeNumber } = attribute;
    if (oneOf !== undefined && !oneOf.includes(value as string)) {
      const allowed = oneOf.map((each) => JSON.stringify(each)).join(', ');
      return `${JSON.stringify(value)} is no value of ${name}. Set it to one of ${allowed}.`;
    }
    if (wholeNumber !== undefined) {
      const { min, max } = wholeNumber;
      if (!Number.isSafeInteger(value) || (value as number) < min || (value as number) > max)
        return `${String(value)} is no value of ${name}. Set it to a whole number from ${min} to ${max}.`;
    }
  }
  // Lists and maps may hold values that are not known yet; a check is for those that are.
  return holdsUnknown(value) ? undefined : attribute.check?.(value as never);
}

function elementsOf(nesting: string, value: Value): (readonly [Value, string | number | undefined])[] {
  if (nesting === 'single') return [[value, undefined]];
  if (nesting === 'map') return Object.entries(value as ValueRecord).map(([key, each]) => [each, key]);
  return (value as readonly Value[]).map((each, index) => [each, index]);
}

function writeOnlyUnsupported(name: string, path: Path): Finding {
  return {
    summary: 'Write-only attributes are not supported',
    detail: `${name} is write-only, which needs Terraform 1.11 or later, or OpenTofu 1.11 or later. Update the CLI.`,
    path,
  };
}
