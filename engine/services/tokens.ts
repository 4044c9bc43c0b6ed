import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import {
  type ApiToken,
  type Claim,
  type Page,
  type PageRequest,
  type Scope,
  scopes,
  type Tokens,
} from '../engine.ts';
import type { Store } from '../store/store.ts';
import type { StoredToken } from '../store/tokens.ts';
import { invalid, notFound } from './refusals.ts';
import { validateName } from './validate.ts';

const SECRET_BYTES = 32;
const SECRET_START = 'odts_';
const PREFIX_CHARACTERS = SECRET_START.length + 6;
/** A use is written at most this often: each write is a sync of the disk. */
const USE_WRITE_MILLIS = 60_000;

export class TokenService implements Tokens {
  readonly #store: Store;
  readonly #clock: Clock;

  constructor(options: { store: Store; clock: Clock }) {
    this.#store = options.store;
    this.#clock = options.clock;
  }

  create(input: Claim & { name: string; scopes: readonly Scope[]; expiresAt?: number | undefined }): {
    token: ApiToken;
    secret: string;
  } {
    validateName(input.name, 'input.name');
    if (input.scopes.length === 0) throw invalid('input.scopes', 'A token needs a scope');
    if (input.scopes.some((scope) => !scopes.includes(scope))) throw invalid('input.scopes', 'Unknown scope');
    if (new Set(input.scopes).size !== input.scopes.length)
      throw invalid('input.scopes', 'A scope is named twice');
    const now = this.#clock.now();
    if (input.expiresAt !== undefined && !(input.expiresAt > now)) {
      throw invalid('input.expiresAt', 'The token would have expired already');
    }
    const secret = SECRET_START + randomBytes(SECRET_BYTES).toString('base64url');
    const token: ApiToken = {
      id: this.#store.newId(),
      name: input.name,
      prefix: secret.slice(0, PREFIX_CHARACTERS),
      scopes: input.scopes,
      createdAt: now,
      expiresAt: input.expiresAt,
      claimed: input.claimed ?? true,
    };
    this.#store.tokens.insert(token, hashOf(secret));
    return { token, secret };
  }

  claim(id: string): ApiToken {
    this.#store.tokens.claim(id);
    return this.#require(id);
  }

  revoke(id: string): ApiToken {
    this.#store.tokens.revoke(id, this.#clock.now());
    return this.#require(id);
  }

  get(id: string): ApiToken | undefined {
    const token = this.#store.tokens.get(id);
    return token && tokenOf(token);
  }

  list(page: PageRequest): Page<ApiToken> {
    const { items, hasMore } = this.#store.tokens.list(page);
    return { items: items.map(tokenOf), hasMore };
  }

  /** Found by the hash of 256 random bits: the time of the look-up tells nothing that leads to another secret. */
  authenticate(secret: string): ApiToken | undefined {
    const token = this.#store.tokens.byHash(hashOf(secret));
    const now = this.#clock.now();
    if (token === undefined || token.revokedAt !== undefined) return undefined;
    if (token.expiresAt !== undefined && token.expiresAt <= now) return undefined;
    if (now - (token.lastUsedAt ?? 0) >= USE_WRITE_MILLIS) this.#store.tokens.used(token.id, now);
    return tokenOf(token);
  }

  #require(id: string): ApiToken {
    const token = this.get(id);
    if (token === undefined) throw notFound('token', id);
    return token;
  }
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

function tokenOf(token: StoredToken): ApiToken {
  return { ...token, scopes: token.scopes as readonly Scope[] };
}
