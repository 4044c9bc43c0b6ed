import { corrupt } from './event.ts';
import { readLengthEncoded } from './length-encoded.ts';

/** A column as the log describes it. */
export interface MappedColumn {
  /** Real type: enum, set and string are told apart; see typeCodes. */
  readonly type: number;
  /** First and second byte of metadata (length, precision and scale, fraction digits …), joined little endian as each type has it. */
  readonly meta: number;
  /** Signedness of numeric columns, where the server logs it (8.0+, MariaDB 10.5+). */
  readonly unsigned: boolean | undefined;
  /** Name, where binlog_row_metadata=FULL. */
  readonly name: string | undefined;
}

/** A table map event: which table the rows after it belong to and how their values are stored. */
export interface TableMap {
  readonly tableId: number;
  readonly database: string;
  readonly name: string;
  readonly columns: readonly MappedColumn[];
}

/** enum_field_types of MySQL; 140 and 141 are MariaDB's. */
export const typeCodes = {
  tiny: 1,
  short: 2,
  long: 3,
  float: 4,
  double: 5,
  timestamp: 7,
  longlong: 8,
  int24: 9,
  date: 10,
  time: 11,
  datetime: 12,
  year: 13,
  varchar: 15,
  bit: 16,
  timestamp2: 17,
  datetime2: 18,
  time2: 19,
  blobCompressed: 140,
  varcharCompressed: 141,
  vector: 242,
  json: 245,
  newdecimal: 246,
  enum: 247,
  set: 248,
  blob: 252,
  varString: 253,
  string: 254,
  geometry: 255,
} as const;

/** Body: table id 6, flags 2, database and name (length, text, NUL), column count, types, metadata, null bits, optional fields. */
export function parseTableMap(body: Buffer): TableMap {
  const databaseStart = 9;
  const databaseEnd = databaseStart + body[8]!;
  const nameStart = databaseEnd + 2;
  const nameEnd = nameStart + body[databaseEnd + 1]!;
  const count = readLengthEncoded(body, nameEnd + 1);
  const typesEnd = count.end + count.value;
  const metaLength = readLengthEncoded(body, typesEnd);
  const metaEnd = metaLength.end + metaLength.value;
  if (metaEnd > body.length) throw corrupt('a table map is cut short');
  const stored: { type: number; meta: number }[] = [];
  let at = metaLength.end;
  for (let i = 0; i < count.value; i++) {
    const type = body[count.end + i]!;
    const size = metaSizes[type] ?? 0;
    stored.push(realType(type, body, at, size));
    at += size;
  }
  if (at !== metaEnd) throw corrupt('a table map has metadata of an unknown type');
  const optional = parseOptional(body, metaEnd + Math.ceil(count.value / 8), stored);
  return {
    tableId: body.readUIntLE(0, 6),
    database: body.toString('utf8', databaseStart, databaseEnd),
    name: body.toString('utf8', nameStart, nameEnd),
    columns: stored.map(({ type, meta }, i) => ({
      type,
      meta,
      unsigned: optional.unsigned[i],
      name: optional.names[i],
    })),
  };
}

/** Bytes of metadata by type; 0 for those that are not named. */
const metaSizes: Partial<Record<number, number>> = {
  [typeCodes.float]: 1,
  [typeCodes.double]: 1,
  [typeCodes.varchar]: 2,
  [typeCodes.bit]: 2,
  [typeCodes.timestamp2]: 1,
  [typeCodes.datetime2]: 1,
  [typeCodes.time2]: 1,
  [typeCodes.blobCompressed]: 1,
  [typeCodes.varcharCompressed]: 2,
  [typeCodes.vector]: 1,
  [typeCodes.json]: 1,
  [typeCodes.newdecimal]: 2,
  [typeCodes.enum]: 2,
  [typeCodes.set]: 2,
  249: 1,
  250: 1,
  251: 1,
  [typeCodes.blob]: 1,
  [typeCodes.varString]: 2,
  [typeCodes.string]: 2,
  [typeCodes.geometry]: 1,
};

/** Strings hide enum and set, and the upper bits of lengths over 255, in the first byte of their metadata. */
function realType(type: number, body: Buffer, at: number, size: number): { type: number; meta: number } {
  const first = size > 0 ? body[at]! : 0;
  const second = size > 1 ? body[at + 1]! : 0;
  if (type !== typeCodes.string) return { type, meta: first | (second << 8) };
  if ((first & 0x30) !== 0x30) return { type: first | 0x30, meta: second | (((first & 0x30) ^ 0x30) << 4) };
  return { type: first, meta: second };
}

const signedTypes: ReadonlySet<number> = new Set([
  typeCodes.tiny,
  typeCodes.short,
  typeCodes.long,
  typeCodes.float,
  typeCodes.double,
  typeCodes.longlong,
  typeCodes.int24,
  typeCodes.newdecimal,
  typeCodes.year,
]);

/** Optional fields: type 1, length, value. 1: a bit per numeric column, set for unsigned. 4: names. The rest is not needed. */
function parseOptional(
  body: Buffer,
  start: number,
  columns: readonly { type: number }[],
): { unsigned: (boolean | undefined)[]; names: string[] } {
  const unsigned: (boolean | undefined)[] = [];
  const names: string[] = [];
  let at = start;
  while (at < body.length) {
    const length = readLengthEncoded(body, at + 1);
    const end = length.end + length.value;
    if (end > body.length) throw corrupt('a table map is cut short');
    if (body[at] === 1) {
      let bit = 0;
      columns.forEach(({ type }, i) => {
        if (!signedTypes.has(type)) return;
        unsigned[i] = ((body[length.end + (bit >> 3)]! >> (7 - (bit & 7))) & 1) === 1;
        bit++;
      });
    } else if (body[at] === 4) {
      for (let name = length.end; name < end; ) {
        const size = readLengthEncoded(body, name);
        names.push(body.toString('utf8', size.end, size.end + size.value));
        name = size.end + size.value;
      }
    }
    at = end;
  }
  return { unsigned, names };
}
