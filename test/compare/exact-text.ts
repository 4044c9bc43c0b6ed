import { identifier } from './session.ts';

/** A column as information_schema tells of it. */
export interface ComparedColumn {
  readonly name: string;
  /** `int unsigned`, `varchar(20)`, `enum('a','b')`: COLUMN_TYPE. */
  readonly type: string;
  /** DATA_TYPE in lower case. */
  readonly dataType: string;
  /** A coarser text, for two servers that do not print the same: JSON as text, floats without the sign of zero. */
  readonly form?: 'printed json' | 'unsigned zero';
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
 * print their number beside their text, because the error value '' is not a member ''.
 */
export function exactText(column: ComparedColumn): string {
  const name = identifier(column.name);
  return `IFNULL(${plainText(name, column.dataType, column.form)}, '${nullText}')`;
}

function plainText(name: string, dataType: string, form: ComparedColumn['form']): string {
  if (integerTypes.has(dataType) || temporalTypes.has(dataType)) return `CAST(${name} AS CHAR)`;
  if (dataType === 'float' || dataType === 'double') return floatText(name, form !== 'unsigned zero');
  if (dataType === 'bit') return `CAST(${name} + 0 AS CHAR)`;
  if (dataType === 'enum' || dataType === 'set')
    // Not `+ 0`: the number of a set of 64 members is a double to it, and each server prints that in its own way.
    return `CONCAT(HEX(${name}), ':', CAST(CAST(${name} AS UNSIGNED) AS CHAR))`;
  if (form === 'printed json') return bytesText(`CAST(${name} AS CHAR)`);
  if (dataType === 'json') return `CONCAT(${jsonTypes(name)}, ':', ${bytesText(`CAST(${name} AS CHAR)`)})`;
  if (addressTypes.has(dataType)) return `HEX(CAST(${name} AS CHAR))`;
  return bytesText(name);
}

/** The text of JSON does not tell DECIMAL from DOUBLE, DATE from STRING, nor signed from unsigned: the type of each value does. */
function jsonTypes(name: string): string {
  const inside = ['$**.*', '$**[*]'].map(
    (path) =>
      `(SELECT GROUP_CONCAT(IFNULL(JSON_TYPE(v), 'NULL') ORDER BY number) FROM
        JSON_TABLE(${name}, '${path}' COLUMNS (number FOR ORDINALITY, v JSON PATH '$')) AS inside)`,
  );
  return `CONCAT(JSON_TYPE(${name}), ${inside.map((types) => `IF(JSON_LENGTH(${name}) > 0, SHA2(IFNULL(${types}, ''), 256), '')`).join(', ')})`;
}

const bytesText = (bytes: string) =>
  `IF(LENGTH(${bytes}) <= ${longestPlainBytes}, HEX(${bytes}), CONCAT(LENGTH(${bytes}), '#', SHA2(${bytes}, 256)))`;

/**
 * A float as sign, mantissa and power of two, all whole numbers: `-3p1` is -1.5. Decimal text would not do: FLOAT prints six digits, and
 * MySQL cuts a DOUBLE to 22 characters, which loses the last digit of -1.7976931348623157e308.
 */
function floatText(name: string, signOfZero: boolean): string {
  const value = `ABS(${name} * 1e0)`;
  const negative = signOfZero ? `LEFT(CAST(${name} * 1e0 AS CHAR), 1) = '-'` : `${name} < 0`;
  const sign = `IF(${negative}, '-', '')`;
  const shift = `(54 - FLOOR(LOG2(${value})))`;
  // One bit more than a mantissa has, in case the logarithm was rounded up to the next power.
  // In two steps, because the whole power of two can be out of range where the product is not.
  const mantissa = `CAST(${value} * POW(2, ${shift} DIV 2) * POW(2, ${shift} - ${shift} DIV 2) AS UNSIGNED)`;
  return `CONCAT(${sign}, IF(${name} = 0, '0', CONCAT(${mantissa}, 'p', CAST(${shift} AS SIGNED))))`;
}

/** What people read in a report: the decimal number of a float's text, any other text as it is. */
export function readableText(text: string | null | undefined): string {
  const [, sign, mantissa, power] = /^(-?)(\d+)p(-?\d+)$/.exec(text ?? '') ?? [];
  if (mantissa === undefined) return String(text);
  const half = Math.trunc(Number(power) / 2);
  return `${sign}${(Number(mantissa) / 2 ** half / 2 ** (Number(power) - half)).toString()}`;
}
