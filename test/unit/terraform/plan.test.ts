import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planChange } from '../../../terraform/provider/protocol/planner/plan.ts';
import { settle } from '../../../terraform/provider/protocol/planner/settle.ts';
import { unlawful } from '../../../terraform/provider/protocol/planner/unlawful.ts';
import type { Attribute, Attributes } from '../../../terraform/provider/protocol/schema/attribute.ts';
import { defineAttributes } from '../../../terraform/provider/protocol/schema/define.ts';
import { objectType, typeOf } from '../../../terraform/provider/protocol/schema/type-of.ts';
import { sameValue } from '../../../terraform/provider/protocol/values/fingerprint.ts';
import { isUnknown, UNKNOWN, Unknown } from '../../../terraform/provider/protocol/values/unknown.ts';
import type { Value, ValueRecord } from '../../../terraform/provider/protocol/values/value.ts';
import { valueFor } from './arbitrary-values.ts';

const description = 'For this test.';
const sameWord = (left: Value, right: Value) => String(left).toLowerCase() === String(right).toLowerCase();

const attributes = defineAttributes({
  id: { type: 'string', computed: true, description },
  name: { type: 'string', required: true, description },
  region: { type: 'string', required: true, requiresReplace: true, description },
  port: { type: 'number', optional: true, default: 3306, description },
  mode: { type: 'string', optional: true, computed: true, description },
  note: { type: 'string', optional: true, description },
  label: { type: 'string', optional: true, equivalent: sameWord, description },
  secret: { type: 'string', optional: true, writeOnly: true, description },
  revision: { type: 'number', computed: true, changesOnUpdate: true, description },
  hosts: { type: ['set', 'string'], optional: true, description },
  tables: {
    nesting: 'map',
    optional: true,
    description,
    attributes: {
      target: { type: 'string', optional: true, computed: true, description },
      rows: { type: 'number', optional: true, default: 10, description },
      engine: { type: 'string', optional: true, requiresReplace: true, description },
    },
  },
  rules: {
    nesting: 'set',
    optional: true,
    description,
    attributes: {
      match: { type: 'string', required: true, description },
      number: { type: 'number', computed: true, description },
    },
  },
});

const nothing: ValueRecord = Object.fromEntries(Object.keys(attributes).map((name) => [name, null]));
const config = (set: ValueRecord): ValueRecord => ({ ...nothing, name: 'a', region: 'x', ...set });
const stored: ValueRecord = {
  ...nothing,
  id: '1',
  name: 'a',
  region: 'x',
  port: 3306,
  mode: 'auto',
  revision: 7,
};
const plan = (set: ValueRecord, prior: ValueRecord | null) => planChange(attributes, config(set), prior);

describe('a new object', () => {
  test('has what is set, defaults, and is unknown where the service decides', () => {
    expect(plan({ note: 'n' }, null)).toEqual({
      planned: {
        ...nothing,
        name: 'a',
        region: 'x',
        note: 'n',
        port: 3306,
        id: UNKNOWN,
        mode: UNKNOWN,
        revision: UNKNOWN,
      },
      requiresReplace: [],
    });
  });

  test('keeps unknown what is set to something unknown, refined or not', () => {
    const refined = new Unknown(Uint8Array.of(1));
    expect(plan({ note: refined, port: UNKNOWN }, null).planned).toMatchObject({
      note: refined,
      port: UNKNOWN,
    });
  });
});

