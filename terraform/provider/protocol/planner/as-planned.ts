import { type Attributes, isNested } from '../schema/attribute.ts';
import { holdsUnknown, isUnknown } from '../values/unknown.ts';
import type { Value, ValueRecord } from '../values/value.ts';

/**
 * The state of an object that was made and did not become all that was planned: what the plan knew stands as planned. A CLI takes all
 * else for a fault of the provider, and would replace the object; the next refresh tells how it is, and the next plan sets it right.
 */
export function asPlanned(attributes: Attributes, planned: ValueRecord, state: ValueRecord): ValueRecord {
  const of = (name: string): Value => {
    const [promised = null, made = null] = [planned[name], state[name]];
    if (!holdsUnknown(promised)) return promised;
    const attribute = attributes[name];
    const isOne = attribute !== undefined && isNested(attribute) && attribute.nesting === 'single';
    if (!isOne || isUnknown(promised) || made === null) return made;
    return asPlanned(attribute.attributes, promised as ValueRecord, made as ValueRecord);
  };
  return Object.fromEntries(Object.keys(attributes).map((name) => [name, of(name)]));
}
