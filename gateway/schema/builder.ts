import SchemaBuilder from '@pothos/core';
import ComplexityPlugin from '@pothos/plugin-complexity';
import ErrorsPlugin from '@pothos/plugin-errors';
import RelayPlugin from '@pothos/plugin-relay';
import ScopeAuthPlugin, { type AuthFailure } from '@pothos/plugin-scope-auth';
import ValidationPlugin from '@pothos/plugin-validation';
import { GraphQLError } from 'graphql';
import { DtsError, type Scope, scopes } from '../../engine/index.ts';
import type { Context } from '../context.ts';
import { limits } from '../limits.ts';

export const builder = new SchemaBuilder<{
  Context: Context;
  AuthScopes: Record<Scope, boolean>;
  DefaultFieldNullability: false;
  DefaultEdgesNullability: false;
  DefaultNodeNullability: false;
  Scalars: {
    ID: { Input: string; Output: string };
    BigInt: { Input: number; Output: number };
    DateTime: { Input: number; Output: number };
  };
}>({
  // Read from right to left: auth wraps what the errors plugin wraps, so a refusal is never a member of a result union.
  plugins: [RelayPlugin, ScopeAuthPlugin, ErrorsPlugin, ValidationPlugin, ComplexityPlugin],
  defaultFieldNullability: false,
  relay: {
    nodeQueryOptions: false,
    nodesQueryOptions: false,
    cursorType: 'String',
    pageInfoTypeOptions: { description: 'Where a page stands among all items.' },
    hasNextPageFieldOptions: { description: 'True when items follow this page.' },
    hasPreviousPageFieldOptions: {
      description: 'Always false: connections are read forwards only.',
    },
    startCursorFieldOptions: { description: 'Cursor of the first item of the page.' },
    endCursorFieldOptions: { description: 'Cursor of the last item: give it back as `after`.' },
    cursorFieldOptions: { description: 'Where this item stands: give it back as `after`.' },
    nodeFieldOptions: { nullable: false, description: 'The item.' },
    edgesFieldOptions: {
      nullable: false,
      description: 'The items of the page with their cursors.',
      // The field of the connection counts the page already.
      complexity: { field: 1, multiplier: 1 },
    },
    pageInfoFieldOptions: { description: 'Where this page stands among all items.' },
  },
  scopeAuth: {
    authorizeOnSubscribe: true,
    treatErrorsAsUnauthorized: false,
    authScopes: ({ actor }) => {
      const has = (scope: Scope) => actor.scopes.includes(scope) || actor.scopes.includes('admin');
      return Object.fromEntries(scopes.map((scope) => [scope, has(scope)])) as Record<Scope, boolean>;
    },
    unauthorizedError: (_parent, context, info, result) => {
      if (info.parentType.name === 'Mutation') {
        context.engine.audit.record({
          at: Date.now(),
          actor: context.actor.id,
          operation: info.fieldName,
          outcome: 'REFUSED',
          code: 'FORBIDDEN',
        });
      }
      const scope = missingScope(result.failure) ?? 'needed';
      return new DtsError('FORBIDDEN', `The token lacks the scope ${scope}.`, { details: { scope } });
    },
  },
  errors: { directResult: true, defaultTypes: [] },
  validation: {
    validationError: ({ issues }) =>
      new GraphQLError('The input is not valid.', {
        extensions: {
          code: 'INVALID_INPUT',
          issues: issues.map((issue) => ({
            path: (issue.path ?? []).map((part) => (typeof part === 'object' ? part.key : part)).join('.'),
            message: issue.message,
          })),
        },
      }),
  },
  complexity: {
    limit: { complexity: limits.complexity },
    complexityError: (_kind, { complexity, maxComplexity }) =>
      new DtsError('LIMIT_EXCEEDED', `The complexity ${complexity} is more than ${maxComplexity}.`),
  },
});

/** The scope that a refusal is about. A field names one; the plugin tells it inside "any of" and "all of". */
function missingScope(failure: AuthFailure): string | undefined {
  if ('scope' in failure) return failure.scope;
  if (!('failures' in failure)) return undefined;
  return failure.failures.map(missingScope).find((scope) => scope !== undefined);
}

builder.queryType({
  description: 'What can be read. Every field needs the scope `read` unless it says otherwise.',
});
builder.mutationType({
  description:
    'What can be changed. Expected refusals are members of the result unions; faults of the request are top-level errors.',
});
builder.subscriptionType({ description: 'What can be followed live, as server-sent events.' });
