import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ApiToken } from '../engine/index.ts';

/** What the HTTP server hands to the plugins with each request. */
export interface ServerContext {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly traceId: string;
  /** Set by use-authentication before GraphQL sees the request. */
  actor?: ApiToken;
}
