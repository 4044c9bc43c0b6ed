import { ProviderError } from '../contracts/diagnostics.ts';

/** The object of that name. @throws ProviderError: the CLI asks for one that the schema does not list. */
export function member<T>(objects: { readonly [name: string]: T }, name: string, kind: string): T {
  const found = Object.hasOwn(objects, name) ? objects[name] : undefined;
  if (found !== undefined) return found;
  throw new ProviderError({
    code: 'UNKNOWN_TYPE',
    summary: `There is no ${kind} "${name}"`,
    detail: `This version of the provider has no ${kind} of that name. Check the spelling, or update the provider.`,
  });
}
