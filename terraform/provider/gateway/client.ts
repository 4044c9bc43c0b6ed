import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../protocol/contracts/context.ts';
import type { Asked } from './asked.ts';
import { type Fault, GatewayError, leavesOpen } from './gateway-error.ts';
import { send, type TransportOptions } from './transport.ts';

export interface ClientOptions extends TransportOptions {
  /** For how long failures that go by themselves are retried, milliseconds, once the gateway has answered at all. */
  readonly retryMillis: number;
  readonly logger: Logger;
  readonly clock?: Clock | undefined;
}

interface Answer<T> {
  readonly data: T;
  readonly requestId: string;
  /** Whether an attempt before it may have been carried out. */
  readonly mayBeDone: boolean;
}

interface Question {
  readonly variables: object;
  readonly signal: AbortSignal | undefined;
  readonly about?: string | undefined;
}

/** Time, so that tests can move it. */
export interface Clock {
  now(): number;
  sleep(millis: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: (millis, signal) => delay(millis, undefined, signal === undefined ? {} : { signal }).catch(() => {}),
};

/** A gateway that was never heard of is given up after this long: most likely its address is wrong. */
const FIRST_CONTACT_MILLIS = 3000;
const FIRST_PAUSE_MILLIS = 200;
const LONGEST_PAUSE_MILLIS = 5000;

/**
 * Asks the gateway. Failures that go by themselves are retried, mutations under one idempotency key, so that a lost answer changes
 * nothing twice. Rejects with GatewayError alone.
 */
export class GatewayClient {
  readonly #options: ClientOptions;
  readonly #clock: Clock;
  #heard = false;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  get clock(): Clock {
    return this.#clock;
  }

  /** The data of a query. `operation` names it in failures. */
  async query<T>(
    operation: Asked,
    document: string,
    variables: object = {},
    signal?: AbortSignal,
  ): Promise<T> {
    return (await this.#ask<T>(operation, document, { variables, signal })).data;
  }

  async #ask<T>(
    operation: Asked,
    document: string,
    { variables, signal, about }: Question,
  ): Promise<Answer<T>> {
    const requestId = randomUUID();
    let mayBeDone = false;
    const startedAt = this.#clock.now();
    for (let attempt = 0; ; attempt++) {
      const isFirst = !this.#heard;
      const outcome = await send(this.#options, { document, variables, requestId, isFirst, signal });
      if ('data' in outcome) {
        this.#heard = true;
        const ms = this.#clock.now() - startedAt;
        this.#options.logger.debug('The service has answered', { operation, requestId, ms });
        return { data: outcome.data as T, requestId, mayBeDone };
      }
      const { fault } = outcome;
      if (fault.code !== 'UNREACHABLE' && fault.code !== 'INTERRUPTED') this.#heard = true;
      const window = this.#heard
        ? this.#options.retryMillis
        : Math.min(FIRST_CONTACT_MILLIS, this.#options.retryMillis);
      const pause = fault.retryAfterMs ?? Math.min(FIRST_PAUSE_MILLIS * 2 ** attempt, LONGEST_PAUSE_MILLIS);
      const over = this.#clock.now() + pause - startedAt > window;
      if (!outcome.passing || over || signal?.aborted) {
        throw new GatewayError(operation, fault, { requestId, about, mayBeDone, cause: outcome.cause });
      }
      mayBeDone ||= leavesOpen(fault);
      this.#options.logger.warn('The service did not answer: trying again', {
        operation,
        requestId,
        code: fault.code,
        attempt,
      });
      await this.#clock.sleep(pause, signal);
    }
  }

  /**
   * Runs the mutation `operation`, whose result is a union of `result` and refusals; gives `fields` of the result.
   * `input` gets an idempotency key of its own. A refusal rejects with GatewayError of its code.
   */
  async mutate<T>(
    operation: Asked,
    given: {
      readonly input: object;
      readonly inputType: string;
      readonly result: string;
      readonly fields: string;
      /** Selections on refusals beside code, message and remedy. */
      readonly refusals?: string;
      /** The object that is changed, as failures name it. */
      readonly about?: string | undefined;
      /** Of a request that may have been sent before; by default a new one. */
      readonly idempotencyKey?: string | undefined;
      readonly signal?: AbortSignal | undefined;
    },
  ): Promise<T> {
    const { idempotencyKey = randomUUID() } = given;
    const { input, inputType, result, fields, refusals = '', about, signal } = given;
    const document = `mutation ${operation}($input: ${inputType}!) {
      ${operation}(input: $input) {
        __typename
        ... on ${result} { ${fields} }
        ${refusals}
        ... on Error { code message remedy }
      }
    }`;
    const variables = { input: { ...input, idempotencyKey } };
    const { data, requestId, mayBeDone } = await this.#ask<
      Record<string, (T | Fault) & { __typename: string }>
    >(operation, document, { variables, signal, about });
    const answer = data[operation];
    if (answer === undefined) throw new TypeError(`${operation} answered with nothing`);
    if (answer.__typename !== result) {
      const { code, message, remedy, field } = answer as Fault;
      const fault = { code, message, remedy, field: field ?? undefined };
      throw new GatewayError(operation, fault, { requestId, about, mayBeDone });
    }
    return answer as T;
  }
}
