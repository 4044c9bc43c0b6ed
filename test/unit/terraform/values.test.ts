import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Decimal, exactText, plainText } from '../../../terraform/provider/protocol/values/decimal.ts';
import { parseJson, printJson } from '../../../terraform/provider/protocol/values/exact-json.ts';
import { sameValue } from '../../../terraform/provider/protocol/values/fingerprint.ts';
import { decodeJson, valueOfJson } from '../../../terraform/provider/protocol/values/json.ts';
import { decodeMsgpack, encodeMsgpack } from '../../../terraform/provider/protocol/values/msgpack.ts';
import { numericOf, numericOfDouble, textOf } from '../../../terraform/provider/protocol/values/numeric.ts';
import type { Type } from '../../../terraform/provider/protocol/values/type.ts';
import { UNKNOWN, Unknown } from '../../../terraform/provider/protocol/values/unknown.ts';
import { Dynamic, type Numeric, type Value } from '../../../terraform/provider/protocol/values/value.ts';
import { typeAndValue } from './arbitrary-values.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const bytes = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('a value over MessagePack', () => {
  test('comes back as it was, whatever its type', () => {
    fc.assert(
      fc.property(typeAndValue, ([type, value]) => {
        const back = decodeMsgpack(type, encodeMsgpack(type, value));
        expect(back).toEqual(value);
      }),
      { numRuns: 2000 },
    );
  });

  test('is written again to the same bytes', () => {
    fc.assert(
      fc.property(typeAndValue, ([type, value]) => {
        const once = encodeMsgpack(type, value);
        expect(hex(encodeMsgpack(type, decodeMsgpack(type, once)))).toBe(hex(once));
      }),
      { numRuns: 1000 },
    );
  });

  // The bytes are those that the CLIs send for such values.
  test.each<[string, Type, Value, string]>([
    ['null', 'string', null, 'c0'],
    ['a string', 'string', 'hi', 'a2 6869'],
    ['true', 'bool', true, 'c3'],
    ['a small number', 'number', 5, '05'],
    ['a negative number', 'number', -1, 'ff'],
    ['a number of 32 bits', 'number', 4294967295, 'ce ffffffff'],
    ['a number of 33 bits', 'number', 4294967296, 'cf 0000000100000000'],
    ['a number beyond 2^53', 'number', 9007199254740993n, 'cf 0020000000000001'],
    ['the least integer', 'number', -(2n ** 63n), 'd3 8000000000000000'],
    ['a whole number that a double holds', 'number', 2n ** 64n, 'cb 43f0000000000000'],
    [
      'a whole number of any size',
      'number',
      12345678901234567890123n,
      'b7 3132333435363738393031323334353637383930313233',
    ],
    ['a fraction that a double holds', 'number', 3.5, 'cb 400c000000000000'],
    ['one tenth', 'number', new Decimal('0.1'), 'a3 302e31'],
    ['one tenth as people write it', 'number', 0.1, 'a3 302e31'],
    ['an unknown value', 'string', UNKNOWN, 'd4 00 00'],
    ['a list', ['list', 'number'], [1, 2], '92 01 02'],
    ['a map, its keys in order', ['map', 'bool'], { b: true, a: false }, '82 a161 c2 a162 c3'],
    [
      'a map with the key that sets prototypes',
      ['map', 'string'],
      Object.fromEntries([['__proto__', '__proto__']]),
      '81 a9 5f5f70726f746f5f5f a9 5f5f70726f746f5f5f',
    ],
    [
      'an object with all its attributes',
      ['object', { b: 'string', a: 'string' }],
      { b: 'x' },
      '82 a161 c0 a162 a178',
    ],
    [
      'a value with its type',
      'dynamic',
      new Dynamic(['list', 'string'], ['x']),
      '92 c4 11 5b226c697374222c22737472696e67225d 91 a178',
    ],
  ])('%s', (_what, type, value, written) => {
    expect(hex(encodeMsgpack(type, value))).toBe(written.replaceAll(' ', ''));
  });

  // A collection is an array or a map by its own rules of order; what is absent is nil, and what is empty has no elements.
  test.each<[string, Type, Value, string]>([
    ['a set of strings', ['set', 'string'], ['a', 'b'], '92 a161 a162'],
    ['a set of numbers', ['set', 'number'], [1, 2], '92 01 02'],
    [
      'a set of objects, the attributes of each in order',
      ['set', ['object', { b: 'bool', a: 'number' }]],
      [{ a: 1, b: true }],
      '91 82 a161 01 a162 c3',
    ],
    [
      'a tuple, each element of its own type',
      ['tuple', ['string', 'number', 'bool']],
      ['x', 7, false],
      '93 a178 07 c2',
    ],
    ['a tuple with a null', ['tuple', ['string', ['list', 'number']]], ['x', null], '92 a178 c0'],
    ['an empty list', ['list', 'string'], [], '90'],
    ['an empty set', ['set', 'string'], [], '90'],
    ['an empty tuple', ['tuple', []], [], '90'],
    ['an empty map', ['map', 'string'], {}, '80'],
    ['an object without attributes', ['object', {}], {}, '80'],
    ['a null list', ['list', 'string'], null, 'c0'],
    ['a null set', ['set', 'string'], null, 'c0'],
    ['a null tuple', ['tuple', ['string']], null, 'c0'],
    ['a null map', ['map', 'string'], null, 'c0'],
    ['a null object', ['object', { a: 'string' }], null, 'c0'],
    [
      'an object that has an empty list and a null one',
      ['object', { empty: ['list', 'string'], none: ['list', 'string'] }],
      { empty: [], none: null },
      '82 a5 656d707479 90 a4 6e6f6e65 c0',
    ],
    ['a list with a null', ['list', 'string'], ['x', null], '92 a178 c0'],
    ['a map with a null', ['map', 'string'], { a: null }, '81 a161 c0'],
    ['a set of which one element is not known', ['set', 'string'], ['a', UNKNOWN], '92 a161 d4 00 00'],
    ['a list that is not known', ['list', 'string'], UNKNOWN, 'd4 00 00'],
    ['an open null', 'dynamic', null, 'c0'],
    ['a list of 16 elements', ['list', 'bool'], Array(16).fill(true), `dc 0010 ${'c3'.repeat(16)}`],
    [
      'a map of 16 elements',
      ['map', 'bool'],
      Object.fromEntries([...'abcdefghijklmnop'].map((key) => [key, true])),
      `de 0010 ${[...'abcdefghijklmnop'].map((key) => `a1${hex(Buffer.from(key))}c3`).join('')}`,
    ],
  ])('%s, both ways', (_what, type, value, written) => {
    expect(hex(encodeMsgpack(type, value))).toBe(written.replaceAll(' ', ''));
    expect(decodeMsgpack(type, bytes(written))).toEqual(value);
  });

  // What the CLIs write for numbers that come out of another provider as doubles, and not as texts.
  test.each([
    ['the double next to one tenth', 'cb 3fb999999999999a'],
    ['the double next to minus one tenth', 'cb bfb999999999999a'],
    ['the sum of the doubles 0.1 and 0.2', 'cb 3fd3333333333334'],
    ['the least double', 'cb 0000000000000001'],
    ['the largest double', 'cb 7fefffffffffffff'],
    ['a half', 'cb 3fe0000000000000'],
    ['infinity', 'cb 7ff0000000000000'],
  ])('%s comes back as the same bytes', (_what, written) => {
    const value = decodeMsgpack('number', bytes(written));
    expect(hex(encodeMsgpack('number', value))).toBe(written.replaceAll(' ', ''));
  });

  test('every double comes back as the same number, and is another than the one that it is printed as', () => {
    const doubleOf = (double: number) => {
      const body = new DataView(new ArrayBuffer(9));
      body.setUint8(0, 0xcb);
      body.setFloat64(1, double);
      return new Uint8Array(body.buffer);
    };
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (double) => {
        const value = decodeMsgpack('number', doubleOf(double));
        const back = encodeMsgpack('number', value);
        // The CLIs write whole numbers of 64 bits as integers; zero has no sign.
        if (!Number.isInteger(double)) expect(hex(back)).toBe(hex(doubleOf(double)));
        expect(decodeMsgpack('number', back)).toEqual(value);
        if (Number.isFinite(double))
          expect(textOf(value as Numeric)).toBe(exactText(double === 0 ? 0 : double));
      }),
      { numRuns: 2000 },
    );
    expect(sameValue('number', decodeMsgpack('number', doubleOf(0.1)), new Decimal('0.1'))).toBe(false);
  });

  test('a fraction that is larger than every double comes back as it was', () => {
    const value = numericOf(`${'9'.repeat(400)}.5`);
    expect(decodeMsgpack('number', encodeMsgpack('number', value))).toEqual(value);
  });

  test('what is no number is none', () => {
    expect(() => decodeMsgpack('number', bytes('cb 7ff8000000000000'))).toThrow(
      expect.objectContaining({ name: 'ValueError' }),
    );
  });

  test('an unknown value with a known prefix is echoed with it', () => {
    const refined = bytes('c7 0a 0c 82 01 c2 02 a5 7461736b2d');
    const value = decodeMsgpack('string', refined);
    expect(value).toBeInstanceOf(Unknown);
    expect(hex(encodeMsgpack('string', value))).toBe(hex(refined));
  });

  test('an unknown value in an encoding of later CLIs is unknown', () => {
    expect(decodeMsgpack('string', bytes('c7 01 4d 00'))).toBeInstanceOf(Unknown);
    expect(decodeMsgpack(['list', 'string'], bytes('91 c7 01 4d 00'))).toEqual([UNKNOWN]);
  });

  test.each<[string, Type, Value, string]>([
    ['an attribute that there is not', ['object', { a: 'string' }], { a: 'x', b: 'y' }, 'b'],
    ['a number for a string', ['object', { a: ['list', 'string'] }], { a: ['x', 1] }, 'a.1'],
    ['a list for a map', ['object', { a: ['map', 'string'] }], { a: [] }, 'a'],
  ])('names the place of %s', (_what, type, value, place) => {
    expect(() => encodeMsgpack(type, value)).toThrow(
      expect.objectContaining({
        name: 'ValueError',
        path: place.split('.').map((each) => (/^\d+$/.test(each) ? Number(each) : each)),
      }),
    );
  });

  test('names an attribute that is missing', () => {
    expect(() => decodeMsgpack(['object', { a: 'string' }], bytes('80'))).toThrow(
      expect.objectContaining({ name: 'ValueError', path: ['a'] }),
    );
  });
});

