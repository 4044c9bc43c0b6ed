/** What a token can allow. */
export const scopes = ['read', 'write', 'operate', 'admin'] as const;

export function checkScope(scope: string): string | undefined {
  return scopes.some((known) => known === scope)
    ? undefined
    : `"${scope}" is no scope: there are ${scopes.join(', ')}.`;
}
