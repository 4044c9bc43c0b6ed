import type { Plugin } from 'graphql-yoga';

/** Tells reverse proxies not to hold back the events of a live stream. */
export const useStreamHeaders = (): Plugin => ({
  onResponse({ response }) {
    if (response.headers.get('content-type')?.startsWith('text/event-stream')) {
      response.headers.set('x-accel-buffering', 'no');
    }
  },
});
