import {
  JsonDocument,
  JsonPatch,
  jsonLength,
  type Row,
  type RowMemory,
  type Value,
} from '../../../core/row.ts';
import type { Table } from '../../../core/table.ts';

/** Columns that a writer gives values for: all but those which the database computes. */
export function writableColumns(table: Table): readonly number[] {
  return table.columns.flatMap((column, index) => (column.generated === undefined ? [index] : []));
}

/** True when the row can be written from nothing: no writable column is missing, no JSON patch lacks what it applies to. */
export function isWhole(row: Row, writable: readonly number[]): boolean {
  for (const column of writable) {
    const value = row[column];
    if (value === undefined) return false;
    if (value instanceof JsonPatch && value.base === undefined) return false;
  }
  return true;
}

/**
 * The value after a later change: a patch is laid over what is known so far, an absent value keeps it. A patch without a base
 * over nothing known stays a patch of whatever the target's row holds.
 */
export function laterValue(known: Value, change: Value): Value {
  if (change === undefined) return known;
  if (!(change instanceof JsonPatch) || change.base !== undefined) return change;
  if (typeof known === 'string' || known instanceof JsonDocument)
    return new JsonPatch(change.operations, known);
  if (known instanceof JsonPatch) {
    return new JsonPatch([...known.operations, ...change.operations], known.base);
  }
  return change;
}

/** `known` as changed by `change`; both in the table's column order. */
export function laterRow(known: Row, change: Row): Row {
  const row: Value[] = new Array(change.length);
  for (let i = 0; i < change.length; i++) row[i] = laterValue(known[i], change[i]);
  return row;
}

/** The row with its bytes in that memory; the very same where it holds none. */
export function keptRow(row: Row, memory: RowMemory): Row {
  if (!row.some((value) => value instanceof Uint8Array)) return row;
  return row.map((value) => {
    if (!(value instanceof Uint8Array)) return value;
    const at = memory.copy(value, 0, value.length);
    return memory.bytes.subarray(at, at + value.length);
  });
}

/** Rough bytes that a row takes in memory and in a statement. */
export function rowBytes(row: Row): number {
  let bytes = 16 + row.length * 8;
  for (let i = 0; i < row.length; i++) {
    const value = row[i];
    if (typeof value === 'string') bytes += value.length;
    else if (typeof value === 'object' && value !== null) bytes += objectBytes(value);
  }
  return bytes;
}

function objectBytes(value: object): number {
  if (value instanceof Uint8Array) return value.length;
  if (value instanceof JsonPatch) {
    let bytes = jsonLength(value.base);
    for (const operation of value.operations) bytes += operation.path.length + jsonLength(operation.value);
    return bytes;
  }
  if (!(value instanceof JsonDocument)) return 0;
  let bytes = value.text.length;
  for (const { path } of value.scalars) bytes += path.length + 64;
  return bytes;
}
