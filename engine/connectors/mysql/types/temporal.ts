import { dateOf, datetimeOf, packClock, packDate, timeOf } from './temporal-text.ts';

/**
 * Dates and times as the server stores them, to the text that it prints. Three generations: before MySQL 5.6 (kept by old tables), MySQL
 * 5.6 and later ("2"), and MariaDB's own with fractions (mysql56_temporal_format=OFF, "hires").
 * Formats: sql-common/my_time.cc, MariaDB sql/field.cc.
 */

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
export const dateText = (bytes: Uint8Array, offset: number): string =>
  dateOf(bytes[offset]! | (bytes[offset + 1]! << 8) | (bytes[offset + 2]! << 16));

/** YEAR, 1 byte since 1900; 0 is the year 0000. */
export const yearText = (value: number): string => (value === 0 ? '0000' : String(1900 + value));

/** DATETIME of MySQL 5.6+, 5 bytes: sign 1 bit, year × 13 + month 17, day 5, hour 5, minute 6, second 6; then the fraction. */
export function datetime2Text(bytes: Uint8Array, offset: number, scale: number): string {
  const date = readBig(bytes, offset, 3) - 0x800000;
  const months = date >> 6;
  return datetimeOf(
    packDate((months / 13) | 0, months % 13, (date >> 1) & 31),
    ((date & 1) << 16) | (bytes[offset + 3]! << 8) | bytes[offset + 4]!,
    readFraction(bytes, offset + 5, scale),
    scale,
  );
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
  const text = timeOf(clock & 0x3fffff, fraction, scale);
  return packed < 0 ? `-${text}` : text;
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
  const clock = packClock(Math.floor(magnitude / 10000), Math.floor(magnitude / 100) % 100, magnitude % 100);
  return value < 0 ? `-${timeOf(clock, 0, 0)}` : timeOf(clock, 0, 0);
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
  const date = packDate(Math.floor(months / 13), months % 13, days % 32);
  return datetimeOf(date, packClock(hours % 24, minutes % 60, seconds % 60), fraction, scale);
}

/** The largest TIME, 838:59:59, and one second: what MariaDB adds to hires TIMEs so that none is negative. */
const hiresTimeZero = 838 * 3600 + 59 * 60 + 59 + 1;

export function hiresTimeText(bytes: Uint8Array, offset: number, scale: number): string {
  const unit = 10 ** scale;
  const value = readBig(bytes, offset, hiresLengths.time[scale]!) - hiresTimeZero * unit;
  const magnitude = Math.abs(value);
  const seconds = Math.floor(magnitude / unit);
  const clock = packClock(Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60);
  const text = timeOf(clock, magnitude % unit, scale);
  return value < 0 ? `-${text}` : text;
}

/** Day number that `utcText` computed last, and its date: rows of one time share it. */
let lastDay = -1;
let lastDate = 0;

function utcText(seconds: number, fraction: number, scale: number): string {
  if (seconds === 0 && fraction === 0) return datetimeOf(0, 0, 0, scale);
  const day = Math.floor(seconds / 86400);
  if (day !== lastDay) {
    const date = new Date(day * 86_400_000);
    lastDate = packDate(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate());
    lastDay = day;
  }
  const rest = seconds % 86400;
  return datetimeOf(
    lastDate,
    packClock(Math.floor(rest / 3600), Math.floor(rest / 60) % 60, rest % 60),
    fraction,
    scale,
  );
}
