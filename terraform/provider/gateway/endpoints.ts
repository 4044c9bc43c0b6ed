import type { GatewayClient } from './client.ts';
import { connectionItems } from './pages.ts';

export interface Tls {
  readonly mode: 'DISABLED' | 'PREFERRED' | 'REQUIRED' | 'VERIFY';
  readonly ca: string | null;
}

export interface Endpoint {
  readonly id: string;
  readonly name: string;
  readonly engine: 'MYSQL' | 'MARIADB';
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly tls: Tls;
  readonly secretFingerprint: string;
  /** False until somebody is known to have kept its id. */
  readonly claimed: boolean;
}

export type EndpointInput = Omit<Endpoint, 'id' | 'secretFingerprint' | 'claimed'> & {
  readonly password: string;
};

const fields = 'id name engine host port username tls { mode ca } secretFingerprint claimed';
const refusals = '... on InvalidInputError { field }';
const about = (id: string): string => `Endpoint: ${id}.`;

export async function findEndpoint(
  client: GatewayClient,
  id: string,
  signal?: AbortSignal,
): Promise<Endpoint | null> {
  const document = `query endpoint($id: ID!) { endpoint(id: $id) { ${fields} } }`;
  return (await client.query<{ endpoint: Endpoint | null }>('endpoint', document, { id }, signal)).endpoint;
}

/** All of exactly this name. */
export async function endpointsNamed(
  client: GatewayClient,
  name: string,
  signal?: AbortSignal,
): Promise<Endpoint[]> {
  return await connectionItems<Endpoint>(client, {
    operation: 'endpoints',
    document: `query endpoints($name: String!, $after: String) {
      endpoints(filter: { name: $name }, first: 100, after: $after) {
        edges { node { ${fields} } } pageInfo { hasNextPage endCursor }
      }
    }`,
    variables: { name },
    connection: (data) => data.endpoints,
    signal,
  });
}

/** Made unclaimed: its id is not kept yet. A repeat under the same key gets the first answer. */
export async function createEndpoint(
  client: GatewayClient,
  given: EndpointInput,
  { key, signal }: { readonly key: string; readonly signal?: AbortSignal | undefined },
): Promise<Endpoint> {
  const input = { ...given, claimed: false };
  return await client.mutate<Endpoint>('createEndpoint', {
    ...{
      input,
      inputType: 'CreateEndpointInput',
      result: 'Endpoint',
      fields,
      refusals,
      idempotencyKey: key,
      signal,
    },
  });
}

/** What is absent stays. */
export async function updateEndpoint(
  client: GatewayClient,
  input: Partial<EndpointInput> & { readonly id: string },
  signal?: AbortSignal,
): Promise<Endpoint> {
  return await client.mutate<Endpoint>('updateEndpoint', {
    ...{ input, inputType: 'UpdateEndpointInput', result: 'Endpoint', fields, refusals, signal },
    about: about(input.id),
  });
}

export async function deleteEndpoint(client: GatewayClient, id: string, signal?: AbortSignal): Promise<void> {
  const input = { id };
  await client.mutate('deleteEndpoint', {
    ...{ input, inputType: 'DeleteEndpointInput', result: 'DeletedEndpoint', fields: 'id', signal },
    about: about(id),
  });
}

/** Whether it is the password that the endpoint keeps; null when the endpoint is gone. */
export async function secretMatches(
  client: GatewayClient,
  endpointId: string,
  password: string,
  signal?: AbortSignal,
): Promise<boolean | null> {
  const data = await client.query<{ secretMatches: boolean | null }>(
    'secretMatches',
    `query secretMatches($endpointId: ID!, $password: String!) {
      secretMatches(endpointId: $endpointId, password: $password)
    }`,
    { endpointId, password },
    signal,
  );
  return data.secretMatches;
}
