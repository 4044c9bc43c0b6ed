import type { ExecutionResult, GraphQLSchema } from 'graphql';
import { isAsyncIterable, mapAsyncIterator, type Plugin } from 'graphql-yoga';
import type { Logger } from '../../engine/index.ts';
import { publicError } from '../http-error.ts';
import type { ServerContext } from '../server-context.ts';

/** Gives every error of every answer, live streams included, its one public form. */
export const useErrorCodes = (logger: Logger, schema: GraphQLSchema): Plugin<object, ServerContext> => ({
  onResultProcess({ result, setResult, serverContext: { traceId } }) {
    const coded = (one: ExecutionResult): ExecutionResult =>
      one.errors === undefined
        ? one
        : { ...one, errors: one.errors.map((error) => publicError(error, { traceId, logger, schema })) };
    if (isAsyncIterable(result)) setResult(mapAsyncIterator(result, coded));
    else if (Array.isArray(result)) setResult(result.map(coded));
    else setResult(coded(result));
  },
});
