import type { Plugin } from 'graphql-yoga';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { DtsError } from '../../engine/index.ts';
import { refusal } from '../http-error.ts';
import type { ServerContext } from '../server-context.ts';

/** Bounds the requests of each token; the answer to one too many says how long to wait. */
export function useRateLimit(perMinute: number): Plugin<object, ServerContext> {
  const limiter = new RateLimiterMemory({ points: perMinute, duration: 60 });
  return {
    async onRequest({ serverContext, endResponse }) {
      if (!serverContext.actor) return;
      try {
        await limiter.consume(serverContext.actor.id);
      } catch (outcome) {
        endResponse(rateLimited((outcome as { msBeforeNext: number }).msBeforeNext));
      }
    },
  };
}

/** The answer to one request too many: `retryAfterMs` and the header Retry-After say how long to wait. */
export function rateLimited(waitMillis: number): Response {
  const error = new DtsError('RATE_LIMITED', 'Too many requests.', { details: { retryAfterMs: waitMillis } });
  return refusal(error, 429, { 'retry-after': String(Math.ceil(waitMillis / 1000)) });
}
