import { readFileSync } from 'node:fs';
import { buildSchema, parse, validate } from 'graphql';
import { expect, test } from 'vitest';

// What the pages tell people to send must be what the API takes.

const read = (page: string) => readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8');
const schema = buildSchema(read('schema.graphql'));

/** GraphQL in a page: the arguments of `gql '…'`, the `query` of JSON bodies, and blocks marked graphql. */
function documentsOf(page: string): string[] {
  const text = read(page);
  const calls = [...text.matchAll(/gql '([^']+)'/g)].map((match) => match[1]!);
  const bodies = [...text.matchAll(/-d '(\{"query":.*\})'/g)].map(
    (match) => JSON.parse(match[1]!).query as string,
  );
  const blocks = [...text.matchAll(/```graphql\n([\s\S]*?)```/g)].map((match) => match[1]!);
  return [...calls, ...bodies, ...blocks];
}

test.each([
  ['README.md', 2],
  ['docs/api.md', 2],
  ['docs/terraform.md', 1],
] as const)('every document in %s is valid', (page, least) => {
  const documents = documentsOf(page);
  expect(documents.length).toBeGreaterThanOrEqual(least);
  for (const document of documents) {
    expect({ document, errors: validate(schema, parse(document)).map(({ message }) => message) }).toEqual({
      document,
      errors: [],
    });
  }
});
