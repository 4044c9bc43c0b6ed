import type { Plugin } from 'graphql-yoga';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { DtsError, type Tokens } from '../../engine/index.ts';
import { authenticate } from '../authenticate.ts';
import { refusal } from '../http-error.ts';
import type { ServerContext } from '../server-context.ts';
import { rateLimited } from './use-rate-limit.ts';

/** Requests of one token to wrong tokens of one address, per minute. */
const requestsPerFailure = 50;

/**
 * Lets nobody in without a valid token; so nothing, introspection included, answers the anonymous. An address that
 * sends many wrong tokens is told to wait.
 */
export function useAuthentication(tokens: Tokens, ratePerMinute: number): Plugin<object, ServerContext> {
  const failuresPerMinute = Math.ceil(ratePerMinute / requestsPerFailure);
  const failures = new RateLimiterMemory({ points: failuresPerMinute, duration: 60 });
  return {
    async onRequest({ request, serverContext, endResponse }) {
      // A preflight carries no credentials; CORS alone answers it.
      if (request.method === 'OPTIONS') return;
      try {
        serverContext.actor = authenticate(tokens, request.headers.get('authorization'));
      } catch (error) {
        if (!(error instanceof DtsError)) throw error;
        const address = serverContext.req.socket.remoteAddress ?? 'unknown';
        const waitMillis = await failures.consume(address).then(
          () => undefined,
          ({ msBeforeNext }: { msBeforeNext: number }) => msBeforeNext,
        );
        endResponse(
          waitMillis === undefined
            ? refusal(error, 401, { 'www-authenticate': 'Bearer realm="opendts"' })
            : rateLimited(waitMillis),
        );
      }
    },
  };
}
