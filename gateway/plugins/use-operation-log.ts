import { type DocumentNode, getOperationAST } from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import type { Logger } from '../../engine/index.ts';
import type { Metrics } from '../metrics.ts';
import type { ServerContext } from '../server-context.ts';

interface Operation {
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
}

/** Counts operations and logs each by name: never its text or its variables, which hold secrets. */
export function useOperationLog(logger: Logger, metrics: Metrics): Plugin<ServerContext> {
  const note = (
    { document, operationName }: Operation,
    { traceId, actor }: ServerContext,
    failed: boolean,
  ) => {
    const operation = getOperationAST(document, operationName);
    const kind = operation?.operation ?? 'unknown';
    metrics.operation(kind, failed ? 'error' : 'ok');
    const name = operation?.name?.value.slice(0, 64);
    logger.debug({ traceId, actor: actor?.id, kind, name, failed }, 'Operation');
  };
  return {
    onExecute: ({ args, context }) => ({
      onExecuteDone: ({ result }) =>
        note(args, context, !isAsyncIterable(result) && result.errors !== undefined),
    }),
    onSubscribe: ({ args, context }) => ({
      onSubscribeResult: ({ result }) => note(args, context, !isAsyncIterable(result)),
    }),
  };
}
