import type { Connection } from '../connection.ts';
import { type Claimable, claim } from '../gateway/claims.ts';
import { GatewayError } from '../gateway/gateway-error.ts';
import type { Kind, Made } from '../journal.ts';
import type { ResourceContext } from '../protocol/contracts/context.ts';

const kindOf: Readonly<Record<Claimable, Kind>> = { Endpoint: 'endpoint', Task: 'task', ApiToken: 'token' };

/**
 * Of an object that a state holds: no create takes it for one that was left behind. The service is told, once; where it refuses, as for
 * a token that may only read, the next read tries again.
 */
export async function hold(
  type: Claimable,
  made: Made & { readonly claimed: boolean },
  { client, signal, logger }: ResourceContext<Connection>,
): Promise<void> {
  const { id, claimed } = made;
  client.ownership.hold(id);
  client.journal.kept(kindOf[type], made);
  if (claimed) return;
  try {
    await claim(client.gateway, type, id, signal);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    logger.warn('The object could not be claimed', { type, id, code: error.code });
  }
}
