import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codeOf, RunningService } from './running-service.ts';

const names = Array.from({ length: 23 }, (_, index) => `task ${String(index).padStart(2, '0')}`);

let service: RunningService;
beforeAll(async () => {
  service = await RunningService.start({ env: { OPENDTS_RATE_PER_MINUTE: '100000' } });
  for (const name of names)
    await service.ask(
      'mutation ($name: String!) { createTask(input: { name: $name, kind: MIGRATION }) { __typename } }',
      { name },
    );
});
afterAll(() => service[Symbol.asyncDispose]());

interface Page {
  readonly edges: readonly { cursor: string; node: { id: string; name: string } }[];
  readonly pageInfo: { hasNextPage: boolean; startCursor: string | null; endCursor: string | null };
}
async function page(first: number, after?: string | null, filter?: object): Promise<Page> {
  const { data, errors } = await service.ask(
    `query ($first: Int!, $after: String, $filter: TaskFilter) { tasks(first: $first, after: $after, filter: $filter) {
      edges { cursor node { id name } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`,
    { first, after, filter },
  );
  expect(errors).toEqual([]);
  return data.tasks;
}
async function walk(first: number, filter?: object): Promise<string[]> {
  const found: string[] = [];
  let after: string | null | undefined;
  for (;;) {
    const { edges, pageInfo } = await page(first, after, filter);
    expect(edges.length).toBeLessThanOrEqual(first);
    expect(pageInfo.startCursor).toBe(edges[0]?.cursor ?? null);
    if (edges.length > 0) expect(pageInfo.endCursor).toBe(edges.at(-1)?.cursor);
    found.push(...edges.map(({ node }) => node.name));
    if (!pageInfo.hasNextPage) return found;
    expect(edges).toHaveLength(first);
    after = pageInfo.endCursor;
  }
}

describe('a connection', () => {
  test('gives every item once and in order, whatever the size of its pages', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 100 }), async (first) => {
        expect(await walk(first)).toEqual(names);
      }),
      { numRuns: 15 },
    );
  });

  test('goes on after any item', async () => {
    const { edges } = await page(100);
    for (const [index, { cursor }] of edges.entries())
      expect((await page(3, cursor)).edges).toEqual(edges.slice(index + 1, index + 4));
  });

  test('keeps its place when items are added and taken away', async () => {
    const first = await page(5);
    const gone = first.edges[4]?.node.id;
    await service.ask(`mutation { destroyTask(input: { id: "${gone}" }) { __typename } }`);
    const next = await page(5, first.pageInfo.endCursor);
    expect(next.edges.map(({ node }) => node.name)).toEqual(names.slice(5, 10));
    names.splice(4, 1);
  });

  test('filters before it cuts into pages', async () => {
    expect(await walk(2, { nameContains: 'task 1' })).toEqual(
      names.filter((name) => name.includes('task 1')),
    );
    expect(await walk(5, { states: ['RUNNING'] })).toEqual([]);
    expect(await walk(50, { states: ['DRAFT', 'RUNNING'], kinds: ['MIGRATION'] })).toEqual(names);
    expect(await walk(5, { kinds: ['SYNCHRONIZATION'] })).toEqual([]);
  });

  test.each([
    ['an empty page', 0, undefined],
    ['a page backwards', -1, undefined],
    ['a page of more than 100', 101, undefined],
    ['a cursor that is a word', 5, 'task 03'],
    ['a cursor that is a number', 5, '7'],
    ['a cursor of another form', 5, Buffer.from('other:1').toString('base64url')],
    ['a very long cursor', 5, 'a'.repeat(10_000)],
  ])('refuses %s', async (_what, first, after) => {
    const answer = await service.ask(
      'query ($first: Int!, $after: String) { tasks(first: $first, after: $after) { edges { cursor } } }',
      { first, after },
    );
    expect(codeOf(answer)).toBe('INVALID_INPUT');
    expect(answer.data).toEqual({ tasks: null });
  });
});
