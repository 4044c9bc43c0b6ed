import { useCSRFPrevention } from '@graphql-yoga/plugin-csrf-prevention';
import { createYoga } from 'graphql-yoga';
import type { Engine, Logger } from '../engine/index.ts';
import type { Config } from './config.ts';
import type { GatewayContext } from './context.ts';
import type { LiveStreams } from './live-streams.ts';
import type { Metrics } from './metrics.ts';
import { useAuthentication } from './plugins/use-authentication.ts';
import { useBodyLimit } from './plugins/use-body-limit.ts';
import { useDocumentLimits } from './plugins/use-document-limits.ts';
import { useErrorCodes } from './plugins/use-error-codes.ts';
import { useOperationLog } from './plugins/use-operation-log.ts';
import { useRateLimit } from './plugins/use-rate-limit.ts';
import { useRequestDeadline } from './plugins/use-request-deadline.ts';
import { useStreamHeaders } from './plugins/use-stream-headers.ts';
import { schema } from './schema/schema.ts';
import type { ServerContext } from './server-context.ts';

export interface GatewayOptions {
  readonly engine: Engine;
  readonly config: Config;
  readonly logger: Logger;
  readonly streams: LiveStreams;
  readonly metrics: Metrics;
  /** Version of the service, as capabilities tell it. */
  readonly version: string;
}

/** GraphQL over the engine, as a handler of requests to /graphql. */
export function createGateway({ engine, config, logger, streams, metrics, version }: GatewayOptions) {
  return createYoga<ServerContext, GatewayContext>({
    schema,
    context: ({ actor, traceId }) => {
      // use-authentication ends every request that has none.
      if (!actor) throw new Error('a request without an actor reached GraphQL');
      return { engine, streams, logger, version, actor, traceId };
    },
    graphqlEndpoint: '/graphql',
    graphiql: false,
    landingPage: false,
    batching: false,
    multipart: false,
    maskedErrors: false, // use-error-codes masks, with the trace id
    logging: false,
    maxRequestBodySize: false, // use-body-limit refuses by the header, which HTTP holds the body to
    cors:
      config.corsOrigins.length === 0
        ? false
        : {
            origin: config.corsOrigins,
            methods: ['POST'],
            allowedHeaders: ['authorization', 'content-type', 'accept'],
            credentials: false,
            maxAge: 600,
          },
    // Cheapest first: what is refused by its headers costs nothing more.
    plugins: [
      useRequestDeadline(config.requestTimeoutSeconds * 1000),
      useBodyLimit(config.bodyLimitBytes),
      useAuthentication(engine.tokens, config.ratePerMinute),
      useRateLimit(config.ratePerMinute),
      useCSRFPrevention({ requestHeaders: ['x-opendts-csrf'] }),
      useDocumentLimits(),
      useOperationLog(logger, metrics),
      useErrorCodes(logger, schema),
      useStreamHeaders(),
    ],
  });
}
