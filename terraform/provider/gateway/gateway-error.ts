import { ProviderError } from '../protocol/contracts/diagnostics.ts';
import { asSentence, sentences } from '../protocol/contracts/sentences.ts';
import { type Asked, failures } from './asked.ts';

/** What the gateway says about a failure: a code of its catalogue, what happened, and what to do. */
export interface Fault {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  /** Field of the input at fault, such as `input.objects.databases.0.name`. */
  readonly field?: string | undefined;
  /** Scope that the token lacks. */
  readonly scope?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  /** Of an answer that was none of a GraphQL service. */
  readonly httpStatus?: number | undefined;
}

/** The request that failed. */
export interface AskedRequest {
  readonly requestId: string;
  /** The object that it was about, such as `Task: 01m80hejdf81ghq1pk6zmavm1x.` */
  readonly about?: string | undefined;
  /** Whether it was sent before, and that attempt may have been carried out. */
  readonly mayBeDone?: boolean;
  readonly cause?: unknown;
}

/** A request that the gateway refused or could not answer, told as it will be read. */
export class GatewayError extends ProviderError {
  readonly fault: Fault;
  /** Names the request in the logs of both sides. */
  readonly requestId: string;
  /** Whether it may have been carried out all the same, or may be yet. */
  readonly mayBeDone: boolean;

  constructor(operation: Asked, fault: Fault, request: AskedRequest) {
    super({
      code: fault.code,
      summary: summaryOf(operation, fault),
      detail: detailOf(fault, request),
      cause: request.cause,
    });
    this.name = 'GatewayError';
    this.fault = fault;
    this.requestId = request.requestId;
    this.mayBeDone = request.mayBeDone === true || leavesOpen(fault);
  }
}

const summaries: Readonly<Record<string, string>> = {
  UNREACHABLE: 'The OpenDTS service cannot be reached',
  UNTRUSTED_CERTIFICATE: 'The certificate of the OpenDTS service is not trusted',
  UNAUTHENTICATED: 'The OpenDTS service does not accept the token',
  FORBIDDEN: 'The API token does not allow this',
  RATE_LIMITED: 'The OpenDTS service got too many requests',
  DEADLINE_EXCEEDED: 'The OpenDTS service did not answer in time',
};

/** Fields that name an endpoint, and nothing else. */
const ofEndpoint: ReadonlySet<string | undefined> = new Set(['input.sourceId', 'input.targetId']);

const summaryOf = (operation: Asked, { code, field }: Fault): string =>
  code === 'NOT_FOUND' && ofEndpoint.has(field)
    ? 'There is no such endpoint'
    : (summaries[code] ?? failures[operation]);

/** Whether the connection to the service or the token is at fault, whatever was asked. */
export const isOfService = ({ code }: GatewayError): boolean => code in summaries;

function detailOf(
  { code, message, remedy, field, scope }: Fault,
  { about, requestId }: AskedRequest,
): string {
  const facts = [
    scope === undefined ? asSentence(message) : `The token lacks the scope "${scope}".`,
    // That of the service is for those who send requests.
    code === 'INVALID_INPUT' && field !== undefined ? 'Correct it and apply again.' : remedy,
    field === undefined ? '' : `Field: ${field}.`,
    sentences(about, `Code: ${code}.`, `Request: ${requestId}.`),
  ];
  return facts.filter((fact) => fact !== '').join('\n\n');
}

export function hasCode(error: unknown, ...codes: readonly string[]): error is GatewayError {
  return error instanceof GatewayError && codes.includes(error.fault.code);
}

const open: ReadonlySet<string> = new Set([
  'UNREACHABLE',
  'DEADLINE_EXCEEDED',
  'SHUTTING_DOWN',
  'INTERRUPTED',
  'INTERNAL',
]);

/** Whether the attempt that ended so may have been carried out. */
export const leavesOpen = ({ code }: Fault): boolean => open.has(code);

/** Whether the service is known to have done nothing. */
export const isRefusal = (error: unknown): boolean => error instanceof GatewayError && !error.mayBeDone;
