import { isDeepStrictEqual } from 'node:util';
import type { Connection } from '../connection.ts';
import type { PlannedState, State } from '../protocol/schema/values-of.ts';
import type { endpointSchema } from './endpoint-schema.ts';

type A = (typeof endpointSchema)['attributes'];

/** What a connection is made with. */
const REACHED_BY = ['host', 'port', 'username', 'tls'] as const;

/** Notes of an endpoint whether its plan changes what servers are reached by, beside its password. */
export function noteChange(
  prior: State<A>,
  planned: PlannedState<A>,
  mayChangePassword: boolean,
  client: Connection | undefined,
): void {
  const isChanged =
    mayChangePassword || REACHED_BY.some((name) => !isDeepStrictEqual(planned[name], prior[name]));
  if (isChanged) client?.changingEndpoints.add(prior.id);
  else client?.changingEndpoints.delete(prior.id);
}
