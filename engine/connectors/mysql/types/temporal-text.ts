/**
 * Dates and times as the server prints them. `date`: year × 512 + month × 32 + day, as DATE stores it; `clock`: hour × 4096 +
 * minute × 64 + second, as all newer types store it; `fraction`: the `scale` digits (0 to 6) behind the point as a number.
 */

const ZERO = 0x30;
const DASH = 0x2d;
const COLON = 0x3a;
const BLANK = 0x20;
const POINT = 0x2e;

export const packDate = (year: number, month: number, day: number): number =>
  (year << 9) | (month << 5) | day;
export const packClock = (hour: number, minute: number, second: number): number =>
  (hour << 12) | (minute << 6) | second;

/** The tens and the ones of a number below 100, as characters. */
const tens = (value: number): number => ZERO + ((value / 10) | 0);
const ones = (value: number): number => ZERO + (value % 10);

const century = (date: number): number => ((date >> 9) / 100) | 0;
const yearOfCentury = (date: number): number => (date >> 9) % 100;
const month = (date: number): number => (date >> 5) & 15;
const day = (date: number): number => date & 31;
const hour = (clock: number): number => clock >> 12;
const minute = (clock: number): number => (clock >> 6) & 63;
const second = (clock: number): number => clock & 63;

/** To microseconds, by scale. */
const units = [1_000_000, 100_000, 10_000, 1000, 100, 10, 1];

// All characters of a text at once: joined of strings it takes three times as long to make, and long again to read.

export function dateOf(date: number): string {
  // biome-ignore format: the order of the characters
  return String.fromCharCode(
    tens(century(date)), ones(century(date)), tens(yearOfCentury(date)), ones(yearOfCentury(date)), DASH,
    tens(month(date)), ones(month(date)), DASH, tens(day(date)), ones(day(date)),
  );
}

export function datetimeOf(date: number, clock: number, fraction: number, scale: number): string {
  if (scale === 0) {
    // biome-ignore format: the order of the characters
    return String.fromCharCode(
      tens(century(date)), ones(century(date)), tens(yearOfCentury(date)), ones(yearOfCentury(date)), DASH,
      tens(month(date)), ones(month(date)), DASH, tens(day(date)), ones(day(date)), BLANK,
      tens(hour(clock)), ones(hour(clock)), COLON, tens(minute(clock)), ones(minute(clock)), COLON,
      tens(second(clock)), ones(second(clock)),
    );
  }
  const micros = fraction * units[scale]!;
  const upper = (micros / 10_000) | 0;
  const middle = ((micros / 100) | 0) % 100;
  // biome-ignore format: the order of the characters
  const text = String.fromCharCode(
    tens(century(date)), ones(century(date)), tens(yearOfCentury(date)), ones(yearOfCentury(date)), DASH,
    tens(month(date)), ones(month(date)), DASH, tens(day(date)), ones(day(date)), BLANK,
    tens(hour(clock)), ones(hour(clock)), COLON, tens(minute(clock)), ones(minute(clock)), COLON,
    tens(second(clock)), ones(second(clock)), POINT,
    tens(upper), ones(upper), tens(middle), ones(middle), tens(micros % 100), ones(micros % 100),
  );
  return scale === 6 ? text : text.slice(0, 20 + scale);
}

/** A TIME that is not negative; its hours may have three digits. */
export function timeOf(clock: number, fraction: number, scale: number): string {
  if (clock >= 100 << 12) return longTime(clock, fraction, scale);
  if (scale === 0) {
    // biome-ignore format: the order of the characters
    return String.fromCharCode(
      tens(hour(clock)), ones(hour(clock)), COLON, tens(minute(clock)), ones(minute(clock)), COLON,
      tens(second(clock)), ones(second(clock)),
    );
  }
  const micros = fraction * units[scale]!;
  const upper = (micros / 10_000) | 0;
  const middle = ((micros / 100) | 0) % 100;
  // biome-ignore format: the order of the characters
  const text = String.fromCharCode(
    tens(hour(clock)), ones(hour(clock)), COLON, tens(minute(clock)), ones(minute(clock)), COLON,
    tens(second(clock)), ones(second(clock)), POINT,
    tens(upper), ones(upper), tens(middle), ones(middle), tens(micros % 100), ones(micros % 100),
  );
  return scale === 6 ? text : text.slice(0, 9 + scale);
}

function longTime(clock: number, fraction: number, scale: number): string {
  const hours = hour(clock);
  return `${(hours / 10) | 0}${timeOf(packClock(hours % 10, minute(clock), second(clock)), fraction, scale).slice(1)}`;
}
