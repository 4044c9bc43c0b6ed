import type { Column, Table } from '../../../core/table.ts';
import { ownTypes } from '../ddl/own-types.ts';
import { quoteName } from '../identifier.ts';

/**
 * How the values of a column travel in the full load: what the source selects, and what the target makes of the field.
 * Exactness rests on these: text of character and binary columns is the stored bytes (character_set_results = binary).
 */
export interface ColumnForm {
  /** Select expression at the source. */
  readonly read: string;
  /** False when the selected text never holds TAB, LF or a backslash. */
  readonly escaped: boolean;
  /** Wraps the field's value at the target; undefined to store the field as it is. */
  readonly write?: (value: string) => string;
}

const integers = new Set(['tinyint', 'smallint', 'mediumint', 'int', 'bigint', 'year']);
const temporals = new Set(['date', 'time', 'datetime', 'timestamp']);

export function columnForm(column: Column): ColumnForm {
  const name = quoteName(column.name);
  const type = column.type.name;
  if (integers.has(type)) return { read: name, escaped: false };
  if (type === 'decimal') return { read: name, escaped: false };
  // The text of FLOAT is cut to 6 digits, that of FLOAT(M,D) and DOUBLE(M,D) to D decimals. Times one is an unbounded
  // double, which prints the shortest exact text; plus zero would lose the sign of -0.
  if (type === 'float' || type === 'double') return { read: `${name}*1e0`, escaped: false };
  if (temporals.has(type)) return { read: name, escaped: false };
  // By number: the text of the error value and of a member '' are the same. CAST, as `+ 0` would round sets of over 53 members.
  if (type === 'enum' || type === 'set') {
    return {
      read: `CAST(${name} AS UNSIGNED)`,
      escaped: false,
      write: (value) => `CAST(${value} AS UNSIGNED)`,
    };
  }
  // A JSON column takes no binary string; its text is utf8mb4 by definition.
  if (type === 'json') {
    return { read: name, escaped: true, write: (value) => `CONVERT(${value} USING utf8mb4)` };
  }
  // Texts of ASCII; MariaDB would take a binary string for the stored bytes.
  if (ownTypes.has(type)) {
    return { read: name, escaped: false, write: (value) => `CONVERT(${value} USING latin1)` };
  }
  return { read: name, escaped: true };
}

/** The columns whose values are copied: all but computed ones. */
export const writableColumns = (table: Table): readonly Column[] =>
  table.columns.filter((column) => column.generated === undefined);
