import { type ApiToken, DtsError } from '../engine/index.ts';
import { limits } from './limits.ts';

/** Open subscriptions, so that a drain, a revoked token or an expiry ends them. */
export class LiveStreams {
  readonly #byToken = new Map<string, Set<AbortController>>();
  #draining = false;

  get count(): number {
    let count = 0;
    for (const streams of this.#byToken.values()) count += streams.size;
    return count;
  }

  /**
   * Runs `follow` with a signal that aborts when the client leaves, the token ends or the service drains;
   * the stream then completes.
   */
  async *run<T>(
    actor: ApiToken,
    client: AbortSignal,
    now: number,
    follow: (signal: AbortSignal) => AsyncIterable<T>,
  ): AsyncGenerator<T> {
    if (this.#draining) throw new DtsError('SHUTTING_DOWN', 'The service is shutting down.');
    const streams = this.#byToken.get(actor.id) ?? new Set();
    if (streams.size >= limits.streamsPerToken) {
      throw new DtsError('LIMIT_EXCEEDED', `The token already holds ${limits.streamsPerToken} live streams.`);
    }
    const own = new AbortController();
    const expiry = expiryTimer(actor, now, own);
    streams.add(own);
    this.#byToken.set(actor.id, streams);
    try {
      yield* follow(AbortSignal.any([own.signal, client]));
    } finally {
      clearTimeout(expiry);
      streams.delete(own);
      if (streams.size === 0) this.#byToken.delete(actor.id);
    }
  }

  /** Ends the streams of a token that was revoked. */
  end(tokenId: string): void {
    for (const stream of this.#byToken.get(tokenId) ?? []) stream.abort();
  }

  /** Ends all streams and accepts no more. */
  drain(): void {
    this.#draining = true;
    for (const tokenId of this.#byToken.keys()) this.end(tokenId);
  }
}

/** The longest delay that a timer can hold; a later expiry is left to the next connection of the client. */
const longestTimer = 2 ** 31 - 1;

function expiryTimer(actor: ApiToken, now: number, stream: AbortController): NodeJS.Timeout | undefined {
  if (actor.expiresAt === undefined || actor.expiresAt - now > longestTimer) return undefined;
  return setTimeout(() => stream.abort(), actor.expiresAt - now).unref();
}
