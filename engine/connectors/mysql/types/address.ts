import type { Value } from '../../../core/row.ts';

/** Reads the stored bytes of a value as the text that the server prints. */
type BytesToText = (bytes: Buffer) => Value;

/** MariaDB's own types, by name. Source of the formats: MariaDB's documentation of the types, and what 10.11 logs. */
export const addressTexts: Readonly<Record<string, { readonly length: number; readonly text: BytesToText }>> =
  {
    uuid: { length: 16, text: uuidText },
    inet6: { length: 16, text: inet6Text },
    inet4: { length: 4, text: inet4Text },
  };

/**
 * Logged as it is written; by tables made before MariaDB 10.11.5 with its parts in reverse order: node 6, clock 2, time high 2, time
 * middle 2, time low 4. The one is told from the other by where version and variant stand: the server refuses UUIDs of version 8 and up
 * with a variant older than RFC 4122, whose bytes would look reversed.
 */
function uuidText(bytes: Buffer): string {
  const reversed = (bytes[6]! & 0x80) !== 0 && (bytes[8]! & 0x80) === 0;
  const parts = reversed
    ? [
        [12, 16],
        [10, 12],
        [8, 10],
        [6, 8],
        [0, 6],
      ]
    : [
        [0, 4],
        [4, 6],
        [6, 8],
        [8, 10],
        [10, 16],
      ];
  return parts.map(([from, to]) => bytes.toString('hex', from, to)).join('-');
}

function inet4Text(bytes: Buffer): string {
  return bytes.subarray(0, 4).join('.');
}

/** The longest run of zero words, the first of several, becomes `::`; an IPv4 address in the last two words is written as one. */
function inet6Text(bytes: Buffer): string {
  const words = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(i * 2));
  const gap = longestZeros(words);
  const carriesIpv4 = gap.at === 0 && (gap.length === 6 || (gap.length === 5 && words[5] === 0xffff));
  const shown = words.map((word) => word.toString(16));
  if (carriesIpv4) shown.splice(6, 2, inet4Text(bytes.subarray(12)));
  if (gap.length === 0) return shown.join(':');
  return `${shown.slice(0, gap.at).join(':')}::${shown.slice(gap.at + gap.length).join(':')}`;
}

function longestZeros(words: readonly number[]): { at: number; length: number } {
  let best = { at: 0, length: 0 };
  let length = 0;
  words.forEach((word, i) => {
    length = word === 0 ? length + 1 : 0;
    if (length > best.length) best = { at: i + 1 - length, length };
  });
  return best;
}
