import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import { text as textOf } from 'node:stream/consumers';
import { asSentence } from '../protocol/contracts/sentences.ts';
import { certificateFault } from './certificate-fault.ts';
import type { Fault } from './gateway-error.ts';

/** Where the gateway is and how to ask it. */
export interface TransportOptions {
  /** Root of the service, with or without `/graphql`. */
  readonly endpoint: string;
  readonly token: string;
  /** Certificates of the authorities of an https endpoint, PEM; those that node knows by default. */
  readonly ca?: string | undefined;
  /** Longest that one request may take, milliseconds. */
  readonly timeoutMillis: number;
  readonly userAgent: string;
}

export interface Request {
  readonly document: string;
  readonly variables: object;
  readonly requestId: string;
  /** Nothing was heard of the gateway yet: it gets less time, because most likely its address is wrong. */
  readonly isFirst: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** What one attempt gave: data, or why there is none and whether another attempt may do better. */
export type Outcome =
  | { readonly data: Readonly<Record<string, unknown>> }
  | { readonly fault: Fault; readonly passing: boolean; readonly cause?: unknown };

/** Codes of failures that go by themselves. */
const passing: ReadonlySet<string> = new Set(['SHUTTING_DOWN', 'DEADLINE_EXCEEDED', 'RATE_LIMITED']);

const FIRST_ANSWER_MILLIS = 10_000;

/** Sends one request, once. Never rejects; aborted by the caller it is not passing. */
export async function send(options: TransportOptions, request: Request): Promise<Outcome> {
  const { isFirst } = request;
  const millis = isFirst ? Math.min(FIRST_ANSWER_MILLIS, options.timeoutMillis) : options.timeoutMillis;
  const limit = AbortSignal.timeout(millis);
  const signal = request.signal ? AbortSignal.any([request.signal, limit]) : limit;
  try {
    const { status, text } = await post(options, request, signal);
    return outcomeOf(status, text, options.endpoint);
  } catch (cause) {
    if (request.signal?.aborted) return { fault: interrupted, passing: false, cause };
    if (limit.aborted) return { fault: late(options.endpoint, millis, isFirst), passing: true, cause };
    const untrusted = certificateFault(options.endpoint, cause);
    if (untrusted !== undefined) return { fault: untrusted, passing: false, cause };
    return { fault: unreachable(options.endpoint, reasonOf(cause)), passing: true, cause };
  }
}

/** By node's own clients and not by fetch, which takes no authorities. A redirect is an answer as any other. */
async function post(options: TransportOptions, request: Request, signal: AbortSignal) {
  const address = addressOf(options.endpoint);
  const question = JSON.stringify({ query: request.document, variables: request.variables });
  const settings = {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(question),
      accept: 'application/json',
      authorization: `Bearer ${options.token}`,
      'user-agent': options.userAgent,
      'x-request-id': request.requestId,
    },
    signal,
  };
  const asked =
    address.protocol === 'https:'
      ? https.request(address, { ...settings, ca: options.ca })
      : http.request(address, settings);
  asked.on('error', () => {}); // rejects below, whether it comes before the answer or in the middle of it
  asked.end(question);
  const [answer] = (await once(asked, 'response')) as [http.IncomingMessage];
  return { status: answer.statusCode ?? 0, text: await textOf(answer) };
}

/** @throws TypeError when it is no URL. */
export function addressOf(endpoint: string): URL {
  const url = new URL(endpoint);
  if (!/\/graphql\/?$/.test(url.pathname)) url.pathname = `${url.pathname.replace(/\/$/, '')}/graphql`;
  return url;
}

interface ErrorEntry {
  readonly path?: unknown;
  readonly message: string;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

function outcomeOf(status: number, text: string, endpoint: string): Outcome {
  const answer = parsed(text);
  const error = answer?.errors?.[0];
  if (error !== undefined) {
    const fault = faultOf(error);
    // Of a field it is that database which is slow, and would be as slow again.
    const ofField = fault.code === 'DEADLINE_EXCEEDED' && error.path !== undefined;
    return { fault, passing: passing.has(fault.code) && !ofField };
  }
  if (answer?.data != null) return { data: answer.data };
  // A proxy before a service that restarts answers with a page of its own.
  return {
    fault: {
      ...unreachable(endpoint, `It answered with HTTP status ${status} and no GraphQL`),
      httpStatus: status,
    },
    passing: [502, 503, 504].includes(status),
  };
}

function parsed(
  text: string,
): { data?: Readonly<Record<string, unknown>> | null; errors?: readonly ErrorEntry[] } | undefined {
  try {
    return JSON.parse(text) as object;
  } catch {
    return undefined;
  }
}

function faultOf({ message, extensions = {} }: ErrorEntry): Fault {
  const text = (key: string) => (typeof extensions[key] === 'string' ? extensions[key] : undefined);
  const issues = Array.isArray(extensions.issues)
    ? (extensions.issues as { path?: string; message?: string }[])
    : [];
  const told = issues
    .filter((issue) => issue.message !== message)
    .map(({ path, message: issue }) => [path, issue].filter(Boolean).join(' '))
    .join('; ');
  return {
    code: text('code') ?? 'INTERNAL',
    message: told === '' ? message : `${message} ${asSentence(told)}`,
    remedy: text('remedy') ?? '',
    field: text('field') ?? (issues[0]?.path || undefined),
    scope: text('scope'),
    retryAfterMs: typeof extensions.retryAfterMs === 'number' ? extensions.retryAfterMs : undefined,
  };
}

const unreachable = (endpoint: string, reason: string): Fault => ({
  code: 'UNREACHABLE',
  message: `No answer from ${endpoint}: ${asSentence(reason)}`,
  remedy: 'Check that the service runs, and that `endpoint` (or OPENDTS_ENDPOINT) names its address.',
});

/** Silence of one that was never heard says nothing about its load. */
const late = (endpoint: string, millis: number, isFirst: boolean): Fault =>
  isFirst
    ? unreachable(endpoint, `Nothing came within ${millis / 1000} s, as behind a firewall that drops packets`)
    : {
        code: 'DEADLINE_EXCEEDED',
        message: `No answer from ${endpoint} within ${millis / 1000} s.`,
        remedy: 'Check the load of the service, or raise `request_timeout`.',
      };

const interrupted: Fault = {
  code: 'INTERRUPTED',
  message: 'The run was interrupted before the service answered.',
  remedy: 'Run it again: it goes on where it was.',
};

/** The system's reason, under whatever wraps it. */
function reasonOf(cause: unknown): string {
  let inner = cause;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  if (!(inner instanceof Error)) return String(inner);
  // That of a request which cannot be sent may quote its headers.
  if (inner instanceof TypeError) return 'The request could not be sent';
  const code = 'code' in inner ? String(inner.code) : '';
  return inner.message === '' ? code || inner.name : inner.message;
}
