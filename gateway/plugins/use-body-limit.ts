import type { Plugin } from 'graphql-yoga';
import { DtsError } from '../../engine/index.ts';
import { refusal } from '../http-error.ts';

/** Refuses by its headers a request that is too large (413) or does not say how large it is (411). */
export const useBodyLimit = (limitBytes: number): Plugin => ({
  onRequest({ request, endResponse }) {
    if (request.method !== 'POST') return;
    const length = request.headers.get('content-length');
    if (length === null) {
      const error = new DtsError('INVALID_INPUT', 'The request does not say how long it is.', {
        remedy: 'Send a Content-Length header.',
      });
      return endResponse(refusal(error, 411, { connection: 'close' }));
    }
    if (Number(length) > limitBytes) {
      const error = new DtsError('LIMIT_EXCEEDED', `The request is longer than ${limitBytes} bytes.`);
      return endResponse(refusal(error, 413, { connection: 'close' }));
    }
  },
});
