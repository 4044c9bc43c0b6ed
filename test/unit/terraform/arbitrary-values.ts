import fc from 'fast-check';
import { numericOf, numericOfDouble } from '../../../terraform/provider/protocol/values/numeric.ts';
import type { Type } from '../../../terraform/provider/protocol/values/type.ts';
import { UNKNOWN, Unknown } from '../../../terraform/provider/protocol/values/unknown.ts';
import { Dynamic, type Value } from '../../../terraform/provider/protocol/values/value.ts';

// Names that objects of the language have by themselves are names as others.
const name = fc.oneof(
  fc.stringMatching(/^[a-z_]{1,6}$/),
  fc.constantFrom('constructor', 'toString', 'hasOwnProperty', 'ü', ''),
);

/** No attribute is called so, but a key of a map can be. */
const key = fc.oneof({ weight: 9, arbitrary: name }, { weight: 1, arbitrary: fc.constant('__proto__') });

/** Types of any shape, a few levels deep. */
export const anyType: fc.Arbitrary<Type> = fc.letrec<{ type: Type }>((tie) => ({
  type: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom<Type>('string', 'number', 'bool', 'dynamic'),
    fc.tuple(fc.constantFrom('list' as const, 'set' as const, 'map' as const), tie('type')),
    fc.tuple(
      fc.constant('object' as const),
      fc.dictionary(name, tie('type'), { maxKeys: 4, noNullPrototype: true }),
    ),
    fc.tuple(fc.constant('tuple' as const), fc.array(tie('type'), { maxLength: 3 })),
  ),
})).type;

const numeric = fc.oneof(
  fc.integer().map((value) => numericOf(String(value))),
  fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map((value) => numericOf(String(value))),
  fc
    .tuple(fc.bigInt(), fc.stringMatching(/^\d{1,20}$/))
    .map(([whole, part]) => numericOf(`${whole}.${part}`)),
  fc.double({ noNaN: true }).map(numericOfDouble),
  fc
    .constantFrom(-(2n ** 63n), 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n)
    .map((value) => numericOf(String(value))),
);

const unknown = fc.oneof(
  fc.constant(UNKNOWN),
  // What is known of it: that it is not null, and how it begins.
  fc.constant(new Unknown(Buffer.from('8201c202a57461736b2d', 'hex').subarray())),
);

/** A value of the type; unknown and null may stand at any depth. */
export function valueFor(type: Type): fc.Arbitrary<Value> {
  return fc.oneof(
    { weight: 6, arbitrary: knownValueFor(type) },
    { weight: 1, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: unknown.map(asPlain) },
  );
}

/** Bytes as the decoder gives them. */
function asPlain(value: Unknown): Unknown {
  return value.refinements === undefined ? value : new Unknown(new Uint8Array(value.refinements));
}

function knownValueFor(type: Type): fc.Arbitrary<Value> {
  if (type === 'string') return fc.string({ unit: 'grapheme' });
  if (type === 'bool') return fc.boolean();
  if (type === 'number') return numeric;
  if (type === 'dynamic')
    return fc
      .constantFrom<Type>('string', ['list', 'number'], ['object', { a: 'bool' }])
      .chain((inner) => valueFor(inner).map((value) => new Dynamic(inner, value)));
  if (type[0] === 'map') return fc.dictionary(key, valueFor(type[1]), { maxKeys: 4, noNullPrototype: true });
  if (type[0] === 'object')
    return fc.record(
      Object.fromEntries(Object.entries(type[1]).map(([key, each]) => [key, valueFor(each)])),
      {
        noNullPrototype: true,
      },
    );
  if (type[0] === 'tuple') return fc.tuple(...type[1].map(valueFor)) as unknown as fc.Arbitrary<Value>;
  return fc.array(valueFor(type[1]), { maxLength: 4 });
}

export const typeAndValue: fc.Arbitrary<[Type, Value]> = anyType.chain((type) =>
  valueFor(type).map((value): [Type, Value] => [type, value]),
);
