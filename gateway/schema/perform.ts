import { scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { DtsError } from '../../engine/index.ts';
import type { Context } from '../context.ts';
import { refusalOf } from './errors.ts';

interface Performance<T> {
  /** Name of the mutation. */
  readonly operation: string;
  readonly input: { readonly idempotencyKey?: string | null | undefined };
  /** The object that is changed, as it was before; absent when it is created. */
  readonly before?: { readonly id: string; readonly version?: number } | undefined;
  /** Synchronous where it can be: then its result and its idempotency record are one store transaction. */
  work(): T | Promise<T>;
  /** The object after the change, for the audit log. */
  after(result: T): { readonly id: string; readonly version?: number };
}

/**
 * Runs a mutation: once per idempotency key, with a row in the audit log whatever its outcome. An expected refusal is
 * thrown as a Refusal, which becomes a member of the result union.
 */
export async function perform<T>(
  ctx: Context,
  { operation, input, before, work, after }: Performance<T>,
): Promise<T> {
  const { engine, actor } = ctx;
  const audit = (entry: {
    outcome: 'OK' | 'REFUSED' | 'FAILED';
    objectId?: string;
    code?: string;
    versionAfter?: number;
  }) =>
    engine.audit.record({
      at: Date.now(),
      actor: actor.id,
      operation,
      objectId: before?.id,
      versionBefore: before?.version,
      ...entry,
    });
  try {
    const { idempotencyKey: key, ...request } = input;
    const result = await (key == null
      ? work()
      : engine.idempotency.run(
          {
            ...{ actor: actor.id, mutation: operation, key },
            request: await requestOf(request, `${actor.id} ${operation} ${key}`),
          },
          work,
        ));
    const { id, version } = after(result);
    audit({ outcome: 'OK', objectId: id, ...(version === undefined ? {} : { versionAfter: version }) });
    return result;
  } catch (error) {
    const code = error instanceof DtsError ? error.code : 'INTERNAL';
    audit({ outcome: code === 'INTERNAL' ? 'FAILED' : 'REFUSED', code });
    throw refusalOf(error);
  }
}

const derive = promisify<string, string, number, Buffer>(scrypt);

/**
 * The input as the idempotency record knows it. The record keeps a hash, and a hash of a weak password can be undone
 * by trying; so the password is made expensive to try first.
 */
async function requestOf(input: object, salt: string): Promise<string> {
  if (!('password' in input) || typeof input.password !== 'string') return canonical(input);
  const password = await derive(input.password, salt, 32);
  return canonical({ ...input, password: password.toString('base64') });
}

/** The same text for the same input, whatever the order of its fields; absent and null are one. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    const entries = Object.entries(part).filter(([, item]) => item !== null && item !== undefined);
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** GraphQL's null and absent are both "not given". */
export function given<T extends object>(values: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value != null)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}
