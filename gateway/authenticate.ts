import { type ApiToken, DtsError, type Tokens } from '../engine/index.ts';

/** The token of a request. UNAUTHENTICATED for none, a wrong, an expired or a revoked one, all with one message. */
export function authenticate(tokens: Tokens, authorization: string | null | undefined): ApiToken {
  const secret = /^Bearer ([\w.~+/=-]{1,256})$/i.exec(authorization ?? '')?.[1];
  const token = secret === undefined ? undefined : tokens.authenticate(secret);
  if (token === undefined) throw new DtsError('UNAUTHENTICATED', 'The request carries no valid API token.');
  return token;
}
