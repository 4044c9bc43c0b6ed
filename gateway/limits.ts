/**
 * What one request may ask for. `complexity` is the documented limit; the others only stop hostile documents before
 * they are worth computing it for.
 */
export const limits = {
  /** Fields of the answer, lists counted at the size that was asked for. */
  complexity: 10_000,
  /** Nesting, inline fragments counted. */
  depth: 16,
  aliases: 30,
  tokens: 2000,
  directives: 20,
  /** Largest page of a connection. */
  pageSize: 100,
  /** Live streams that one token may hold. */
  streamsPerToken: 32,
} as const;
