import type { GatewayClient } from './client.ts';
import { type Connection, connectionItems } from './pages.ts';

export interface SourceTable {
  readonly database: string;
  readonly name: string;
  readonly estimatedRows: string;
  readonly hasPrimaryKey: boolean;
}

/** Null when there is no such endpoint. */
export async function sourceDatabases(
  client: GatewayClient,
  endpointId: string,
  databases: readonly string[] | null,
  signal?: AbortSignal,
): Promise<readonly string[] | null> {
  const data = await client.query<{ sourceObjects: { databases: readonly string[] } | null }>(
    'sourceObjects',
    `query sourceObjects($endpointId: ID!, $databases: [String!]) {
      sourceObjects(endpointId: $endpointId, databases: $databases) { databases }
    }`,
    { endpointId, databases },
    signal,
  );
  return data.sourceObjects?.databases ?? null;
}

export async function sourceTables(
  client: GatewayClient,
  endpointId: string,
  databases: readonly string[] | null,
  signal?: AbortSignal,
): Promise<readonly SourceTable[]> {
  return await connectionItems<SourceTable>(client, {
    operation: 'sourceObjects',
    document: `query sourceObjects($endpointId: ID!, $databases: [String!], $after: String) {
      sourceObjects(endpointId: $endpointId, databases: $databases) {
        tables(first: 100, after: $after) {
          edges { node { database name estimatedRows hasPrimaryKey } } pageInfo { hasNextPage endCursor }
        }
      }
    }`,
    variables: { endpointId, databases },
    connection: (data) =>
      (data as { sourceObjects?: { tables?: Connection<SourceTable> } | null }).sourceObjects?.tables,
    signal,
  });
}

export interface Capabilities {
  readonly version: string;
  readonly kinds: readonly string[];
  readonly engines: readonly { readonly engine: string; readonly versions: readonly string[] }[];
}

export async function capabilities(client: GatewayClient, signal?: AbortSignal): Promise<Capabilities> {
  const document = 'query capabilities { capabilities { version kinds engines { engine versions } } }';
  return (await client.query<{ capabilities: Capabilities }>('capabilities', document, {}, signal))
    .capabilities;
}
