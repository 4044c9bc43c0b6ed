import { GraphQLError, type GraphQLSchema, isEnumType } from 'graphql';
import { DtsError, type ErrorCode, errorCatalog, errorCodes, type Logger } from '../engine/index.ts';
import { pathOfVariable, withoutValues } from './message-without-values.ts';

/** HTTP status of codes for which the status matters to what stands between client and service. */
const statusOf: Partial<Record<ErrorCode, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  RATE_LIMITED: 429,
  SHUTTING_DOWN: 503,
  DEADLINE_EXCEEDED: 503,
};

/** What graphql-yoga lets an error say about the HTTP answer. */
interface HttpFacts {
  readonly status?: number;
}

interface RequestFacts {
  readonly traceId: string;
  readonly logger: Logger;
  readonly schema: GraphQLSchema;
}

const csrfRemedy = 'Send the request as POST with the header Content-Type: application/json.';

const isCode = (code: unknown): code is ErrorCode => errorCodes.includes(code as ErrorCode);

/**
 * The one form in which failures leave the service: `extensions.code` is a code of the catalogue, with its remedy.
 * What has no code is a fault of the document (GraphQL's own errors), or is masked: the details go to the log only,
 * under the trace id that the answer names.
 */
export function publicError(error: unknown, request: RequestFacts): GraphQLError {
  const { traceId, logger, schema } = request;
  const outer = error instanceof GraphQLError ? error : undefined;
  const inner = rootOf(error);
  const place = outer
    ? { path: outer.path, nodes: outer.nodes, source: outer.source, positions: outer.positions }
    : {};
  const build = (code: ErrorCode, message: string, facts: object) => {
    const status = statusOf[code];
    return new GraphQLError(message, {
      ...place,
      extensions: {
        remedy: errorCatalog[code].remedy,
        ...facts,
        code,
        ...(status ? { http: { status } } : {}),
      },
    });
  };

  if (inner instanceof DtsError && inner.code !== 'INTERNAL') {
    return build(inner.code, inner.message, { ...inner.details, remedy: inner.remedy });
  }
  if (inner instanceof GraphQLError) {
    const { code, issues, http } = inner.extensions as { code?: unknown; issues?: unknown; http?: HttpFacts };
    if (isCode(code) && code !== 'INVALID_INPUT') return build(code, inner.message, {});
    if (http?.status === 403) return build('FORBIDDEN', inner.message, { remedy: csrfRemedy });
    // Of a variable only the outer error tells which field is wrong.
    const message = withAllowedValues(withoutValues(outer?.message ?? inner.message), schema);
    const invalid = build('INVALID_INPUT', message, {
      issues: issues ?? [{ path: pathOfVariable(message), message }],
    });
    if (http) invalid.extensions.http = http;
    return invalid;
  }
  logger.error({ traceId, err: inner }, 'A request met a fault of the service');
  return build('INTERNAL', errorCatalog.INTERNAL.summary, { traceId });
}

/** Names what an enum allows, where the message says that a value is none of it. */
function withAllowedValues(message: string, schema: GraphQLSchema): string {
  const name = /"(\w+)" enum\.?$/.exec(message)?.[1];
  const type = name === undefined ? undefined : schema.getType(name);
  if (!isEnumType(type)) return message;
  const allowed = type.getValues().map((value) => value.name);
  return `${message.replace(/\.$/, '')}, which has ${allowed.join(', ')}.`;
}

/** The error that was thrown first, under the wraps of GraphQL. */
function rootOf(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError != null ? rootOf(error.originalError) : error;
}

/** The answer to a request that is refused before GraphQL sees it. */
export function refusal(error: DtsError, status: number, headers: Record<string, string> = {}): Response {
  return Response.json(refusalBody(error), { status, headers });
}

export const refusalBody = ({ message, code, remedy, details }: DtsError) => ({
  errors: [{ message, extensions: { ...details, code, remedy } }],
});
