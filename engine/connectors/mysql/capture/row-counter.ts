import { decimalLength } from '../types/decimal.ts';
import { fractionLength } from '../types/temporal.ts';
import { eventTypes } from './event.ts';
import { readLengthEncoded } from './length-encoded.ts';
import { pieceHeaderLength, readPiece } from './piece.ts';
import { startsWith } from './same-bytes.ts';
import { type MappedColumn, parseTableMap, typeCodes } from './table-map.ts';

/** How a value is skipped: a length in bytes, or, below zero, the bytes of the length before it. 0: not known. */
type Skip = number;

interface KnownMap {
  readonly body: Buffer;
  readonly skips: readonly Skip[];
  readonly jsonColumns: number;
  /** Every column can be skipped. */
  readonly isKnown: boolean;
}

/** Most tables whose maps are remembered. */
const MOST_MAPS = 1000;

/**
 * Counts the rows of captured pieces without reading a value: it steps over them by the lengths that the table map tells. Pieces are
 * given in the order of the log. An event whose lengths only the structure knows (old time types of MariaDB) counts as one row.
 */
export class RowCounter {
  readonly #maps = new Map<number, KnownMap>();

  /** Rows that the piece changes; 0 for a table map or a statement. */
  count(piece: Uint8Array): number {
    const type = piece[0]!;
    if (type === eventTypes.query) return 0;
    const table = tableOf(piece);
    if (type === eventTypes.tableMap) {
      this.#learn(table, piece);
      return 0;
    }
    const known = this.#maps.get(table);
    return known === undefined ? 1 : rowsOf(type, readPiece(piece).body, known);
  }

  #learn(table: number, piece: Uint8Array): void {
    const last = this.#maps.get(table)?.body;
    if (last?.length === piece.length - pieceHeaderLength && startsWith(piece, pieceHeaderLength, last))
      return;
    if (this.#maps.size >= MOST_MAPS) this.#maps.clear();
    const { mariadb, body } = readPiece(piece);
    const { columns } = parseTableMap(body);
    this.#maps.set(table, {
      body: Buffer.from(body),
      skips: columns.map((column) => skipOf(column, mariadb)),
      jsonColumns: columns.filter(({ type }) => type === typeCodes.json).length,
      isKnown: columns.every((column) => skipOf(column, mariadb) !== 0),
    });
  }
}

/** The table's id: the first six bytes of the body. */
function tableOf(piece: Uint8Array): number {
  let id = 0;
  for (let at = pieceHeaderLength + 5; at >= pieceHeaderLength; at--) id = id * 256 + piece[at]!;
  return id;
}

/** Bodies as rows-event.ts has them. */
function rowsOf(type: number, body: Buffer, { skips, jsonColumns, isKnown }: KnownMap): number {
  const postHeader = pieceHeaderLength + 2;
  const widthAt = type >= eventTypes.writeRows ? postHeader + body.readUInt16LE(postHeader) : postHeader;
  const width = readLengthEncoded(body, widthAt);
  const bitmap = (width.value + 7) >> 3;
  const first = presentSkips(body, width.end, skips);
  let at = width.end + bitmap;
  const isUpdate = twoImages.has(type);
  const then = isUpdate ? presentSkips(body, at, skips) : first;
  if (isUpdate) at += bitmap;
  if (!isKnown && (first.includes(0) || then.includes(0))) return 1;
  let rows = 0;
  while (at < body.length) {
    at = afterImage(body, at, first);
    if (isUpdate) {
      if (type === eventTypes.partialUpdateRows) {
        const options = readLengthEncoded(body, at);
        // A changed part has a length of four bytes before it, like the document.
        at = options.end + ((options.value & 1) === 0 ? 0 : (jsonColumns + 7) >> 3);
      }
      at = afterImage(body, at, then);
    }
    rows += 1;
  }
  return rows;
}

const twoImages: ReadonlySet<number> = new Set([
  eventTypes.updateRows,
  eventTypes.updateRowsV1,
  eventTypes.partialUpdateRows,
]);

/** Those of the columns whose bit is set: all, as a rule. */
function presentSkips(body: Buffer, at: number, skips: readonly Skip[]): readonly Skip[] {
  let all = true;
  for (let i = 0; i < skips.length && all; i++) all = ((body[at + (i >> 3)]! >> (i & 7)) & 1) === 1;
  if (all) return skips;
  return skips.filter((_, i) => (body[at + (i >> 3)]! >> (i & 7)) & 1);
}

function afterImage(body: Buffer, nulls: number, present: readonly Skip[]): number {
  const count = present.length;
  let at = nulls + ((count + 7) >> 3);
  for (let i = 0; i < count; i++) {
    if ((body[nulls + (i >> 3)]! >> (i & 7)) & 1) continue;
    const skip = present[i]!;
    if (skip > 0) at += skip;
    else {
      let length = body[at]!;
      if (skip < -1) length |= body[at + 1]! << 8;
      if (skip < -2) length |= body[at + 2]! << 16;
      if (skip < -3) length += body[at + 3]! * 0x1000000;
      at += length - skip;
    }
  }
  return at;
}

const fixedLengths: Partial<Record<number, number>> = {
  [typeCodes.tiny]: 1,
  [typeCodes.short]: 2,
  [typeCodes.int24]: 3,
  [typeCodes.long]: 4,
  [typeCodes.longlong]: 8,
  [typeCodes.float]: 4,
  [typeCodes.double]: 8,
  [typeCodes.date]: 3,
  [typeCodes.year]: 1,
};

function skipOf({ type, meta }: MappedColumn, mariadb: boolean): Skip {
  switch (type) {
    case typeCodes.newdecimal:
      return decimalLength(meta & 0xff, meta >> 8);
    case typeCodes.bit:
      return (meta >> 8) + ((meta & 0xff) > 0 ? 1 : 0);
    case typeCodes.enum:
    case typeCodes.set:
      return meta;
    case typeCodes.datetime2:
      return 5 + fractionLength(meta);
    case typeCodes.timestamp2:
      return 4 + fractionLength(meta);
    case typeCodes.time2:
      return 3 + fractionLength(meta);
    case typeCodes.datetime:
      return mariadb ? 0 : 8;
    case typeCodes.timestamp:
      return mariadb ? 0 : 4;
    case typeCodes.time:
      return mariadb ? 0 : 3;
    case typeCodes.varchar:
    case typeCodes.varString:
    case typeCodes.string:
    case typeCodes.varcharCompressed:
      return meta > 255 ? -2 : -1;
    case typeCodes.blob:
    case typeCodes.blobCompressed:
    case typeCodes.geometry:
    case typeCodes.vector:
    case typeCodes.json:
      return -meta;
    default:
      return fixedLengths[type] ?? 0;
  }
}
