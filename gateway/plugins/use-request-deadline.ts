import type { Plugin } from 'graphql-yoga';
import { DtsError } from '../../engine/index.ts';
import { refusal } from '../http-error.ts';

/** Answers a request that takes too long. A live stream counts as answered when it opens. */
export const useRequestDeadline = (timeoutMillis: number): Plugin => ({
  onRequest({ requestHandler, setRequestHandler }) {
    setRequestHandler(async (request, serverContext) => {
      const late = Promise.withResolvers<Response>();
      const timer = setTimeout(() => {
        const seconds = timeoutMillis / 1000;
        late.resolve(
          refusal(
            new DtsError('DEADLINE_EXCEEDED', `The request was not answered within ${seconds} s.`),
            503,
          ),
        );
      }, timeoutMillis);
      try {
        return await Promise.race([requestHandler(request, serverContext), late.promise]);
      } finally {
        clearTimeout(timer);
      }
    });
  },
});