describe('numbers', () => {
  const decimalText = fc
    .tuple(fc.bigInt(), fc.stringMatching(/^\d{0,30}$/))
    .map(([whole, fraction]) => `${whole}.${fraction}`);

  test('keep all their digits', () => {
    fc.assert(
      fc.property(decimalText, (text) => {
        expect(textOf(numericOf(text))).toBe(plainText(text));
      }),
    );
  });

  test('have one form each', () => {
    fc.assert(
      fc.property(decimalText, fc.nat(20), (text, zeros) => {
        const padded = `${text}${'0'.repeat(zeros)}`;
        expect(numericOf(padded)).toEqual(numericOf(text));
        expect(sameValue('number', numericOf(padded), numericOf(text))).toBe(true);
      }),
    );
  });

  test('have one form each also when they come as doubles', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (double) => {
        expect(numericOfDouble(double)).toEqual(numericOf(exactText(double)));
      }),
    );
  });

  test('a double is the sum of its bits, to the last digit', () => {
    expect(exactText(0.1)).toBe('0.1000000000000000055511151231257827021181583404541015625');
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (double) => {
        const text = exactText(double);
        expect(Number(text)).toBe(double === 0 ? 0 : double);
      }),
    );
  });

  test.each([
    ['-0012.50e1', '-125'],
    ['1e3', '1000'],
    ['1e-3', '0.001'],
    ['-0', '0'],
    ['0.0', '0'],
    ['12.', '12'],
  ])('%s is %s', (text, plain) => expect(plainText(text)).toBe(plain));

  test.each(['', 'x', '1e', '0x10', '--1', '1e99999999'])('"%s" is none', (text) => {
    expect(() => plainText(text)).toThrow(RangeError);
  });
});

