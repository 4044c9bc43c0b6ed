import { DtsError } from '../../../core/errors.ts';
import type { JsonPatch, Row, RowChange, Value } from '../../../core/row.ts';
import { tableLabel } from '../../../core/table.ts';
import { readJsonPatch } from '../types/json-patch.ts';
import type { RowCursor } from '../types/value-reader.ts';
import { eventTypes } from './event.ts';
import { readLengthEncoded } from './length-encoded.ts';
import type { Piece } from './piece.ts';
import type { RowLayout } from './row-layout.ts';

/** Post-header: table id 6, flags 2. */
const postHeaderLength = 8;
const noForeignKeyChecks = 0x0002;
/** MySQL 9.6+: cascades were done above the storage engine, and what they changed is logged in events of its own. */
const cascadesAreLogged = 0x0010;

/** Whether foreign keys acted on other tables without a trace in the log: the session checked them, and the engine did the cascades. */
export const checksForeignKeys = ({ body, mariadb }: Piece): boolean =>
  (body.readUInt16LE(6) & (noForeignKeyChecks | (mariadb ? 0 : cascadesAreLogged))) === 0;

/** Row changes of a rows event. Throws SCHEMA_MISMATCH when the rows do not end where the event does. */
export function readRows(piece: Piece, layout: RowLayout): RowChange[] {
  try {
    return readAll(piece, layout);
  } catch (error) {
    // Reads past the end: the checksum was right, so it is the structure that is wrong.
    if (error instanceof RangeError) throw misfit(layout, error);
    throw error;
  }
}

function readAll({ type, body }: Piece, layout: RowLayout): RowChange[] {
  const second = type >= eventTypes.writeRows;
  const widthAt = second ? postHeaderLength + body.readUInt16LE(postHeaderLength) : postHeaderLength;
  const width = readLengthEncoded(body, widthAt);
  if (width.value !== layout.readers.length) throw misfit(layout);
  const bitmapLength = (width.value + 7) >> 3;
  const cursor: RowCursor = { bytes: body, at: width.end + bitmapLength };
  const first = presentColumns(body, width.end, width.value);
  const changes: RowChange[] = [];
  switch (type) {
    case eventTypes.writeRows:
    case eventTypes.writeRowsV1:
      while (cursor.at < body.length)
        changes.push({ kind: 'insert', after: readImage(cursor, layout, first) });
      break;
    case eventTypes.deleteRows:
    case eventTypes.deleteRowsV1:
      while (cursor.at < body.length)
        changes.push({ kind: 'delete', before: readImage(cursor, layout, first) });
      break;
    default: {
      const then = presentColumns(body, cursor.at, width.value);
      cursor.at += bitmapLength;
      const readAfter = type === eventTypes.partialUpdateRows ? readPartialImage : readImage;
      while (cursor.at < body.length) {
        const before = readImage(cursor, layout, first);
        changes.push({ kind: 'update', before, after: readAfter(cursor, layout, then) });
      }
    }
  }
  if (cursor.at !== body.length) throw misfit(layout);
  return changes;
}

/** Indexes of the columns whose bit is set. */
function presentColumns(body: Buffer, at: number, width: number): number[] {
  const present: number[] = [];
  for (let i = 0; i < width; i++) if ((body[at + (i >> 3)]! >> (i & 7)) & 1) present.push(i);
  return present;
}

/** Null bits for the columns that are present, then their values. */
function readImage(cursor: RowCursor, layout: RowLayout, present: readonly number[]): Row {
  const { readers, positions } = layout;
  const { bytes } = cursor;
  const nulls = cursor.at;
  const count = present.length;
  cursor.at = nulls + ((count + 7) >> 3);
  const row: Value[] = new Array(layout.width).fill(undefined);
  for (let i = 0; i < count; i++) {
    const column = present[i]!;
    row[positions[column]!] = (bytes[nulls + (i >> 3)]! >> (i & 7)) & 1 ? null : readers[column]!(cursor);
  }
  return row;
}

/** An after image that may hold changes of JSON documents instead of the documents: value options first, a bit per JSON column. */
function readPartialImage(cursor: RowCursor, layout: RowLayout, present: readonly number[]): Row {
  const { bytes } = cursor;
  const options = readLengthEncoded(bytes, cursor.at);
  cursor.at = options.end;
  if ((options.value & 1) === 0) return readImage(cursor, layout, present);
  const partials = cursor.at;
  const { readers, positions, jsonColumns } = layout;
  cursor.at += (jsonColumns.length + 7) >> 3;
  const nulls = cursor.at;
  cursor.at += (present.length + 7) >> 3;
  const row: Value[] = new Array(layout.width).fill(undefined);
  present.forEach((column, i) => {
    const json = jsonColumns.indexOf(column);
    const partial = json >= 0 && (bytes[partials + (json >> 3)]! >> (json & 7)) & 1;
    const isNull = (bytes[nulls + (i >> 3)]! >> (i & 7)) & 1;
    row[positions[column]!] = isNull ? null : partial ? readPatch(cursor) : readers[column]!(cursor);
  });
  return row;
}

function readPatch(cursor: RowCursor): JsonPatch {
  const start = cursor.at + 4;
  cursor.at = start + cursor.bytes.readUInt32LE(cursor.at);
  return readJsonPatch(cursor.bytes.subarray(start, cursor.at));
}

const misfit = (layout: RowLayout, cause?: unknown) =>
  new DtsError('SCHEMA_MISMATCH', `Rows of ${tableLabel(layout.table.id)} do not fit its structure.`, {
    details: { object: tableLabel(layout.table.id) },
    cause,
  });
