import type { Path } from '../contracts/diagnostics.ts';
import {
  type Attribute,
  type Attributes,
  isComputed,
  isNested,
  type NestedAttribute,
} from '../schema/attribute.ts';
import { objectType, typeOf } from '../schema/type-of.ts';
import { fingerprint, sameValue } from '../values/fingerprint.ts';
import { isUnknown, UNKNOWN } from '../values/unknown.ts';
import type { Value, ValueRecord } from '../values/value.ts';
import { matchEach } from './match.ts';
import { replacements } from './replacements.ts';

export interface Plan {
  readonly planned: ValueRecord;
  readonly requiresReplace: readonly Path[];
}

/**
 * The plan that a schema gives, from nothing but the configuration and the state before (null for none):
 * - what is set is planned as it is set, unknown stays unknown; where the state says the same, its text stays;
 * - what is not set gets its default, also when it was set before; without one, what is computed keeps the value
 *   that it has, or is unknown in an object that is new; all else is null;
 * - write-only values are null;
 * - a change of an attribute that requires it replaces the object: then all that is computed is unknown;
 * - otherwise any change makes those unknown that change on every update.
 *
 * What the CLI proposes is left out on purpose: it keeps the values of arguments that were removed.
 */
export function planChange(attributes: Attributes, config: ValueRecord, prior: ValueRecord | null): Plan {
  const planned = planObject(attributes, config, prior ?? undefined);
  if (prior === null) return { planned, requiresReplace: [] };
  const requiresReplace = replacements(attributes, prior, planned);
  if (requiresReplace.length > 0) return { planned: planObject(attributes, config), requiresReplace };
  return { planned: withChangingUnknown(attributes, config, prior, planned), requiresReplace };
}

/** The plan for an object that is destroyed and created anew. */
export function planReplacement(attributes: Attributes, config: ValueRecord): ValueRecord {
  return planObject(attributes, config);
}

/** The plan in which, if anything changes, that is unknown which every update changes. */
export function withChangingUnknown(
  attributes: Attributes,
  config: ValueRecord,
  prior: ValueRecord,
  planned: ValueRecord,
): ValueRecord {
  if (sameValue(objectType(attributes), prior, planned)) return planned;
  const changing = Object.entries(attributes).filter(
    ([name, attribute]) =>
      attribute.changesOnUpdate &&
      (config[name] ?? null) === null &&
      sameValue(typeOf(attribute), planned[name] ?? null, prior[name] ?? null),
  );
  return { ...planned, ...Object.fromEntries(changing.map(([name]) => [name, UNKNOWN])) };
}

/** An object's attributes; `prior` is absent when there was no such object. */
function planObject(attributes: Attributes, config: ValueRecord, prior?: ValueRecord): ValueRecord {
  const values = Object.entries(attributes).map(
    ([name, attribute]) =>
      [name, planAttribute(attribute, config[name] ?? null, prior && (prior[name] ?? null))] as const,
  );
  return Object.fromEntries(values);
}

function planAttribute(attribute: Attribute, config: Value, prior: Value | undefined): Value {
  if (attribute.writeOnly) return null;
  if (isUnknown(config)) return config;
  if (config === null) {
    if (attribute.default !== undefined) return attribute.default;
    return isComputed(attribute) ? (prior === undefined ? UNKNOWN : prior) : null;
  }
  if (isNested(attribute)) return planNested(attribute, config, prior ?? null);
  const comparable = prior !== undefined && prior !== null && !isUnknown(prior);
  return comparable && attribute.equivalent?.(prior, config) ? prior : config;
}

function planNested({ nesting, attributes }: NestedAttribute, config: Value, prior: Value): Value {
  const planElement = (element: Value, before: Value | undefined): Value =>
    isObject(element) ? planObject(attributes, element, isObject(before) ? before : undefined) : element;
  if (nesting === 'single') return planElement(config, prior);
  if (nesting === 'map') {
    const before = isObject(prior) ? prior : {};
    const entries = Object.entries(config as ValueRecord);
    return Object.fromEntries(entries.map(([key, each]) => [key, planElement(each, ownOf(before, key))]));
  }
  const before = Array.isArray(prior) ? (prior as readonly Value[]) : [];
  const elements = config as readonly Value[];
  if (nesting === 'list') return elements.map((each, index) => planElement(each, before[index]));
  // One of the former elements may fit several of the new ones: {} and {a = 1} both fit {a = 1}.
  const former = matchEach(elements.length, before, (i, other) => isSetTo(attributes, elements[i]!, other));
  return elements.map((each, i) => planElement(each, former[i]));
}

/** Not what every object of the language has under such a name. */
const ownOf = (record: ValueRecord, key: string): Value | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;

/** Whether an element of a set is the one before: all that is set in it is there. */
function isSetTo(attributes: Attributes, config: Value, prior: Value): boolean {
  if (!isObject(config) || !isObject(prior)) return false;
  const type = objectType(attributes);
  return fingerprint(type, planObject(attributes, config, prior)) === fingerprint(type, prior);
}

function isObject(value: Value | undefined): value is ValueRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isUnknown(value);
}
