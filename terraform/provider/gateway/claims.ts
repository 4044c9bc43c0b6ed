import type { GatewayClient } from './client.ts';

export type Claimable = 'Endpoint' | 'Task' | 'ApiToken';

/** Tells the service that the id of an object is kept. Again is nothing. */
export async function claim(
  client: GatewayClient,
  type: Claimable,
  id: string,
  signal?: AbortSignal,
): Promise<void> {
  await client.mutate(`claim${type}`, {
    ...{ input: { id }, inputType: `Claim${type}Input`, result: type, fields: 'id', signal },
  });
}