describe('JSON', () => {
  test('keeps all digits both ways', () => {
    const text = '{"a":9007199254740993,"b":[0.1,1.5,"x"],"c":null}';
    expect(parseJson(text)).toEqual({ a: 9007199254740993n, b: [new Decimal('0.1'), 1.5, 'x'], c: null });
    expect(printJson(parseJson(text))).toBe(text);
  });

  test('tells the double next to one tenth from one tenth', () => {
    const text = '[0.1,0.1000000000000000055511151231257827021181583404541015625]';
    expect(printJson(parseJson(text))).toBe(text);
    expect(valueOfJson(['tuple', ['number', 'number']], [0.1, 0.5])).toEqual([new Decimal('0.1'), 0.5]);
  });

  test('a stored state fits a schema with other attributes', () => {
    const type: Type = ['object', { kept: 'number', added: 'string' }];
    expect(decodeJson(type, '{"kept":12345678901234567890,"removed":1}')).toEqual({
      kept: 12345678901234567890n,
      added: null,
    });
  });

  test('a value of an open type comes with its type', () => {
    expect(decodeJson('dynamic', '{"type":["list","number"],"value":[1]}')).toEqual(
      new Dynamic(['list', 'number'], [1]),
    );
  });
});

describe('sameness', () => {
  test('of sets knows no order, of lists it does', () => {
    expect(sameValue(['set', 'string'], ['a', 'b'], ['b', 'a'])).toBe(true);
    expect(sameValue(['list', 'string'], ['a', 'b'], ['b', 'a'])).toBe(false);
    expect(sameValue(['set', ['object', { a: ['set', 'number'] }]], [{ a: [1, 2] }], [{ a: [2, 1] }])).toBe(
      true,
    );
  });

  test('tells null, empty, unknown and texts apart', () => {
    const values: Value[] = [null, '', 'null', '?', UNKNOWN, [], {}, 0, '0', false, 'false'];
    const same = values.flatMap((left, i) =>
      values.filter((right, j) => i !== j && sameValue('dynamic', left, right)),
    );
    expect(same).toEqual([]);
  });
});
