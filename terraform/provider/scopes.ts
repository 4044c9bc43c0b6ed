/** What a token can allow. */
export const scopes = ['read', 'write', 'operate', 'admin'] as const;

/** What is wrong with the scopes of a token; undefined when they are well. */
export function checkScopes(given: readonly (string | null)[]): string | undefined {
  if (given.length === 0) return 'A token needs at least one scope.';
  const wrong = given.find((scope) => !scopes.some((known) => known === scope));
  if (wrong === undefined) return undefined;
  const what = wrong === null ? 'A scope is null' : `"${wrong}" is no scope`;
  return `${what}: there are ${scopes.join(', ')}.`;
}
