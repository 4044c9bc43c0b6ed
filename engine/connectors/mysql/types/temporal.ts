/**
 * Dates and times as the server stores them, to the text that it prints. Three generations: before MySQL 5.6 (kept by old tables), MySQL
 * 5.6 and later ("2"), and MariaDB's own with fractions (mysql56_temporal_format=OFF, "hires").
 * Formats: sql-common/my_time.cc, MariaDB sql/field.cc.
 */

const two: readonly string[] = Array.from({ length: 100 }, (_, i) => String(i).padStart(2, '0'));

const dateOf = (year: number, month: number, day: number): string =>
  `${String(year).padStart(4, '0')}-${two[month]}-${two[day]}`;

/** Hours of a TIME may have three digits. */
const clockOf = (hour: number, minute: number, second: number): string =>
  `${hour < 100 ? two[hour] : hour}:${two[minute]}:${two[second]}`;

const fractionOf = (value: number, scale: number): string =>
  scale === 0 ? '' : `.${String(value).padStart(scale, '0')}`;

/** Big-endian unsigned integer of 0 to 6 bytes. */
export function readBig(bytes: Uint8Array, offset: number, size: number): number {
  let value = 0;
  for (let i = 0; i < size; i++) value = value * 256 + bytes[offset + i]!;
  return value;
}

function readLittle(bytes: Uint8Array, offset: number, size: number): number {
  let value = 0;
  for (let i = size - 1; i >= 0; i--) value = value * 256 + bytes[offset + i]!;
  return value;
}

/** Bytes of the fraction for a scale: two digits each, an odd scale with one digit more, always zero. */
export const fractionLength = (scale: number): number => (scale + 1) >> 1;

/** The digits of a stored fraction, 0 to 10^scale - 1. */
function readFraction(bytes: Uint8Array, offset: number, scale: number): number {
  const value = readBig(bytes, offset, fractionLength(scale));
  return scale % 2 === 1 ? Math.floor(value / 10) : value;
}

/** DATE, 3 bytes: day 5 bits, month 4, year 15. */
export function dateText(bytes: Uint8Array, offset: number): string {
  const value = readLittle(bytes, offset, 3);
  return dateOf(value >> 9, (value >> 5) & 15, value & 31);
}

/** YEAR, 1 byte since 1900; 0 is the year 0000. */
export const yearText = (value: number): string => (value === 0 ? '0000' : String(1900 + value));

/** DATETIME of MySQL 5.6+, 5 bytes: sign 1 bit, year × 13 + month 17, day 5, hour 5, minute 6, second 6; then the fraction. */
export function datetime2Text(bytes: Uint8Array, offset: number, scale: number): string {
  const date = readBig(bytes, offset, 3) - 0x800000;
  const clock = readBig(bytes, offset + 3, 2);
  const months = date >> 6;
  const day = (date >> 1) & 31;
  const hour = ((date & 1) << 4) | (clock >> 12);
  return `${dateOf(Math.floor(months / 13), months % 13, day)} ${clockOf(hour, (clock >> 6) & 63, clock & 63)}${fractionOf(
    readFraction(bytes, offset + 5, scale),
    scale,
  )}`;
}

/** TIMESTAMP of MySQL 5.6+, 4 bytes of seconds, unsigned (MariaDB 11.5+ up to 2106), then the fraction; text in UTC. */
export function timestamp2Text(bytes: Uint8Array, offset: number, scale: number): string {
  return utcText(readBig(bytes, offset, 4), readFraction(bytes, offset + 4, scale), scale);
}

/** TIME of MySQL 5.6+, 3 bytes and the fraction as one number: sign 1 bit, unused 1, hour 10, minute 6, second 6, fraction. */
export function time2Text(bytes: Uint8Array, offset: number, scale: number): string {
  const fractionBytes = fractionLength(scale);
  const unit = 2 ** (8 * fractionBytes);
  const packed = readBig(bytes, offset, 3 + fractionBytes) - 0x800000 * unit;
  const magnitude = Math.abs(packed);
  const clock = Math.floor(magnitude / unit);
  const stored = magnitude % unit;
  const fraction = scale % 2 === 1 ? Math.floor(stored / 10) : stored;
  return `${packed < 0 ? '-' : ''}${clockOf((clock >> 12) & 1023, (clock >> 6) & 63, clock & 63)}${fractionOf(fraction, scale)}`;
}