describe('a change', () => {
  test('of nothing is none', () => {
    expect(plan({}, stored)).toEqual({ planned: stored, requiresReplace: [] });
  });

  test('makes only that unknown which changes on every update', () => {
    expect(plan({ note: 'n' }, stored).planned).toEqual({ ...stored, note: 'n', revision: UNKNOWN });
  });

  test('a value that was removed gets its default again', () => {
    expect(plan({}, { ...stored, port: 5 }).planned.port).toBe(3306);
    expect(plan({}, { ...stored, note: 'n' }).planned.note).toBeNull();
  });

  test('what is computed and not set stays as it is', () => {
    expect(plan({ note: 'n' }, { ...stored, mode: 'manual' }).planned.mode).toBe('manual');
  });

  test('a secret is in no plan, and makes none', () => {
    expect(plan({ secret: 's' }, stored)).toEqual({ planned: stored, requiresReplace: [] });
  });

  test('of a text into one that means the same is none', () => {
    expect(plan({ label: 'ABC' }, { ...stored, label: 'abc' }).planned.label).toBe('abc');
  });

  test('of the order within a set is none', () => {
    const { planned } = plan({ hosts: ['b', 'a'] }, { ...stored, hosts: ['a', 'b'] });
    expect(planned.revision).toBe(7);
  });

  test('that requires it replaces the object: what the service decides is unknown', () => {
    const { planned, requiresReplace } = plan({ region: 'y' }, stored);
    expect(requiresReplace).toEqual([['region']]);
    expect(planned).toMatchObject({ id: UNKNOWN, mode: UNKNOWN, revision: UNKNOWN, port: 3306, region: 'y' });
  });

  test('of something unknown may replace the object', () => {
    expect(plan({ region: UNKNOWN }, stored).requiresReplace).toEqual([['region']]);
  });
});

describe('nested objects', () => {
  const tables = { orders: { target: 'o', rows: 10, engine: 'a' } };

  test('keep what the service decided by their keys, whatever is added and removed', () => {
    const prior = { ...stored, tables: { ...tables, old: { target: 'x', rows: 10, engine: null } } };
    const set = {
      orders: { target: null, rows: null, engine: 'a' },
      fresh: { target: null, rows: 3, engine: null },
    };
    expect(plan({ tables: set }, prior)).toMatchObject({
      planned: { tables: { orders: tables.orders, fresh: { target: UNKNOWN, rows: 3, engine: null } } },
      requiresReplace: [],
    });
  });

  test('replace the object where one that stays changes what requires it', () => {
    const set = { orders: { target: null, rows: null, engine: 'b' } };
    expect(plan({ tables: set }, { ...stored, tables }).requiresReplace).toEqual([
      ['tables', 'orders', 'engine'],
    ]);
  });

  test('of a set keep what the service decided by what is set in them', () => {
    const rules = [
      { match: 'a', number: 1 },
      { match: 'b', number: 2 },
    ];
    const set = ['c', 'b'].map((match) => ({ match, number: null }));
    expect(plan({ rules: set }, { ...stored, rules }).planned.rules).toEqual([
      { match: 'c', number: UNKNOWN },
      { match: 'b', number: 2 },
    ]);
  });
});

describe('a state from the service', () => {
  test('keeps the text that the user wrote, and no secret', () => {
    const fresh = { ...stored, label: 'ABC', secret: 'leaked', note: 'other' };
    expect(settle(attributes, fresh, { ...stored, label: 'abc', note: 'n' })).toEqual({
      ...stored,
      label: 'abc',
      note: 'other',
    });
  });
});

describe('a plan that no CLI takes', () => {
  const faults = (set: ValueRecord, prior: ValueRecord | null, planned: ValueRecord) =>
    unlawful(attributes, config(set), prior, planned);

  test('keeps nothing where something is set', () => {
    expect(faults({ note: 'n' }, stored, stored)).toEqual([['note']]);
    expect(faults({ mode: 'fast' }, null, config({}))).toEqual([['mode']]);
    const tables = { orders: { target: null, rows: 10, engine: null } };
    const set = { orders: { target: 'o', rows: 10, engine: null } };
    expect(
      faults(
        { tables: set },
        { ...stored, tables: { ...tables, old: tables.orders } },
        { ...stored, tables },
      ),
    ).toEqual([['tables', 'orders', 'target']]);
  });

  test('is not one that keeps what was there', () => {
    expect(faults({ note: 'n' }, { ...stored, note: 'N' }, { ...stored, note: 'N' })).toEqual([]);
    expect(faults({ note: 'n' }, stored, { ...stored, note: 'n' })).toEqual([]);
  });

  test('makes up what nobody has set', () => {
    expect(faults({}, stored, { ...stored, note: 'n' })).toEqual([['note']]);
  });
});

