import type { ColumnType } from '../../../core/table.ts';

const fixed: Readonly<Record<string, number>> = {
  tinyint: 1,
  smallint: 2,
  mediumint: 3,
  int: 4,
  bigint: 8,
  float: 4,
  double: 8,
  date: 3,
  year: 1,
  uuid: 16,
  inet4: 4,
  inet6: 16,
};
const withFraction: Readonly<Record<string, number>> = { time: 3, datetime: 5, timestamp: 4 };

/** Length of a whole column inside a key: characters of texts, bytes of all else; undefined where a key must name one. */
export function keyLength(type: ColumnType): number | undefined {
  const { name } = type;
  if (/^(?:var)?(?:char|binary)$/.test(name)) return type.length;
  if (name in withFraction) return withFraction[name]! + Math.ceil((type.scale ?? 0) / 2);
  if (name === 'bit') return Math.ceil((type.length ?? 1) / 8);
  if (name === 'enum') return (type.members?.length ?? 0) > 255 ? 2 : 1;
  if (name === 'set') {
    const bytes = Math.ceil((type.members?.length ?? 0) / 8);
    return bytes > 4 ? 8 : bytes;
  }
  if (name === 'decimal')
    return decimalBytes((type.precision ?? 10) - (type.scale ?? 0)) + decimalBytes(type.scale ?? 0);
  return fixed[name];
}

/** Nine digits take four bytes; fewer take as many as they need. */
const decimalBytes = (digits: number): number => Math.floor(digits / 9) * 4 + Math.ceil((digits % 9) / 2);
