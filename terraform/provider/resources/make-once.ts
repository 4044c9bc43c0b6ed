import type { Connection } from '../connection.ts';
import { hasCode, isRefusal } from '../gateway/gateway-error.ts';
import type { ResourceContext } from '../protocol/contracts/context.ts';
import { ProviderError } from '../protocol/contracts/diagnostics.ts';
import { adopted, type Named, type Namesakes, taken } from './names.ts';

/** An object to be made under a name that no other has. */
export interface Making<T> extends Namesakes<T> {
  /** Asked of what is there already. */
  readonly isWanted: (object: T) => boolean | Promise<boolean>;
  /** Asks the service for it. A repeat under the same key gets the first answer. */
  readonly send: (key: string) => Promise<T>;
  /** Removes one that nobody knows of yet; that it is gone is success. */
  readonly undo: (id: string) => Promise<void>;
}

/** For how long a name is waited for: what the same apply deletes may be deleted a moment later, because the CLI does both at once. */
export const PATIENCE_MILLIS = 2000;
export const PAUSE_MILLIS = 200;

type Context = ResourceContext<Connection>;

/**
 * Makes an object, or goes on with the one that an apply has made in this working directory which died before its id was kept. Its
 * request is noted before it is sent, so that it can be sent again: the answer tells which object is its own, surely. Killed at any
 * instant and run again it ends with one. @throws ProviderError NAME_TAKEN
 */
export function makeOnce<T extends Named>(making: Making<T>, context: Context): Promise<T> {
  return inTurn(making, context, async () => {
    const left = await leftBehind(making, context);
    if (left !== undefined) return left;
    const made = await ask(making, context);
    context.client.ownership.hold(made.id);
    return made;
  });
}

type Titled = Pick<Namesakes<never>, 'what' | 'name'>;

/** Does it while neither this process nor another provider block gives the name to anything else. */
export function inTurn<R>(titled: Titled, context: Context, work: () => Promise<R>): Promise<R> {
  const { what, name } = titled;
  return context.client.ownership.inTurn(`${what} ${name}`, () => alone(titled, context, work));
}

async function alone<R>(
  { what, name }: Titled,
  { client: { gateway, journal }, signal }: Context,
  work: () => Promise<R>,
): Promise<R> {
  while (!journal.take(what, name)) {
    await gateway.clock.sleep(PAUSE_MILLIS, signal);
    signal.throwIfAborted();
  }
  try {
    return await work();
  } finally {
    journal.release(what, name);
  }
}

/**
 * The object that was left behind: nobody has claimed it, the journal has it, it is what is wanted, and the law of Ownership allows it.
 * Undefined when nothing has the name. While this process deletes anything, the name may get free: that is waited for.
 */
async function leftBehind<T extends Named>(making: Making<T>, context: Context): Promise<T | undefined> {
  const { what } = making;
  const { client, signal, diagnostics } = context;
  const { gateway, ownership, journal } = client;
  const { clock } = gateway;
  for (let deadline = clock.now() + PATIENCE_MILLIS; ; ) {
    const found = await making.find();
    const candidates: T[] = [];
    for (const each of found) if (!each.claimed && (await making.isWanted(each))) candidates.push(each);
    if (candidates.length > 0) await findAnswer(making, found, context);
    const own = candidates.find((each) => journal.isOwn(what, each));
    if (own !== undefined && ownership.adopt(own.id)) {
      journal.adopt(what, own);
      diagnostics.warning(adopted(making, own));
      return own;
    }
    const [other] = found;
    if (other === undefined) return undefined;
    if (ownership.isRemoving) deadline = clock.now() + PATIENCE_MILLIS;
    if (clock.now() >= deadline)
      throw new ProviderError({ code: 'NAME_TAKEN', ...taken(making, other), path: ['name'] });
    await clock.sleep(PAUSE_MILLIS, signal);
    signal.throwIfAborted();
  }
}

/**
 * Learns which of those that have the name came of a request to which no answer came, by sending it again. If none did, it is made only
 * now, beside others that have its name: then it is taken back.
 */
async function findAnswer<T extends Named>(
  { what, name, ...making }: Making<T>,
  found: readonly T[],
  { client: { journal } }: Context,
): Promise<void> {
  const key = journal.unanswered(what, name);
  if (key === undefined) return;
  const answered = await making.send(key).catch((error) => {
    if (hasCode(error, 'IDEMPOTENCY_CONFLICT')) return undefined; // another content was asked for
    throw error;
  });
  if (answered !== undefined && found.some(({ id }) => id === answered.id)) {
    journal.made(what, name, answered.id);
    return;
  }
  const isNew = (each: T) => each.id === answered?.id && !each.claimed;
  for (const { id } of (await making.find()).filter(isNew)) await making.undo(id);
  journal.drop(what, name);
}

/** Asks for the object, where nothing has its name. */
async function ask<T extends Named>(making: Making<T>, context: Context): Promise<T> {
  const { what, name } = making;
  const { journal } = context.client;
  const before = journal.unanswered(what, name);
  const { key } = journal.begin(what, name, before);
  try {
    const made = await making.send(key);
    // What a repeat tells of may be gone since.
    if (before === undefined || (await making.find()).some(({ id }) => id === made.id)) {
      journal.made(what, name, made.id);
      return made;
    }
  } catch (error) {
    if (before === undefined || !hasCode(error, 'IDEMPOTENCY_CONFLICT')) {
      // A refusal of a repeat says nothing about the first.
      if (before === undefined && isRefusal(error)) journal.drop(what, name);
      throw error;
    }
  }
  journal.drop(what, name);
  return await ask(making, context);
}