/** TIMESTAMP before 5.6, 4 bytes little endian. */
export const oldTimestampText = (bytes: Uint8Array, offset: number): string =>
  utcText(readLittle(bytes, offset, 4), 0, 0);

/** DATETIME before 5.6, 8 bytes: the number YYYYMMDDhhmmss. */
export function oldDatetimeText(bytes: Uint8Array, offset: number): string {
  const value = readLittle(bytes, offset, 8);
  const digits = String(value).padStart(14, '0');
  const [, year, month, day, hour, minute, second] = /(....)(..)(..)(..)(..)(..)$/.exec(digits)!;
  return `${year}-${month}-${day} ${hour}:${minute}:${second}`;
}

/** TIME before 5.6, 3 bytes signed: the number hhmmss. */
export function oldTimeText(bytes: Uint8Array, offset: number): string {
  const raw = readLittle(bytes, offset, 3);
  const value = raw >= 0x800000 ? raw - 0x1000000 : raw;
  const magnitude = Math.abs(value);
  const clock = clockOf(Math.floor(magnitude / 10000), Math.floor(magnitude / 100) % 100, magnitude % 100);
  return value < 0 ? `-${clock}` : clock;
}

/** Bytes of MariaDB's hires types for a scale of 0 to 6. */
export const hiresLengths = {
  timestamp: [4, 5, 5, 6, 6, 7, 7],
  datetime: [5, 6, 6, 7, 7, 7, 8],
  time: [3, 4, 4, 5, 5, 5, 6],
} as const;

/** MariaDB hires TIMESTAMP: 4 bytes of seconds, then the fraction's digits as a number; big endian. */
export function hiresTimestampText(bytes: Uint8Array, offset: number, scale: number): string {
  const fraction = readBig(bytes, offset + 4, hiresLengths.timestamp[scale]! - 4);
  return utcText(readBig(bytes, offset, 4), fraction, scale);
}

/** MariaDB hires DATETIME: ((((year × 13 + month) × 32 + day) × 24 + hour) × 60 + minute) × 60 + second, then digits; one number. */
export function hiresDatetimeText(bytes: Uint8Array, offset: number, scale: number): string {
  let value = 0n;
  for (let i = 0; i < hiresLengths.datetime[scale]!; i++) value = value * 256n + BigInt(bytes[offset + i]!);
  const unit = 10n ** BigInt(scale);
  const fraction = Number(value % unit);
  const seconds = Number(value / unit);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  const months = Math.floor(days / 32);
  const date = dateOf(Math.floor(months / 13), months % 13, days % 32);
  return `${date} ${clockOf(hours % 24, minutes % 60, seconds % 60)}${fractionOf(fraction, scale)}`;
}

/** The largest TIME, 838:59:59, and one second: what MariaDB adds to hires TIMEs so that none is negative. */
const hiresTimeZero = 838 * 3600 + 59 * 60 + 59 + 1;

export function hiresTimeText(bytes: Uint8Array, offset: number, scale: number): string {
  const unit = 10 ** scale;
  const value = readBig(bytes, offset, hiresLengths.time[scale]!) - hiresTimeZero * unit;
  const magnitude = Math.abs(value);
  const seconds = Math.floor(magnitude / unit);
  const clock = clockOf(Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60);
  return `${value < 0 ? '-' : ''}${clock}${fractionOf(magnitude % unit, scale)}`;
}

/** Day number that `utcText` computed last: rows of one time share it. */
let lastDay = -1;
let lastDate = '';

function utcText(seconds: number, fraction: number, scale: number): string {
  if (seconds === 0 && fraction === 0) return `0000-00-00 00:00:00${fractionOf(0, scale)}`;
  const day = Math.floor(seconds / 86400);
  if (day !== lastDay) {
    lastDate = new Date(day * 86_400_000).toISOString().slice(0, 10);
    lastDay = day;
  }
  const rest = seconds % 86400;
  return `${lastDate} ${clockOf(Math.floor(rest / 3600), Math.floor(rest / 60) % 60, rest % 60)}${fractionOf(fraction, scale)}`;
}
