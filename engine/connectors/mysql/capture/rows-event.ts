import type { JsonPatch, Row, RowChange, Value } from '../../../core/row.ts';
import { readJsonPatch } from '../types/json-patch.ts';
import type { ValueReader } from '../types/value-reader.ts';
import { eventTypes } from './event.ts';
import { readLengthEncoded } from './length-encoded.ts';
import type { Piece } from './piece.ts';
import type { RowLayout } from './row-layout.ts';
import {
  afterWholeImage,
  fitting,
  lengthBefore,
  misfit,
  WholeDelete,
  WholeInsert,
  WholeUpdate,
} from './whole-change.ts';

/** Post-header: table id 6, flags 2. */
const postHeaderLength = 8;
const noForeignKeyChecks = 0x0002;
/** MySQL 9.6+: cascades were done above the storage engine, and what they changed is logged in events of its own. */
const cascadesAreLogged = 0x0010;

/** Whether foreign keys acted on other tables without a trace in the log: the session checked them, and the engine did the cascades. */
export const checksForeignKeys = ({ body, mariadb }: Piece): boolean =>
  (body.readUInt16LE(6) & (noForeignKeyChecks | (mariadb ? 0 : cascadesAreLogged))) === 0;

/** Where reading stands in the body of an event. */
interface RowCursor {
  readonly bytes: Buffer;
  at: number;
}

/** Row changes of a rows event. Throws SCHEMA_MISMATCH when the rows do not end where the event does. */
export function readRows(piece: Piece, layout: RowLayout): RowChange[] {
  return fitting(layout, () => readAll(piece, layout));
}

/** Tells where each image with all columns begins, up to the end of the event. */
function passRows(cursor: RowCursor, layout: RowLayout, onImage: (at: number, end: number) => void): void {
  const { bytes } = cursor;
  while (cursor.at < bytes.length) {
    const end = afterWholeImage(bytes, layout, cursor.at);
    // A length past the end reads as no number.
    if (!(end <= bytes.length)) throw misfit(layout);
    onImage(cursor.at, end);
    cursor.at = end;
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
  const whole = first.length === width.value;
  const changes: RowChange[] = [];
  switch (type) {
    case eventTypes.writeRows:
    case eventTypes.writeRowsV1:
      if (whole) passRows(cursor, layout, (at, end) => changes.push(new WholeInsert(body, layout, at, end)));
      else
        while (cursor.at < body.length)
          changes.push({ kind: 'insert', after: readImage(cursor, layout, first) });
      break;
    case eventTypes.deleteRows:
    case eventTypes.deleteRowsV1:
      if (whole) passRows(cursor, layout, (at) => changes.push(new WholeDelete(body, layout, at)));
      else
        while (cursor.at < body.length)
          changes.push({ kind: 'delete', before: readImage(cursor, layout, first) });
      break;
    default: {
      const then = presentColumns(body, cursor.at, width.value);
      cursor.at += bitmapLength;
      if (whole && then.length === width.value && type !== eventTypes.partialUpdateRows) {
        let before: number | undefined;
        passRows(cursor, layout, (at, end) => {
          if (before === undefined) before = at;
          else {
            changes.push(new WholeUpdate(body, layout, { before, after: at, end }));
            before = undefined;
          }
        });
        if (before !== undefined) throw misfit(layout);
        break;
      }
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
function readImage(cursor: RowCursor, { readers }: RowLayout, present: readonly number[]): Row {
  const { bytes } = cursor;
  const nulls = cursor.at;
  const count = present.length;
  const row = emptyRow(readers.length, count);
  let at = nulls + ((count + 7) >> 3);
  for (let i = 0; i < count; i++) {
    const column = present[i]!;
    if ((bytes[nulls + (i >> 3)]! >> (i & 7)) & 1) {
      row[column] = null;
      continue;
    }
    const { length, prefix, read } = readers[column]!;
    const start = at + prefix;
    at = start + (prefix === 0 ? length : lengthBefore(bytes, at, prefix));
    row[column] = read(bytes, start, at);
  }
  cursor.at = at;
  return row;
}

const emptyRow = (width: number, present: number): Value[] =>
  present === width ? new Array(width) : new Array(width).fill(undefined);

/** An after image that may hold changes of JSON documents instead of the documents: value options first, a bit per JSON column. */
function readPartialImage(cursor: RowCursor, layout: RowLayout, present: readonly number[]): Row {
  const { bytes } = cursor;
  const options = readLengthEncoded(bytes, cursor.at);
  cursor.at = options.end;
  if ((options.value & 1) === 0) return readImage(cursor, layout, present);
  const partials = cursor.at;
  const { readers, jsonColumns } = layout;
  cursor.at += (jsonColumns.length + 7) >> 3;
  const nulls = cursor.at;
  cursor.at += (present.length + 7) >> 3;
  const row = emptyRow(readers.length, present.length);
  present.forEach((column, i) => {
    const json = jsonColumns.indexOf(column);
    const partial = json >= 0 && (bytes[partials + (json >> 3)]! >> (json & 7)) & 1;
    const isNull = (bytes[nulls + (i >> 3)]! >> (i & 7)) & 1;
    row[column] = isNull ? null : partial ? readPatch(cursor) : readOne(cursor, readers[column]!);
  });
  return row;
}

function readOne(cursor: RowCursor, { length, prefix, read }: ValueReader): Value {
  const { bytes, at } = cursor;
  const start = at + prefix;
  cursor.at = start + (prefix === 0 ? length : lengthBefore(bytes, at, prefix));
  return read(bytes, start, cursor.at);
}

function readPatch(cursor: RowCursor): JsonPatch {
  const start = cursor.at + 4;
  cursor.at = start + cursor.bytes.readUInt32LE(cursor.at);
  return readJsonPatch(cursor.bytes.subarray(start, cursor.at));
}
