import { Decimal, exactText, plainText } from './decimal.ts';
import type { Numeric } from './value.ts';

/**
 * The number that a text means: a `number` when it is whole and safe, or a fraction that a double holds to the
 * last digit and is printed with; else a `bigint` when it is whole, else a `Decimal`. So each number has one form.
 * @throws RangeError when the text is no decimal number.
 */
export function numericOf(text: string): Numeric {
  const plain = plainText(text);
  if (!plain.includes('.')) {
    const whole = Number(plain);
    return Number.isSafeInteger(whole) ? whole : BigInt(plain);
  }
  const double = Number(plain);
  return textOf(double) === plain && exactText(double) === plain ? double : new Decimal(plain);
}

/**
 * The number that a double is, to its last digit. Most fractions are printed shorter than they are, so that they
 * come as a `Decimal`: the double nearest to 0.1 is not one tenth.
 */
export function numericOfDouble(double: number): Numeric {
  if (double === 0) return 0; // zero has no sign
  if (!Number.isFinite(double) || Number.isSafeInteger(double)) return double;
  return numericOf(exactText(double));
}

/** The number that is written with the digits of a double, as people and JSON mean it: 0.1 is one tenth. */
export function numericOfPrinted(double: number): Numeric {
  return Number.isFinite(double) ? numericOf(String(double)) : double;
}

/**
 * All digits of a number. A `number` with a fraction means the digits that it is printed with, as people write
 * them: 0.1 is one tenth.
 */
export function textOf(value: Numeric): string {
  if (value instanceof Decimal) return value.text;
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (typeof value === 'number' && !Number.isInteger(value)) return plainText(String(value));
  return BigInt(value).toString();
}

export function isNumeric(value: unknown): value is Numeric {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof Decimal;
}
