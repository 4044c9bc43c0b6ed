const NUMBER_TEXT = /^([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;
const LONGEST_EXPONENT = 10_000;

/** A number with all its digits, written without exponent and without zeros that mean nothing. */
export class Decimal {
  readonly text: string;

  /** @throws RangeError when the text is no decimal number. */
  constructor(text: string) {
    this.text = plainText(text);
  }

  toString(): string {
    return this.text;
  }

  /** The nearest double. */
  toNumber(): number {
    return Number(this.text);
  }
}

/** The one plain form of a number's text: `-0012.50e1` is `-125`. */
export function plainText(text: string): string {
  const match = NUMBER_TEXT.exec(text);
  if (match === null) throw new RangeError(`"${text}" is no decimal number`);
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const shift = Number(exponent);
  if (Math.abs(shift) > LONGEST_EXPONENT) throw new RangeError(`The exponent of "${text}" is too large`);
  const digits = whole + fraction;
  const point = whole.length + shift;
  const padded = point <= 0 ? '0'.repeat(1 - point) + digits : digits.padEnd(point, '0');
  const at = Math.max(point, 1);
  const left = padded.slice(0, at).replace(/^0+(?=\d)/, '');
  const right = padded.slice(at).replace(/0+$/, '');
  const plain = right === '' ? left : `${left}.${right}`;
  return sign === '-' && plain !== '0' ? `-${plain}` : plain;
}

/** All decimal digits of a finite double: 0.1 is 0.1000000000000000055511151231257827…, not 0.1. */
export function exactText(value: number): string {
  if (Number.isInteger(value)) return BigInt(value).toString();
  let halvings = 0;
  let scaled = value;
  for (; !Number.isInteger(scaled); halvings++) scaled *= 2; // exact: only the exponent moves
  return plainText(`${BigInt(scaled) * 5n ** BigInt(halvings)}e-${halvings}`);
}
