import type { JsonScalarType } from '../../core/row.ts';
import type { SqlWriter } from './sql-writer.ts';
import { readOpaqueText } from './types/json-opaque.ts';

/** Types of bytes in JSON by their numbers, and the column that gives bytes this type. Source: include/field_types.h. */
const bytesColumns: Readonly<Record<number, (bytes: number) => string | undefined>> = {
  16: (bytes) => (bytes > 0 && bytes <= 8 ? `BIT(${bytes * 8})` : undefined),
  249: () => 'TINYBLOB',
  250: () => 'MEDIUMBLOB',
  251: () => 'LONGBLOB',
  252: () => 'BLOB',
  254: (bytes) => (bytes <= 255 ? `BINARY(${bytes})` : undefined),
};
const BIT = 16;

/**
 * A scalar of SQL type as an argument of a JSON function: the function gives what it puts into the document the type of the argument.
 * `text`: as the document prints it. Where the server has neither an expression nor a column of the type, bytes become VARBINARY and a
 * TIMESTAMP a DATETIME: the same value by another name.
 */
export function jsonScalar(
  writer: SqlWriter,
  { type, text, jsonTable }: { type: JsonScalarType; text: string; jsonTable: boolean },
): void {
  switch (type) {
    case 'SIGNED':
    case 'UNSIGNED':
      writer.ascii(`CAST(${text} AS ${type})`);
      return;
    case 'DECIMAL':
      writer.ascii(`CAST('${text}' AS ${decimalType(text)})`);
      return;
    case 'DATE':
      writer.ascii(`CAST('${text.slice(1, -1)}' AS DATE)`);
      return;
    case 'TIME':
    case 'DATETIME':
      writer.ascii(`CAST('${text.slice(1, -1)}' AS ${type}(6))`);
      return;
    case 'TIMESTAMP': {
      const datetime = `CAST('${text.slice(1, -1)}' AS DATETIME(6))`;
      writer.ascii(jsonTable ? throughColumn(datetime, 'TIMESTAMP(6)') : datetime);
      return;
    }
    case 'OPAQUE':
      opaque(writer, text, jsonTable);
  }
}

/** The narrowest DECIMAL that holds all digits, those behind the point as they are: `1.50` is of DECIMAL(3,2). */
function decimalType(text: string): string {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.');
  const precision = (whole === '0' ? '' : whole).length + fraction.length;
  return `DECIMAL(${Math.max(1, precision)},${fraction.length})`;
}

function opaque(writer: SqlWriter, text: string, jsonTable: boolean): void {
  const { code, data } = readOpaqueText(text)!;
  const column = jsonTable ? bytesColumns[code]?.(data.length) : undefined;
  if (column === undefined) {
    writer.ascii('_binary');
    writer.quoted(data);
  } else if (code === BIT) {
    writer.ascii(throughColumn(`CAST(0x${data.toString('hex')} AS UNSIGNED)`, column));
  } else {
    const [before, after] = throughColumn('\0', column).split('\0');
    writer.ascii(`${before}_binary`);
    writer.quoted(data);
    writer.ascii(after!);
  }
}

/** Within JSON a value keeps the type of the column that it comes from; this is a column for one value. */
const throughColumn = (value: string, type: string): string =>
  `(SELECT CAST(v AS JSON) FROM JSON_TABLE(JSON_ARRAY(${value}),_utf8mb4'$[0]' COLUMNS(v ${type} PATH _utf8mb4'$')) j)`;
