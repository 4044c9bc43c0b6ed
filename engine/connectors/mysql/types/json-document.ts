import { JsonDocument, type JsonScalar, type JsonScalarType } from '../../../core/row.ts';
import { type JsonNode, parseJsonText, pathOf, scalarsOf } from './json-text.ts';

/** A scalar of a type that the text does not tell: its number among all scalars, in the order of the text. */
export interface SeenScalar {
  readonly type: JsonScalarType;
  readonly index: number;
}

/** The document of the text and the types. `seen`: in the order of the text. */
export function typedDocument(text: string, seen: readonly SeenScalar[]): JsonDocument {
  const scalars: JsonScalar[] = [];
  let index = 0;
  for (const node of scalarsOf(parseJsonText(text))) {
    const next = seen[scalars.length];
    if (next?.index === index++) {
      scalars.push(scalarOf(node, next.type));
    }
  }
  return new JsonDocument(text, scalars);
}

export const scalarOf = (node: JsonNode, type: JsonScalarType): JsonScalar => ({
  type,
  path: pathOf(node),
  start: node.start,
  end: node.end,
});
