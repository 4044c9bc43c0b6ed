import { type Attribute, type Attributes, isNested } from '../schema/attribute.ts';
import type { Value, ValueRecord } from '../values/value.ts';

/**
 * A state as the service told it, next to the one before: write-only values are null, and a text that means the
 * same as the one before is written as that one, so that it is no drift.
 */
export function settle(attributes: Attributes, fresh: ValueRecord, before: ValueRecord | null): ValueRecord {
  const values = Object.entries(attributes).map(
    ([name, attribute]) =>
      [name, settleAttribute(attribute, fresh[name] ?? null, before?.[name] ?? null)] as const,
  );
  return { ...fresh, ...Object.fromEntries(values) };
}

function settleAttribute(attribute: Attribute, fresh: Value, before: Value): Value {
  if (attribute.writeOnly || fresh === null) return null;
  if (!isNested(attribute)) return before !== null && attribute.equivalent?.(before, fresh) ? before : fresh;
  const one = (element: Value, other: Value): Value =>
    isObject(element) ? settle(attribute.attributes, element, isObject(other) ? other : null) : element;
  const former = before as Readonly<Record<string | number, Value>> | null;
  const of = (key: string | number): Value =>
    former !== null && Object.hasOwn(former, key) ? (former[key] ?? null) : null;
  if (attribute.nesting === 'single') return one(fresh, before);
  if (attribute.nesting === 'map')
    return Object.fromEntries(
      Object.entries(fresh as ValueRecord).map(([key, each]) => [key, one(each, of(key))]),
    );
  const ordered = attribute.nesting === 'list';
  return (fresh as readonly Value[]).map((each, index) => one(each, ordered ? of(index) : null));
}

function isObject(value: Value): value is ValueRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
