import { DtsError } from '../../../core/errors.ts';
import { JsonDocument, type JsonScalar, type JsonScalarType } from '../../../core/row.ts';
import { anyInnerValue, innerValues, isTyped } from '../json-types-sql.ts';
import { FIRST_UNSIGNED } from '../types/json.ts';
import { scalarOf } from '../types/json-document.ts';
import { type JsonNode, parseJsonText } from '../types/json-text.ts';

/**
 * Types inside JSON documents, as a full load asks for them. Beside a document that its text does not tell whole, the source selects a
 * letter for each of its values: first the document itself, then its `innerValues`. These give a container's own members
 * or cells before those of the containers inside.
 */

const letters = {
  OBJECT: 'o',
  ARRAY: 'a',
  STRING: 's',
  INTEGER: 'i',
  'UNSIGNED INTEGER': 'u',
  DOUBLE: 'f',
  BOOLEAN: 'b',
  DECIMAL: 'd',
  DATE: 'D',
  TIME: 'T',
  DATETIME: 'M',
  TIMESTAMP: 'S',
  BLOB: 'x',
  BIT: 'x',
  OPAQUE: 'x',
} as const;
/** JSON null: JSON_TABLE makes it SQL NULL, JSON_TYPE calls it so. */
const NULL_LETTER = 'n';

const letterOf = (v: string): string =>
  `CASE JSON_TYPE(${v}) ${Object.entries(letters)
    .map(([type, letter]) => `WHEN '${type}' THEN '${letter}'`)
    .join(' ')} ELSE '${NULL_LETTER}' END`;

/** Long enough for the letters of the longest document; a hint, since other statements of the session need no more than it has. */
export const typesHint = '/*+ SET_VAR(group_concat_max_len=1073741824) */';

/** Selects the letters of a JSON column (its quoted name), or NULL where its text tells all. */
export function typesOf(column: string): string {
  // Not EXISTS: MySQL turns that into a semijoin and reads JSON_TABLE for the first row only.
  const found = `(SELECT 1 FROM ${anyInnerValue(column)} WHERE ${isTyped('IFNULL(m,c)')} LIMIT 1)`;
  const all = innerValues(column, { numbered: true }).map(
    (values) => `IFNULL((SELECT GROUP_CONCAT(${letterOf('v')} ORDER BY o SEPARATOR '') FROM ${values}),'')`,
  );
  return `IF(COALESCE(NULLIF(${isTyped(column)},0),${found}) IS NULL,NULL,CONCAT(${letterOf(column)},${all.join(',')}))`;
}

/** The document of text and letters; undefined where the text alone tells all. Throws INTERNAL when the two do not fit. */
export function documentOf(text: string, types: string): JsonDocument | undefined {
  const root = parseJsonText(text);
  const order = [root, ...innerNodes(root, 'object'), ...innerNodes(root, 'array')];
  if (order.length !== types.length) throw unfit();
  const scalars: JsonScalar[] = [];
  for (const [i, node] of order.entries()) {
    const type = scalarType(types[i]!, node, text);
    if (type !== undefined) scalars.push(scalarOf(node, type));
  }
  if (scalars.length === 0) return undefined;
  return new JsonDocument(
    text,
    scalars.sort((one, other) => one.start - other.start),
  );
}

/** What is inside containers of one kind, in the order of `$**`. */
function* innerNodes(node: JsonNode, kind: 'object' | 'array'): Generator<JsonNode> {
  if (node.kind === kind) yield* node.children;
  for (const child of node.children) yield* innerNodes(child, kind);
}

const firstCharacters: Readonly<Record<string, RegExp>> = {
  o: /\{/,
  a: /\[/,
  s: /"/,
  i: /[-\d]/,
  u: /\d/,
  f: /[-\d]/,
  b: /[tf]/,
  d: /[-\d]/,
  D: /"/,
  T: /"/,
  M: /"/,
  S: /"/,
  x: /"/,
  n: /n/,
};

const typesOfLetters: Readonly<Record<string, JsonScalarType>> = {
  d: 'DECIMAL',
  D: 'DATE',
  T: 'TIME',
  M: 'DATETIME',
  S: 'TIMESTAMP',
  x: 'OPAQUE',
};

function scalarType(letter: string, { start, end }: JsonNode, text: string): JsonScalarType | undefined {
  if (!firstCharacters[letter]?.test(text[start]!)) throw unfit();
  if (letter === 'i') return Number(text.slice(start, end)) >= FIRST_UNSIGNED ? 'SIGNED' : undefined;
  if (letter === 'u') return Number(text.slice(start, end)) < FIRST_UNSIGNED ? 'UNSIGNED' : undefined;
  return typesOfLetters[letter];
}

const unfit = () => new DtsError('INTERNAL', 'The types inside a JSON document do not fit its text.');
