import type { CallContext, ClientContext, Logger } from '../contracts/context.ts';
import { ProviderError } from '../contracts/diagnostics.ts';
import type { Provider } from '../contracts/provider.ts';
import type { Attributes } from '../schema/attribute.ts';
import type { Diagnostic } from '../wire/descriptions.ts';
import { Findings, findingOf } from './findings.ts';
import { OpenLeases } from './open-leases.ts';

/** The CLI waits for a provider that cleans up after an interrupt, but its user does not wait for long. */
const CLOSING_MILLIS = 10_000;

/** What the calls of one run of the CLI share: the provider, its client once it is configured, the wish to stop. */
export class Session<C> {
  readonly provider: Provider<C>;
  readonly logger: Logger;
  /** What was opened for a run and is not closed yet. */
  readonly leases = new OpenLeases<C>();
  #stop = new AbortController();
  #client: C | undefined;

  constructor(provider: Provider<C>, logger: Logger) {
    this.provider = provider;
    this.logger = logger;
  }

  /** Begins a run; a process that serves several runs forgets that the last one was stopped. */
  configured(client: C | undefined): void {
    if (this.#stop.signal.aborted) this.#stop = new AbortController();
    this.#client = client;
  }

  stop(): void {
    this.#stop.abort(
      new ProviderError({
        code: 'INTERRUPTED',
        summary: 'Interrupted',
        detail: 'The run was interrupted before this was done. Run it again to go on.',
      }),
    );
  }

  /** Undefined while the provider's configuration is not known. */
  get client(): C | undefined {
    return this.#client;
  }

  call(diagnostics: Findings, scope: string): CallContext {
    return { diagnostics, logger: scoped(this.logger, scope), signal: this.#stop.signal };
  }

  /** @throws ProviderError while the provider's configuration is not known. */
  clientCall(diagnostics: Findings, scope: string): ClientContext<C> {
    return { ...this.call(diagnostics, scope), client: this.#known() };
  }

  /** As clientCall, for what is cleaned up also after an interrupt: it has a short time of its own. @throws ProviderError */
  closingCall(diagnostics: Findings, scope: string): ClientContext<C> {
    return { ...this.clientCall(diagnostics, scope), signal: AbortSignal.timeout(CLOSING_MILLIS) };
  }

  #known(): C {
    if (this.#client !== undefined) return this.#client;
    throw new ProviderError({
      code: 'PROVIDER_NOT_CONFIGURED',
      summary: 'The provider is not configured yet',
      detail: `An attribute of provider "${this.provider.name}" depends on an object that does not exist yet. Apply that object first, with -target, or give the attribute as a variable.`,
    });
  }
}

/** What a call gives the CLI, when it does not give all. */
export interface Answer {
  diagnostics?: Diagnostic[];
}

/**
 * Runs a call and adds what it found to its answer. An error thrown in it becomes a finding, and the answer is
 * what `otherwise` gives.
 */
export async function answer<R extends object>(options: {
  readonly attributes: Attributes;
  readonly doing: string;
  readonly logger: Logger;
  readonly run: (findings: Findings) => R | Promise<R>;
  readonly otherwise?: (findings: Findings, error: unknown) => R;
}): Promise<R & { readonly diagnostics: Diagnostic[] }> {
  const findings = new Findings(options.attributes);
  const result = await attempt(options, findings);
  return { ...result, diagnostics: findings.wire() };
}

async function attempt<R extends object>(
  { doing, logger, run, otherwise }: Parameters<typeof answer<R>>[0],
  findings: Findings,
): Promise<R> {
  try {
    return await run(findings);
  } catch (error) {
    if (otherwise !== undefined) return otherwise(findings, error);
    findings.error(findingOf(error, doing, logger));
    return {} as R;
  }
}

function scoped(logger: Logger, scope: string): Logger {
  const withScope = (level: keyof Logger) => (message: string, fields?: object) =>
    logger[level](message, { ...fields, scope });
  return {
    trace: withScope('trace'),
    debug: withScope('debug'),
    info: withScope('info'),
    warn: withScope('warn'),
    error: withScope('error'),
  };
}
