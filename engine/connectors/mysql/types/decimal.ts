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
  let at = offset;
  // The flipped sign bit is no digit: undone in the first byte read.
  let flip = 0x80;
  const read = (size: number): number => {
    let value = 0;
    for (let i = 0; i < size; i++) {
      value = value * 256 + (bytes[at++]! ^ flip ^ mask);
      flip = 0;
    }
    return value;
  };
  let whole = '';
  const wholeDigits = precision - scale;
  if (wholeDigits % 9 > 0) whole = String(read(bytesForDigits[wholeDigits % 9]!));
  for (let i = Math.floor(wholeDigits / 9); i > 0; i--) {
    const group = read(4);
    whole = whole === '' || whole === '0' ? String(group) : whole + pad(group, 9);
  }
  if (whole === '') whole = '0';
  const sign = positive ? '' : '-';
  if (scale === 0) return sign + whole;
  let fraction = '';
  for (let i = Math.floor(scale / 9); i > 0; i--) fraction += pad(read(4), 9);
  if (scale % 9 > 0) fraction += pad(read(bytesForDigits[scale % 9]!), scale % 9);
  return `${sign}${whole}.${fraction}`;
}

const pad = (value: number, digits: number) => String(value).padStart(digits, '0');
