import { DtsError } from '../../../core/errors.ts';
import { EnumIndex, JsonDocument, JsonPatch, type Row, type Value } from '../../../core/row.ts';
import { type Table, tableLabel } from '../../../core/table.ts';

/**
 * What a row is found by in a Map. Two rows have equal keys exactly when their values in the given columns are equal byte for byte;
 * rows that only a collation holds for equal ('a', 'A') have different keys. A single integer is its own key, which costs nothing.
 */
export type RowKey = number | bigint | string;

/** Makes the key function over the given columns of a table. The function throws SCHEMA_MISMATCH where a value is not in the row image. */
export function rowKeyOf(table: Table, columns: readonly number[]): (row: Row) => RowKey {
  const missing = (column: number) =>
    new DtsError('SCHEMA_MISMATCH', `A row image lacks the column ${table.columns[column]?.name}.`, {
      details: { object: tableLabel(table.id) },
    });
  const [first] = columns;
  if (columns.length === 1 && first !== undefined) {
    return (row) => {
      const value = row[first];
      // A Map takes -0 for 0.
      if ((typeof value === 'number' && !Object.is(value, -0)) || typeof value === 'bigint') return value;
      if (value === undefined) throw missing(first);
      return keyPart(value);
    };
  }
  return (row) => {
    let key = '';
    for (const column of columns) {
      const value = row[column];
      if (value === undefined) throw missing(column);
      const part = keyPart(value);
      // The length in front keeps ('ab', 'c') apart from ('a', 'bc').
      key += `${part.length}:${part}`;
    }
    return key;
  };
}

function keyPart(value: Exclude<Value, undefined>): string {
  if (value === null) return '';
  switch (typeof value) {
    case 'number':
    case 'bigint':
      return Object.is(value, -0) ? 'n-0' : `n${value}`;
    case 'string':
      return `s${value}`;
    default:
      break;
  }
  if (value instanceof EnumIndex) return `e${value.index}`;
  if (value instanceof JsonDocument) return `d${value.key}`;
  if (value instanceof JsonPatch) return `j${JSON.stringify(value)}`;
  return `b${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1')}`;
}

/** Equality byte for byte, as the key has it. */
export function sameValue(a: Value, b: Value): boolean {
  if (Object.is(a, b)) return true;
  if (a == null || b == null || typeof a !== 'object' || typeof b !== 'object') return false;
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b) === 0;
  if (a instanceof EnumIndex && b instanceof EnumIndex) return a.index === b.index;
  if (a instanceof JsonDocument && b instanceof JsonDocument) return a.key === b.key;
  return false;
}
