import { identifier } from './session.ts';

/** A column as information_schema tells of it. */
export interface ComparedColumn {
  readonly name: string;
  /** `int unsigned`, `varchar(20)`, `enum('a','b')`: COLUMN_TYPE. */
  readonly type: string;
  /** DATA_TYPE in lower case. */
  readonly dataType: string;
}

/** Text of SQL NULL. No expression below can print it: hexadecimal digits and numbers have no N. */
export const nullText = 'NULL';

/** Values longer than this are compared by their SHA-256 and length, so that the text of a row stays small. */
const longestPlainBytes = 2048;

const integerTypes = new Set(['tinyint', 'smallint', 'mediumint', 'int', 'bigint', 'decimal', 'year']);
const temporalTypes = new Set(['date', 'time', 'datetime', 'timestamp']);
/** MariaDB types without a counterpart in MySQL, compared by their text or by the bytes of it. */
const addressTypes = new Set(['inet4', 'inet6', 'uuid']);

/**
 * An SQL expression that prints a column exactly: equal texts at both ends mean equal values, bit for bit.
 *
 * Character data prints as its bytes in its own character set, so a value that went through a lossy conversion differs. Enum and set
 * print their number beside their text, because the error value '' is not a member ''. Floats print as doubles (shortest text
 * that reads back the same; "-0" for negative zero): a plain FLOAT would print only six digits.
 */
export function exactText(column: ComparedColumn): string {
  const name = identifier(column.name);
  return `IFNULL(${plainText(name, column.dataType)}, '${nullText}')`;
}

function plainText(name: string, dataType: string): string {
  if (integerTypes.has(dataType) || temporalTypes.has(dataType)) return `CAST(${name} AS CHAR)`;
  if (dataType === 'float' || dataType === 'double') return `CAST(${name} * 1e0 AS CHAR)`;
  if (dataType === 'bit') return `CAST(${name} + 0 AS CHAR)`;
  if (dataType === 'enum' || dataType === 'set')
    return `CONCAT(HEX(${name}), ':', CAST(${name} + 0 AS CHAR))`;
  if (dataType === 'json') return `CONCAT(JSON_TYPE(${name}), ':', ${bytesText(`CAST(${name} AS CHAR)`)})`;
  if (addressTypes.has(dataType)) return `HEX(CAST(${name} AS CHAR))`;
  return bytesText(name);
}

const bytesText = (bytes: string) =>
  `IF(LENGTH(${bytes}) <= ${longestPlainBytes}, HEX(${bytes}), CONCAT(LENGTH(${bytes}), '#', SHA2(${bytes}, 256)))`;
