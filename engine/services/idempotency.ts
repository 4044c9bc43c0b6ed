import { createHash } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import { DtsError } from '../core/errors.ts';
import type { Idempotency } from '../engine.ts';
import type { Store } from '../store/store.ts';

const KEEP_MILLIS = 24 * 3600 * 1000;

interface Identity {
  readonly actor: string;
  readonly mutation: string;
  readonly key: string;
  readonly request: string;
}

export class IdempotencyService implements Idempotency {
  readonly #store: Store;
  readonly #clock: Clock;
  /** Work that has begun and not ended, with the hash of its request. */
  readonly #running = new Map<string, { requestHash: Buffer; result: Promise<unknown> }>();

  constructor(options: { store: Store; clock: Clock }) {
    this.#store = options.store;
    this.#clock = options.clock;
  }

  async run<T>(identity: Identity, work: () => T | Promise<T>): Promise<T> {
    const requestHash = createHash('sha256').update(identity.request).digest();
    const name = JSON.stringify([identity.actor, identity.mutation, identity.key]);
    const running = this.#running.get(name);
    if (running !== undefined) {
      requireSame(running.requestHash, requestHash, identity);
      return (await running.result) as T;
    }
    const stored = this.#store.idempotency.find(identity, this.#clock.now());
    if (stored !== undefined) {
      requireSame(stored.requestHash, requestHash, identity);
      return (JSON.parse(stored.result) as { value: T }).value;
    }
    const result = this.#begin(identity, requestHash, work);
    if (!(result instanceof Promise)) return result;
    this.#running.set(name, { requestHash, result });
    try {
      return await result;
    } finally {
      this.#running.delete(name);
    }
  }

  /** What `work` does before its first wait is one store transaction; with its result, when it waits for nothing. */
  #begin<T>(identity: Identity, requestHash: Buffer, work: () => T | Promise<T>): T | Promise<T> {
    const save = (value: T): T => {
      const now = this.#clock.now();
      const result = JSON.stringify({ value });
      this.#store.idempotency.save(identity, { requestHash, result, expiresAt: now + KEEP_MILLIS }, now);
      return value;
    };
    return this.#store.transaction(() => {
      const result = work();
      return result instanceof Promise ? result.then(save) : save(result);
    });
  }
}

function requireSame(a: Uint8Array, b: Uint8Array, identity: Identity): void {
  if (Buffer.compare(a, b) === 0) return;
  throw new DtsError('IDEMPOTENCY_CONFLICT', `The key was used for another ${identity.mutation}`, {
    details: { field: 'input.idempotencyKey' },
  });
}
