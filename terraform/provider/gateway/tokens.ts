import { isId } from '../names.ts';
import type { GatewayClient } from './client.ts';
import { connectionItems } from './pages.ts';

export interface ApiToken {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly scopes: readonly string[];
  readonly expiresAt: string | null;
  readonly lastUsedAt: string | null;
  readonly revokedAt: string | null;
  /** False until somebody is known to have kept its secret. */
  readonly claimed: boolean;
}

const fields = 'id name prefix scopes expiresAt lastUsedAt revokedAt claimed';

export async function findToken(
  client: GatewayClient,
  id: string,
  signal?: AbortSignal,
): Promise<ApiToken | undefined> {
  if (!isId(id)) return undefined;
  const document = `query apiToken($id: ID!) { apiToken(id: $id) { ${fields} } }`;
  const { apiToken } = await client.query<{ apiToken: ApiToken | null }>(
    'apiToken',
    document,
    { id },
    signal,
  );
  return apiToken ?? undefined;
}

/** Revoked ones too, for the service's days of history. */
export async function allTokens(client: GatewayClient, signal?: AbortSignal): Promise<ApiToken[]> {
  return await connectionItems<ApiToken>(client, {
    operation: 'apiTokens',
    document: `query apiTokens($after: String) {
      apiTokens(first: 100, after: $after) { edges { node { ${fields} } } pageInfo { hasNextPage endCursor } }
    }`,
    variables: {},
    connection: (data) => data.apiTokens,
    signal,
  });
}

export interface NewToken {
  readonly name: string;
  readonly scopes: readonly string[];
  readonly expiresAt?: string | undefined;
  /** False: the secret is not kept yet. By default true. */
  readonly claimed?: boolean | undefined;
}

/**
 * A new token and its secret. One whose secret was lost with the answer is revoked and another made; it is then `lost`. `key` is that of
 * a request which may have been sent before.
 */
export async function createToken(
  client: GatewayClient,
  input: NewToken,
  { key, signal }: { readonly key?: string | undefined; readonly signal?: AbortSignal | undefined } = {},
): Promise<{ token: ApiToken; secret: string; lost?: ApiToken | undefined }> {
  let lost: ApiToken | undefined;
  for (let idempotencyKey = key; ; idempotencyKey = undefined) {
    const { token, secret } = await client.mutate<{ token: ApiToken; secret: string | null }>(
      'createApiToken',
      {
        input,
        inputType: 'CreateApiTokenInput',
        result: 'CreatedApiToken',
        fields: `secret token { ${fields} }`,
        refusals: '... on InvalidInputError { field }',
        idempotencyKey,
        signal,
      },
    );
    if (secret !== null) return { token, secret, lost };
    lost = token;
    await revokeToken(client, token.id, signal);
  }
}

export async function revokeToken(client: GatewayClient, id: string, signal?: AbortSignal): Promise<void> {
  await client.mutate('revokeApiToken', {
    ...{ input: { id }, inputType: 'RevokeApiTokenInput', result: 'ApiToken', fields: 'id', signal },
  });
}
