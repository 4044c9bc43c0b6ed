import { ProviderError } from '../protocol/contracts/diagnostics.ts';

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
}

/** A request that the gateway refused or could not answer, told as it will be read. */
export class GatewayError extends ProviderError {
  readonly fault: Fault;
  /** Names the request in the logs of both sides. */
  readonly requestId: string;

  constructor(operation: string, fault: Fault, requestId: string, cause?: unknown) {
    super({
      code: fault.code,
      summary: summaryOf(operation, fault),
      detail: detailOf(fault, requestId),
      cause,
    });
    this.name = 'GatewayError';
    this.fault = fault;
    this.requestId = requestId;
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

const summaryOf = (operation: string, { code }: Fault): string =>
  summaries[code] ?? `${operation} was refused (${code})`;

function detailOf({ code, message, remedy, field, scope }: Fault, requestId: string): string {
  const facts = [
    message,
    remedy,
    scope === undefined ? '' : `The token lacks the scope "${scope}".`,
    field === undefined ? '' : `Field: ${field}.`,
    `Code: ${code}. Request: ${requestId}.`,
  ];
  return facts.filter((fact) => fact !== '').join('\n\n');
}

export function hasCode(error: unknown, ...codes: readonly string[]): error is GatewayError {
  return error instanceof GatewayError && codes.includes(error.fault.code);
}
