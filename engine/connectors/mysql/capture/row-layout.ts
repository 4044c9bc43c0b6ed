import { DtsError } from '../../../core/errors.ts';
import { type Table, tableLabel } from '../../../core/table.ts';
import { type ValueReader, valueReader } from '../types/value-reader.ts';
import { type TableMap, typeCodes } from './table-map.ts';

/** How the rows of one table are read: made once per table map and structure, used for all rows. */
export interface RowLayout {
  readonly table: Table;
  /** One for each column. */
  readonly readers: readonly ValueReader[];
  /** Columns of the log that are JSON, in order. */
  readonly jsonColumns: readonly number[];
}

/** Joins what the log says of its columns with the structure. Throws SCHEMA_MISMATCH. */
export function rowLayout(map: TableMap, table: Table): RowLayout {
  if (map.columns.length !== table.columns.length) {
    throw mismatch(table, `the log has ${map.columns.length} columns, the structure ${table.columns.length}`);
  }
  const readers = map.columns.map((mapped, i) => {
    const column = table.columns[i]!;
    if (mapped.name !== undefined && mapped.name.toLowerCase() !== column.name.toLowerCase()) {
      throw mismatch(table, `column ${i + 1} is ${mapped.name} in the log, ${column.name} in the structure`);
    }
    if (
      mapped.unsigned !== undefined &&
      column.type.name !== 'year' &&
      mapped.unsigned !== (column.type.unsigned ?? false)
    ) {
      throw mismatch(table, `column ${column.name} differs in its sign`);
    }
    const reader = valueReader(mapped, column.type);
    if (!reader)
      throw mismatch(
        table,
        `column ${column.name} is ${column.type.name}, but type ${mapped.type} in the log`,
      );
    return reader;
  });
  return {
    table,
    readers,
    jsonColumns: map.columns.flatMap(({ type }, i) => (type === typeCodes.json ? [i] : [])),
  };
}

const mismatch = (table: Table, why: string) =>
  new DtsError('SCHEMA_MISMATCH', `Rows of ${tableLabel(table.id)} do not fit its structure: ${why}.`, {
    details: { object: tableLabel(table.id) },
  });
