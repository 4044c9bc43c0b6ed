import type { YogaInitialContext } from 'graphql-yoga';
import type { ApiToken, Engine, Logger } from '../engine/index.ts';
import type { LiveStreams } from './live-streams.ts';

/** What the HTTP layer found out about a request before GraphQL sees it. */
export interface RequestFacts {
  readonly actor: ApiToken;
  /** Names the request in logs and masked errors. */
  readonly traceId: string;
}

/** What resolvers work with. */
export interface Context extends YogaInitialContext, RequestFacts {
  readonly engine: Engine;
  readonly streams: LiveStreams;
  readonly logger: Logger;
  readonly version: string;
}
