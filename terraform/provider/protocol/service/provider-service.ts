import { type Provider as Methods, Severity } from '../wire/descriptions.ts';
import { changeCalls } from './changes.ts';
import { dataSourceCalls } from './data-sources.ts';
import { ephemeralResourceCalls } from './ephemeral-resources.ts';
import { findingOf } from './findings.ts';
import { functionCalls } from './functions.ts';
import { metadataCalls } from './metadata.ts';
import { providerBlockCalls } from './provider-block.ts';
import { resourceCalls } from './resources.ts';
import type { Session } from './session.ts';

/** Answers a request of one method. Never rejects: what goes wrong is a diagnostic of the answer. */
export type Call = (request: never) => Promise<object>;

/** All calls of the protocol's service by their names. */
export function providerService<C>(session: Session<C>): { readonly [method in keyof typeof Methods]: Call } {
  const calls = {
    ...metadataCalls(session),
    ...providerBlockCalls(session),
    ...resourceCalls(session),
    ...changeCalls(session),
    ...dataSourceCalls(session),
    ...ephemeralResourceCalls(session),
    ...functionCalls(session),
  };
  const safe = ([name, call]: readonly [string, Call]) =>
    [name, withDiagnostic(session, name, call)] as const;
  return Object.fromEntries(Object.entries(calls).map(safe)) as typeof calls;
}

/** What fails outside the resource's own methods, such as reading the request, is told too. */
function withDiagnostic<C>({ logger }: Session<C>, name: string, call: Call): Call {
  return async (request) => {
    const started = performance.now();
    try {
      return await call(request);
    } catch (error) {
      const { summary, detail } = findingOf(error, `answering ${name}`, logger);
      return { diagnostics: [{ severity: Severity.ERROR, summary, detail }] };
    } finally {
      logger.trace(`Answered ${name}`, { ms: Math.round(performance.now() - started) });
    }
  };
}
