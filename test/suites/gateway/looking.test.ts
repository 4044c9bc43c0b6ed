import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStage, type Stage } from '../../product/stage.ts';
import { createMysqlTask } from '../../product/task.ts';

let stage: Stage;
let endpoints: { source: string; target: string };

beforeAll(async () => {
  stage = await openStage();
  await stage.source.query('CREATE DATABASE shop');
  await stage.source.query('CREATE DATABASE `Büro`');
  await stage.run('shop', [
    'CREATE TABLE orders (id INT PRIMARY KEY)',
    'CREATE TABLE notes (text VARCHAR(10))',
    'CREATE TABLE items (id INT PRIMARY KEY)',
    'CREATE VIEW open_orders AS SELECT * FROM orders',
  ]);
  await stage.run('Büro', ['CREATE TABLE `Ordner` (id INT PRIMARY KEY)']);
  await createMysqlTask(stage.client, { ...stage, name: 'looking', databases: [{ name: 'shop' }] });
  endpoints = {
    source: await endpointNamed('looking: source'),
    target: await endpointNamed('looking: target'),
  };
});
afterAll(() => stage?.[Symbol.asyncDispose]());

async function endpointNamed(name: string): Promise<string> {
  const { endpoints: found } = await stage.client.query<{ endpoints: { edges: { node: { id: string } }[] } }>(
    'query ($name: String!) { endpoints(filter: { name: $name }) { edges { node { id } } } }',
    { name },
  );
  expect(found.edges).toHaveLength(1);
  return found.edges[0]?.node.id ?? '';
}

interface TablePage {
  edges: { node: { database: string; name: string; hasPrimaryKey: boolean } }[];
  pageInfo: { endCursor: string; hasNextPage: boolean };
}

async function tables(variables: {
  first: number;
  after?: string;
  databases?: string[];
}): Promise<TablePage> {
  const { sourceObjects } = await stage.client.query<{ sourceObjects: { tables: TablePage } }>(
    `query ($id: ID!, $databases: [String!], $first: Int!, $after: String) {
       sourceObjects(endpointId: $id, databases: $databases) {
         tables(first: $first, after: $after) {
           edges { node { database name estimatedRows hasPrimaryKey } } pageInfo { endCursor hasNextPage }
         }
       }
     }`,
    { id: endpoints.source, ...variables },
  );
  return sourceObjects.tables;
}

const labels = ({ edges }: TablePage) => edges.map(({ node }) => `${node.database}.${node.name}`);

describe('what a source has', () => {
  test('its databases are told, without those of the system', async () => {
    const answer = await stage.client.query(
      'query ($id: ID!) { sourceObjects(endpointId: $id) { databases } }',
      { id: endpoints.source },
    );
    expect(answer).toEqual({ sourceObjects: { databases: ['Büro', 'shop'] } });
  });

  test('its tables are told page by page, with their keys, and views are none', async () => {
    const first = await tables({ first: 3 });
    expect(labels(first)).toEqual(['Büro.Ordner', 'shop.items', 'shop.notes']);
    expect(first.edges.map(({ node }) => node.hasPrimaryKey)).toEqual([true, true, false]);
    expect(first.pageInfo.hasNextPage).toBe(true);
    const second = await tables({ first: 3, after: first.pageInfo.endCursor });
    expect(labels(second)).toEqual(['shop.orders']);
    expect(second.pageInfo.hasNextPage).toBe(false);
  });

  test('or only those of some databases', async () => {
    expect(labels(await tables({ first: 100, databases: ['Büro'] }))).toEqual(['Büro.Ordner']);
    expect(labels(await tables({ first: 100, databases: [] }))).toEqual([]);
  });

  test('an endpoint that cannot be reached is an error with its code', async () => {
    const { id } = await stage.client.mutate<{ id: string }>(
      'createEndpoint',
      { name: 'nobody', engine: 'MYSQL', host: '127.0.0.1', port: 1, username: 'x', password: 'y' },
      'id',
    );
    const asked = stage.client.query('query ($id: ID!) { sourceObjects(endpointId: $id) { databases } }', {
      id,
    });
    await expect(asked).rejects.toMatchObject({ code: 'CONNECTION_FAILED' });
  });
});

describe('a precheck before the task exists', () => {
  const preview = async (databases: object[]) => {
    const { precheckPreview } = await stage.client.query<{
      precheckPreview: { passed: boolean; items: { name: string; grade: string; objects: string[] }[] };
    }>(
      `query ($input: PrecheckPreviewInput!) {
         precheckPreview(input: $input) { passed items { name grade message remedy objects } } }`,
      {
        input: {
          ...{ kind: 'MIGRATION', sourceId: endpoints.source, targetId: endpoints.target },
          objects: { databases },
        },
      },
    );
    return precheckPreview;
  };

  test('says what is well, twice the same', async () => {
    const report = await preview([{ name: 'shop' }]);
    expect(report.passed).toBe(true);
    expect(report.items.length).toBeGreaterThan(10);
    expect(await preview([{ name: 'shop' }])).toEqual(report);
  });

  test('says what is not', async () => {
    const report = await preview([{ name: 'shop', tables: [{ name: 'nowhere' }] }]);
    expect(report.passed).toBe(false);
    expect(report.items.filter(({ grade }) => grade === 'FAIL')).toMatchObject([
      { name: 'source.objects', objects: ['shop.nowhere'] },
    ]);
  });

  test('leaves nothing behind', async () => {
    const answer = await stage.client.query('{ tasks { edges { node { name } } } }');
    expect(answer).toEqual({ tasks: { edges: [{ node: { name: 'looking' } }] } });
  });

  test('refuses what a task would refuse', async () => {
    const clash = preview([{ name: 'shop' }, { name: 'Büro', as: 'shop' }]);
    await expect(clash).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});

test('a password can be compared with the one that is kept', async () => {
  const matches = (password: string) =>
    stage.client.query(
      'query ($id: ID!, $password: String!) { secretMatches(endpointId: $id, password: $password) }',
      { id: endpoints.source, password },
    );
  expect(await matches(stage.source.password)).toEqual({ secretMatches: true });
  expect(await matches(`${stage.source.password}!`)).toEqual({ secretMatches: false });
});

test('a task is found by its exact name', async () => {
  const named = (name: string) =>
    stage.client.query(
      'query ($name: String!) { tasks(filter: { name: $name }) { edges { node { name } } } }',
      {
        name,
      },
    );
  expect(await named('looking')).toEqual({ tasks: { edges: [{ node: { name: 'looking' } }] } });
  expect(await named('look')).toEqual({ tasks: { edges: [] } });
});
