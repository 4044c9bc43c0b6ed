import fc from 'fast-check';
import { expect, test } from 'vitest';
import { doubleText, jsonValue } from '../../../engine/connectors/mysql/types/json.ts';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** The server's binary form: type and value, by the rules of json_binary.h; `wide`: offsets of 4 bytes instead of 2. */
function encode(value: Json, wide: boolean): { type: number; bytes: Buffer } {
  if (value === null) return { type: 4, bytes: Buffer.of(0) };
  if (typeof value === 'boolean') return { type: 4, bytes: Buffer.of(value ? 1 : 2) };
  if (typeof value === 'string') return { type: 12, bytes: withLength(Buffer.from(value)) };
  if (typeof value === 'number') return encodeNumber(value);
  const names = Array.isArray(value) ? undefined : Object.keys(value).map((name) => Buffer.from(name));
  return {
    type: (names ? 0 : 2) + (wide ? 1 : 0),
    bytes: encodeContainer(Object.values(value), names, wide),
  };
}

function encodeNumber(value: number): { type: number; bytes: Buffer } {
  const bytes = Buffer.alloc(8);
  if (!Number.isInteger(value) || Object.is(value, -0)) {
    bytes.writeDoubleLE(value);
    return { type: 11, bytes };
  }
  bytes.writeBigInt64LE(BigInt(value));
  if (value >= -0x8000 && value < 0x8000) return { type: 5, bytes: bytes.subarray(0, 2) };
  if (value >= -0x80000000 && value < 0x80000000) return { type: 7, bytes: bytes.subarray(0, 4) };
  return { type: 9, bytes };
}

function withLength(bytes: Buffer): Buffer {
  const length: number[] = [];
  for (let rest = bytes.length; rest > 0 || length.length === 0; rest >>= 7) {
    length.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
  }
  return Buffer.concat([Buffer.from(length), bytes]);
}

function encodeContainer(values: Json[], names: Buffer[] | undefined, wide: boolean): Buffer {
  const size = wide ? 4 : 2;
  const offset = (value: number) => {
    const bytes = Buffer.alloc(size);
    bytes.writeUIntLE(value, 0, size);
    return bytes;
  };
  const head = 2 * size + values.length * (size + 1 + (names ? size + 2 : 0));
  let end = head + (names?.reduce((sum, { length }) => sum + length, 0) ?? 0);
  let nameAt = head;
  const keys = (names ?? []).flatMap((name) => {
    const entry = [offset(nameAt), Buffer.of(name.length & 0xff, name.length >> 8)];
    nameAt += name.length;
    return entry;
  });
  const stored: Buffer[] = [];
  const entries = values.flatMap((value) => {
    const { type, bytes } = encode(value, wide);
    const inline = type === 4 || type === 5 || (wide && type === 7);
    if (inline) return [Buffer.of(type), Buffer.concat([bytes, Buffer.alloc(size)]).subarray(0, size)];
    stored.push(bytes);
    end += bytes.length;
    return [Buffer.of(type), offset(end - bytes.length)];
  });
  return Buffer.concat([
    offset(values.length),
    offset(end),
    ...keys,
    ...entries,
    ...(names ?? []),
    ...stored,
  ]);
}

/** As the server prints it. */
function print(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(print).join(', ')}]`;
  if (typeof value === 'number' && (!Number.isInteger(value) || Object.is(value, -0)))
    return doubleText(value);
  // JSON itself escapes U+007F and lone surrogates otherwise, or not at all; neither is among the strings below.
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([name, member]) => `${JSON.stringify(name)}: ${print(member)}`)
    .join(', ')}}`;
}

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc.string({
    unit: fc.constantFrom('"', '\\', '\b', '\f', '\n', '\r', '\t', '\u0001', '\u001f', 'é', '😀', 'a'),
  }),
);
const documents = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'medium' },
    fc.constantFrom(null, true, false),
    fc.integer({ min: -0x8000, max: 0x7fff }),
    fc.integer(),
    // Integers that the text alone would make the other sign's are documents of another kind.
    fc.integer({ min: Number.MIN_SAFE_INTEGER, max: -0x80000001 }),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Number.isInteger(value)),
    text,
    fc.array(tie('value'), { maxLength: 6 }),
    fc.dictionary(text, tie('value'), { maxKeys: 6 }),
  ),
})).value;

test('a document in binary form is printed as the server prints it, wherever it stands', () => {
  fc.assert(
    fc.property(documents, fc.boolean(), fc.nat(5), (document, wide, before) => {
      const { type, bytes } = encode(document, wide);
      const whole = Buffer.concat([Buffer.alloc(before, 7), Buffer.of(type), bytes, Buffer.alloc(3, 7)]);
      expect(jsonValue(whole, before, before + 1 + bytes.length)).toBe(print(document));
    }),
    { numRuns: 500 },
  );
});

test('a document longer than the memory kept for text is whole, and the next one is not touched by it', () => {
  const long = { a: 'x"\n😀'.repeat(50_000), b: [1, -2] };
  const { type, bytes } = encode(long, true);
  expect(jsonValue(Buffer.concat([Buffer.of(type), bytes]))).toBe(print(long));
  expect(jsonValue(Buffer.of(5, 7, 0))).toBe('7');
});

test('a document that is cut short is refused', () => {
  const { type, bytes } = encode({ name: 'value' }, false);
  const whole = Buffer.concat([Buffer.of(type), bytes]);
  for (let end = 1; end < whole.length; end++) expect(() => jsonValue(whole, 0, end)).toThrow();
});
