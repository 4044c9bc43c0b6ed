import type { JsonScalarType } from '../../../core/row.ts';
import { decimalText } from './decimal.ts';

/** Type numbers of values in JSON that JSON itself has not. Source: include/field_types.h. */
const codes = { timestamp: 7, date: 10, time: 11, datetime: 12, newdecimal: 246 } as const;

const named: Readonly<Record<number, JsonScalarType>> = {
  [codes.newdecimal]: 'DECIMAL',
  [codes.date]: 'DATE',
  [codes.time]: 'TIME',
  [codes.datetime]: 'DATETIME',
  [codes.timestamp]: 'TIMESTAMP',
};

export const opaqueType = (code: number): JsonScalarType => named[code] ?? 'OPAQUE';

/** As the server prints them: decimals as numbers, times as text, the rest in base64. */
export function opaqueText(data: Buffer, code: number): string {
  switch (code) {
    case codes.newdecimal:
      return decimalText(data, 2, data[0]!, data[1]!);
    case codes.date:
      return `"${packedDatetime(data).slice(0, 10)}"`;
    case codes.datetime:
    case codes.timestamp:
      return `"${packedDatetime(data)}"`;
    case codes.time:
      return `"${packedTime(data)}"`;
    default:
      return `"base64:type${code}:${base64Lines(data)}"`;
  }
}

/** What `opaqueText` made of bytes: the number of their type, and they. */
export function readOpaqueText(text: string): { code: number; data: Buffer } | undefined {
  const [, code, data] = /^"base64:type(\d+):(.*)"$/s.exec(text) ?? [];
  if (code === undefined || data === undefined) return undefined;
  return { code: Number(code), data: Buffer.from(data.replaceAll('\\n', ''), 'base64') };
}

/** The server's base64 breaks lines; in JSON text a line feed is `\n`. Source: base64_encode in libservices/base64.h. */
function base64Lines(data: Buffer): string {
  const text = data.toString('base64');
  return text.length <= 76 ? text : text.match(/.{1,76}/g)!.join('\\n');
}

/** 8 bytes: year × 13 + month 17 bits, day 5, hour 5, minute 6, second 6, microsecond 24. */
function packedDatetime(data: Buffer): string {
  const packed = data.readBigInt64LE(0);
  const value = packed < 0n ? -packed : packed;
  const clock = Number((value >> 24n) & 0x1ffffn);
  const date = Number(value >> 41n);
  const months = date >> 5;
  return `${pad(Math.floor(months / 13), 4)}-${pad(months % 13, 2)}-${pad(date & 31, 2)} ${clockText(clock >> 12, clock)}.${pad(
    Number(value & 0xffffffn),
    6,
  )}`;
}

/** 8 bytes: hour 10 bits, minute 6, second 6, microsecond 24; negative as a whole. */
function packedTime(data: Buffer): string {
  const packed = data.readBigInt64LE(0);
  const value = packed < 0n ? -packed : packed;
  const clock = Number(value >> 24n);
  return `${packed < 0n ? '-' : ''}${clockText((clock >> 12) & 1023, clock)}.${pad(Number(value & 0xffffffn), 6)}`;
}

const clockText = (hour: number, packed: number): string =>
  `${pad(hour, 2)}:${pad((packed >> 6) & 63, 2)}:${pad(packed & 63, 2)}`;

const pad = (value: number, digits: number): string => String(value).padStart(digits, '0');
