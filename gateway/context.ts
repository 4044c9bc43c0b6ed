import type { YogaInitialContext } from 'graphql-yoga';
import type { ApiToken, Engine, Logger } from '../engine/index.ts';
import type { LiveStreams } from './live-streams.ts';

/** What the gateway adds to the context of a request. */
export interface GatewayContext {
  readonly engine: Engine;
  readonly streams: LiveStreams;
  readonly logger: Logger;
  /** Version of the service. */
  readonly version: string;
  /** Who asks. */
  readonly actor: ApiToken;
  /** Names the request in logs and masked errors. */
  readonly traceId: string;
}

/** What resolvers work with. */
export type Context = YogaInitialContext & GatewayContext;
