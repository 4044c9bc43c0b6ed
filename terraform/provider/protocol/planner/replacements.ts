import type { Path } from '../contracts/diagnostics.ts';
import { type Attribute, type Attributes, isNested } from '../schema/attribute.ts';
import { typeOf } from '../schema/type-of.ts';
import { sameValue } from '../values/fingerprint.ts';
import { isUnknown } from '../values/unknown.ts';
import type { Value, ValueRecord } from '../values/value.ts';

/**
 * The attributes for whose change the object has to be replaced. Within nested objects those count that are there
 * before and after: to add or remove an element is no such change, unless the nested attribute says so itself.
 */
export function replacements(attributes: Attributes, prior: ValueRecord, planned: ValueRecord): Path[] {
  return Object.entries(attributes).flatMap(([name, attribute]) =>
    ofAttribute(attribute, prior[name] ?? null, planned[name] ?? null, [name]),
  );
}

function ofAttribute(attribute: Attribute, prior: Value, planned: Value, path: Path): Path[] {
  if (attribute.writeOnly || sameValue(typeOf(attribute), prior, planned)) return [];
  if (attribute.requiresReplace) return [path];
  if (!isNested(attribute) || isUnknown(planned) || prior === null || planned === null) return [];
  const within = (before: Value, after: Value, at: Path): Path[] =>
    isObject(before) && isObject(after)
      ? Object.entries(attribute.attributes).flatMap(([name, each]) =>
          ofAttribute(each, before[name] ?? null, after[name] ?? null, [...at, name]),
        )
      : [];
  if (attribute.nesting === 'single') return within(prior, planned, path);
  if (attribute.nesting === 'set') return []; // an element that differs is another element
  const before = prior as Readonly<Record<string | number, Value>>;
  const after = planned as Readonly<Record<string | number, Value>>;
  const keys = Array.isArray(planned) ? planned.keys() : Object.keys(planned);
  const former = (key: string | number) => (Object.hasOwn(before, key) ? (before[key] ?? null) : null);
  return [...keys].flatMap((key) => within(former(key), after[key] ?? null, [...path, key]));
}

function isObject(value: Value): value is ValueRecord {
  return typeof value === 'object' && value !== null && !isUnknown(value);
}
