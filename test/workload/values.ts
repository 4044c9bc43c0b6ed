import type { Random } from './random.ts';

const alphabet = ['a', 'B', 'z', '0', ' ', "'", '"', '\\', '\t', '\n', ',', 'é', '漢', '😀', 'ß'];

/** A text as an SQL literal, with what escapers and loaders stumble over. */
export function randomText(random: Random, longest: number): string {
  let text = '';
  for (let length = random.below(longest + 1); length > 0; length--) text += random.pick(alphabet);
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

/** Letters and digits only. */
export const randomWord = (random: Random, length = 8): string =>
  Array.from({ length }, () => random.pick([...'abcdefghijklmnopqrstuvwxyzABCDEF0123456789'])).join('');

export function randomBytes(random: Random, longest: number): string {
  let hex = '';
  for (let length = random.below(longest + 1); length > 0; length--)
    hex += random.below(256).toString(16).padStart(2, '0');
  return `x'${hex}'`;
}

export function randomJson(random: Random): string {
  const leaf = () =>
    random.pick([
      '1',
      '1.0',
      '-0.5',
      'true',
      'null',
      '"text"',
      '"é😀"',
      '""',
      '18446744073709551615',
      '[]',
      '{}',
    ]);
  const document = random.chance(0.5)
    ? `{"a": ${leaf()}, "b": [${leaf()}, ${leaf()}], "key${random.below(5)}": {"c": ${leaf()}}}`
    : `[${leaf()}, {"d": ${leaf()}}]`;
  return `'${document}'`;
}

export const randomMoment = (random: Random): string =>
  `'20${random.between(10, 35)}-0${random.between(1, 9)}-1${random.below(10)} 1${random.below(10)}:00:00.${String(random.below(1_000_000)).padStart(6, '0')}'`;

export const orNull = (random: Random, value: string): string => (random.chance(0.1) ? 'NULL' : value);