describe('any schema', () => {
  const types = fc.constantFrom<Attribute>(
    { type: 'string', required: true, description },
    { type: 'string', optional: true, description },
    { type: 'string', computed: true, description },
    { type: 'string', optional: true, computed: true, description },
    { type: 'number', optional: true, default: 1, description },
    { type: ['set', 'number'], optional: true, description },
    { type: ['map', 'string'], optional: true, computed: true, description },
    { type: 'string', optional: true, requiresReplace: true, description },
    { type: 'string', optional: true, writeOnly: true, description },
    { type: 'string', computed: true, changesOnUpdate: true, description },
  );
  const flat = fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), types, { maxKeys: 5, noNullPrototype: true });
  const nested = fc
    .tuple(fc.constantFrom('single' as const, 'list' as const, 'set' as const, 'map' as const), flat)
    .map(([nesting, inner]): Attribute => ({ nesting, attributes: inner, optional: true, description }));
  const schema = fc
    .tuple(flat, fc.dictionary(fc.stringMatching(/^[A-Z]$/), nested, { maxKeys: 2, noNullPrototype: true }))
    .map(([one, two]): Attributes => ({ ...one, ...two }));

  const isSet = ({ computed, optional, required }: Attribute) => required || optional || !computed;
  /** What the user does not set is null, at any depth. */
  const strip = (all: Attributes, value: ValueRecord): ValueRecord =>
    Object.fromEntries(
      Object.entries(all).map(([name, each]) => {
        const one = value[name] ?? null;
        if (!isSet(each)) return [name, null];
        if (!('nesting' in each) || one === null || isUnknown(one)) return [name, one];
        const element = (v: Value): Value =>
          v === null || isUnknown(v) ? v : strip(each.attributes, v as ValueRecord);
        if (each.nesting === 'single') return [name, element(one)];
        if (Array.isArray(one)) return [name, one.map(element)];
        return [name, Object.fromEntries(Object.entries(one).map(([key, v]) => [key, element(v)]))];
      }),
    );
  const known = (value: Value): boolean =>
    !isUnknown(value) && (typeof value !== 'object' || value === null || Object.values(value).every(known));
  const object = (all: Attributes) =>
    fc.record(Object.fromEntries(Object.entries(all).map(([name, each]) => [name, valueFor(typeOf(each))])));
  const cases = schema.chain((all) =>
    fc.tuple(
      fc.constant(all),
      object(all).map((value) => strip(all, value)),
      fc.option(object(all).filter(known), { nil: null }),
    ),
  );

  test('the plan is one that the CLI takes, and fits the schema', () => {
    fc.assert(
      fc.property(cases, ([all, wish, prior]) => {
        const { planned } = planChange(all, wish, prior);
        expect(unlawful(all, wish, prior, planned)).toEqual([]);
        expect(Object.keys(planned).sort()).toEqual(Object.keys(all).sort());
      }),
      { numRuns: 1000 },
    );
  });

  test('what a plan says is planned again for the state that it led to', () => {
    fc.assert(
      fc.property(cases, ([all, wish, prior]) => {
        fc.pre(known(wish));
        const after = decided(planChange(all, wish, prior).planned) as ValueRecord;
        const again = planChange(all, wish, settle(all, after, null));
        expect(again.requiresReplace).toEqual([]);
        expect(sameValue(objectType(all), again.planned, settle(all, after, null))).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  /** As a service might decide what was unknown. */
  function decided(value: Value): Value {
    if (isUnknown(value)) return null;
    if (Array.isArray(value)) return value.map(decided);
    if (
      typeof value !== 'object' ||
      value === null ||
      !('constructor' in value) ||
      value.constructor !== Object
    )
      return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, decided(each)]));
  }
});
