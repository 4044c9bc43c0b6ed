import type { JsonScalar, JsonScalarType } from '../../core/row.ts';
import { jsonText } from './json-literal.ts';
import type { SqlWriter } from './sql-writer.ts';
import { FIRST_UNSIGNED } from './types/json.ts';

/** SQL about the types of the scalars inside a JSON document, for servers with JSON_TABLE. */

/** Paths that name each value of a document but the document itself once: members of objects, cells of arrays. */
const innerPaths = ['$**.*', '$**[*]'] as const;

/**
 * Tables with a row for each value that one of the inner paths names: the value `v`, and if asked for its number `o`. The paths are
 * character strings: bytes, as literals of the session are, would be refused.
 */
export const innerValues = (column: string, { numbered = false } = {}): string[] =>
  innerPaths.map(
    (path) =>
      `JSON_TABLE(${column},_utf8mb4'${path}' COLUMNS(${numbered ? 'o FOR ORDINALITY,' : ''}v JSON PATH _utf8mb4'$')) j`,
  );

/** A table with a row for each inner value, as `innerValues` name them: in `m` or `c`. Made once, it costs half of the two. */
export const anyInnerValue = (column: string): string =>
  `JSON_TABLE(${column},_utf8mb4'$' COLUMNS(${innerPaths
    .map((path, i) => `NESTED PATH _utf8mb4'${path}' COLUMNS(${'mc'[i]} JSON PATH _utf8mb4'$')`)
    .join(',')})) j`;

/** Types that a text tells; the most frequent first, as they are compared one by one. */
const toldTypes = ['STRING', 'OBJECT', 'ARRAY', 'BOOLEAN', 'DOUBLE', 'NULL'] as const;

/** True when the value `v` is a scalar of a type that its text does not tell; false for NULL. */
export const isTyped = (v: string): string =>
  `(CASE JSON_TYPE(${v}) WHEN 'INTEGER' THEN ${v}>=${FIRST_UNSIGNED} WHEN 'UNSIGNED INTEGER' THEN ${v}<${FIRST_UNSIGNED} ` +
  `${toldTypes.map((type) => `WHEN '${type}' THEN 0`).join(' ')} ELSE ${v} IS NOT NULL END)`;

const nameOf = (type: JsonScalarType): string | undefined => {
  if (type === 'SIGNED') return 'INTEGER';
  if (type === 'UNSIGNED') return 'UNSIGNED INTEGER';
  // Several names; their text tells them apart already.
  return type === 'OPAQUE' ? undefined : type;
};

/** Writes a condition on a document that prints like another: that it also has the scalars of the other. */
export function sameScalarTypes(writer: SqlWriter, column: string, scalars: readonly JsonScalar[]): void {
  const counts = innerValues(column).map(
    (values) => `(SELECT COUNT(*) FROM ${values} WHERE ${isTyped('v')})`,
  );
  writer.text(`IFNULL(${isTyped(column)},0)+${counts.join('+')}=${scalars.length}`);
  for (const { type, path } of scalars) {
    const name = nameOf(type);
    if (name === undefined) continue;
    writer.text(` AND JSON_TYPE(JSON_EXTRACT(${column},`);
    jsonText(writer, path);
    writer.ascii(`))='${name}'`);
  }
}
