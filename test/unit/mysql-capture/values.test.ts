import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addressTexts } from '../../../engine/connectors/mysql/types/address.ts';
import { decimalLength, decimalText } from '../../../engine/connectors/mysql/types/decimal.ts';
import { doubleText } from '../../../engine/connectors/mysql/types/json.ts';
import {
  dateText,
  datetime2Text,
  time2Text,
  timestamp2Text,
} from '../../../engine/connectors/mysql/types/temporal.ts';

/** decimal2bin of the server, by plain arithmetic. */
function encodeDecimal(value: bigint, precision: number, scale: number): Uint8Array {
  const digits = (value < 0n ? -value : value).toString().padStart(precision, '0');
  const bytesFor = (count: number) => [0, 1, 1, 2, 2, 3, 3, 4, 4, 4][count]!;
  const out: number[] = [];
  const put = (text: string) => {
    let rest = BigInt(text === '' ? '0' : text);
    const bytes = Array.from({ length: bytesFor(text.length) }, () => {
      const byte = Number(rest & 0xffn);
      rest >>= 8n;
      return byte;
    });
    out.push(...bytes.reverse());
  };
  const whole = digits.slice(0, precision - scale);
  const fraction = digits.slice(precision - scale);
  put(whole.slice(0, whole.length % 9));
  for (let i = whole.length % 9; i < whole.length; i += 9) put(whole.slice(i, i + 9));
  for (let i = 0; i < fraction.length; i += 9) put(fraction.slice(i, i + 9));
  const bytes = Uint8Array.from(value < 0n ? out.map((byte) => byte ^ 0xff) : out);
  bytes[0]! ^= 0x80;
  return bytes;
}

test('a decimal of any precision and scale is told digit by digit', () => {
  const decimals = fc
    .record({ precision: fc.integer({ min: 1, max: 65 }), scaleShare: fc.nat(30) })
    .chain(({ precision, scaleShare }) => {
      const max = 10n ** BigInt(precision) - 1n;
      return fc.record({
        precision: fc.constant(precision),
        scale: fc.constant(Math.min(scaleShare, precision)),
        value: fc.bigInt({ min: -max, max }),
      });
    });
  fc.assert(
    fc.property(decimals, ({ precision, scale, value }) => {
      const bytes = encodeDecimal(value, precision, scale);
      expect(bytes.length).toBe(decimalLength(precision, scale));
      const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0');
      const point = digits.length - scale;
      const expected = scale === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`;
      expect(decimalText(bytes, 0, precision, scale)).toBe((value < 0n ? '-' : '') + expected);
    }),
    { numRuns: 1000 },
  );
});

const big = (value: number, size: number) =>
  Uint8Array.from({ length: size }, (_, i) => Math.floor(value / 2 ** (8 * (size - 1 - i))) % 256);

test('a timestamp is the UTC time of its seconds, up to the year 2106', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 32 - 1 }), (seconds) => {
      const expected = new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');
      expect(timestamp2Text(big(seconds, 4), 0, 0)).toBe(expected);
    }),
  );
});

test('a date and time is told part by part, with as many digits of the second as its scale', () => {
  const parts = fc.record({
    year: fc.integer({ min: 0, max: 9999 }),
    month: fc.integer({ min: 0, max: 12 }),
    day: fc.integer({ min: 0, max: 31 }),
    hour: fc.integer({ min: 0, max: 23 }),
    minute: fc.integer({ min: 0, max: 59 }),
    second: fc.integer({ min: 0, max: 59 }),
    micros: fc.integer({ min: 0, max: 999_999 }),
    scale: fc.integer({ min: 0, max: 6 }),
  });
  const padded = (value: number, digits: number) => String(value).padStart(digits, '0');
  fc.assert(
    fc.property(parts, ({ year, month, day, hour, minute, second, micros, scale }) => {
      const date = `${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}`;
      const clock = `${padded(hour, 2)}:${padded(minute, 2)}:${padded(second, 2)}`;
      const fraction = Math.floor(micros / 10 ** (6 - scale));
      const expected = `${date} ${clock}${scale === 0 ? '' : `.${padded(fraction, scale)}`}`;
      const seconds = ((hour << 12) | (minute << 6) | second) + (((year * 13 + month) << 5) | day) * 2 ** 17;
      const stored = fraction * (scale % 2 === 1 ? 10 : 1);
      const bytes = Buffer.concat([big(seconds + 2 ** 39, 5), big(stored, (scale + 1) >> 1)]);
      expect(datetime2Text(bytes, 0, scale)).toBe(expected);
      expect(dateText(big((year << 9) | (month << 5) | day, 3).reverse(), 0)).toBe(date);
    }),
  );
});

test('a time of either sign keeps its clock and its fraction', () => {
  fc.assert(
    fc.property(fc.integer({ min: -3020399_999999, max: 3020399_999999 }), (micros) => {
      const magnitude = Math.abs(micros);
      const seconds = Math.floor(magnitude / 1e6);
      const [hour, minute, second] = [
        Math.floor(seconds / 3600),
        Math.floor(seconds / 60) % 60,
        seconds % 60,
      ];
      const packed = ((hour << 12) | (minute << 6) | second) * 2 ** 24 + (magnitude % 1e6);
      const bytes = big(0x800000 * 2 ** 24 + (micros < 0 ? -packed : packed), 6);
      const two = (n: number) => String(n).padStart(2, '0');
      const text = `${two(hour)}:${two(minute)}:${two(second)}.${String(magnitude % 1e6).padStart(6, '0')}`;
      expect(time2Text(bytes, 0, 6)).toBe((micros < 0 ? '-' : '') + text);
    }),
  );
});

test('a double in JSON reads back as the same double', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(Object.is(Number(doubleText(value)), value)).toBe(true);
      expect(doubleText(value)).toMatch(/[.e]/);
    }),
  );
});

test('a UUID of a table of MariaDB before 10.11.5 is read from its reversed parts', () => {
  const stored = Buffer.from('426655440000a45612d3e89b123e4567', 'hex');
  expect(addressTexts.uuid!.text(stored)).toBe('123e4567-e89b-12d3-a456-426655440000');
});
