import { EnvelopArmorPlugin } from '@escape.tech/graphql-armor';
import type { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { limits } from '../limits.ts';

/** Stops hostile documents while they are parsed and validated, and offers no names of the schema to guessers. */
export function useDocumentLimits(): Plugin {
  const onReject = [
    (_context: unknown, error: GraphQLError) => {
      error.extensions.code = 'LIMIT_EXCEEDED';
      error.message = error.message.replace(/^Syntax Error: /, '');
    },
  ];
  return EnvelopArmorPlugin({
    maxDepth: { n: limits.depth, onReject },
    maxAliases: { n: limits.aliases, onReject },
    maxDirectives: { n: limits.directives, onReject },
    maxTokens: { n: limits.tokens, onReject },
    // A guard in the parser only: by far above what the documented complexity lets through.
    costLimit: { maxCost: limits.complexity * 1000, onReject },
    blockFieldSuggestion: { enabled: true, mask: '' },
  }) as Plugin;
}
