import { TextWriter } from './text-writer.ts';

/**
 * Decimals as the server stores them: nine digits in four bytes, the digits left over at each end in fewer; big endian; the
 * first bit flipped; negative numbers complemented. Format: decimal2bin in strings/decimal.cc.
 */

/** Bytes for 0 to 9 digits. */
const bytesForDigits = [0, 1, 1, 2, 2, 3, 3, 4, 4, 4];

export function decimalLength(precision: number, scale: number): number {
  return partLength(precision - scale) + partLength(scale);
}

const partLength = (digits: number) => Math.floor(digits / 9) * 4 + bytesForDigits[digits % 9]!;

/** Exact text as the server prints it, all digits of the scale included: `-12.50`. */
export function decimalText(bytes: Uint8Array, offset: number, precision: number, scale: number): string {
  const positive = (bytes[offset]! & 0x80) !== 0;
  const mask = positive ? 0 : 0xff;
  text.reset();
  if (!positive) text.byte(0x2d);
  let at = offset;
  // The flipped sign bit is no digit: undone in the first byte read.
  let flip = 0x80;
  let zeros = true;
  for (let digits = precision - scale; digits > 0; ) {
    const count = digits % 9 || 9;
    const end = at + bytesForDigits[count]!;
    let group = 0;
    for (; at < end; at++) {
      group = (group << 8) | (bytes[at]! ^ flip ^ mask);
      flip = 0;
    }
    if (!zeros) text.digits(group, count);
    else if (group !== 0) {
      text.integer(group);
      zeros = false;
    }
    digits -= count;
  }
  if (zeros) text.byte(0x30);
  if (scale > 0) text.byte(0x2e);
  for (let digits = scale; digits > 0; ) {
    const count = Math.min(digits, 9);
    const end = at + bytesForDigits[count]!;
    let group = 0;
    for (; at < end; at++) {
      group = (group << 8) | (bytes[at]! ^ flip ^ mask);
      flip = 0;
    }
    text.digits(group, count);
    digits -= count;
  }
  return text.take();
}

/** Decimals are read one after the other. */
const text = new TextWriter();
