import type { Connection } from '../connection.ts';
import type { Made } from '../journal.ts';
import type { PlanContext, ResourceContext } from '../protocol/contracts/context.ts';
import { type Finding, ProviderError } from '../protocol/contracts/diagnostics.ts';

/** Objects of a kind that have one name; the service lets names repeat, the provider does not make a second one. */
export interface Namesakes<T> {
  readonly what: 'endpoint' | 'task';
  readonly name: string;
  readonly find: () => Promise<readonly T[]>;
  /** Completes "import it with". */
  readonly importId: (object: T) => string;
}

interface Named extends Made {
  readonly claimed: boolean;
}

/** For how long a name is waited for: what the same apply deletes may be deleted a moment later, because the CLI does both at once. */
const PATIENCE_MILLIS = 2000;
const PAUSE_MILLIS = 200;

/**
 * The object that an apply has made which died before its id was kept: nobody has claimed it, the journal of this working directory has
 * it, it is what is wanted, and the law of Ownership allows it. What another state has made a moment ago is not in the journal.
 * Undefined when nothing has the name. While this process deletes anything, the name may get free: that is waited for.
 * Runs in the turn of the name. @throws ProviderError NAME_TAKEN
 */
export async function leftBehind<T extends Named>(
  namesakes: Namesakes<T>,
  isWanted: (object: T) => boolean | Promise<boolean>,
  { client: { gateway, ownership, journal }, signal, diagnostics }: ResourceContext<Connection>,
): Promise<T | undefined> {
  const { clock } = gateway;
  for (let deadline = clock.now() + PATIENCE_MILLIS; ; ) {
    const found = await namesakes.find();
    for (const each of found) {
      if (each.claimed || !journal.isOwn(namesakes.what, each) || !(await isWanted(each))) continue;
      if (!ownership.adopt(each.id)) continue;
      diagnostics.warning(adopted(namesakes, each));
      return each;
    }
    const [other] = found;
    if (other === undefined) return undefined;
    if (ownership.isRemoving) deadline = clock.now() + PATIENCE_MILLIS;
    if (clock.now() >= deadline)
      throw new ProviderError({ code: 'NAME_TAKEN', ...taken(namesakes, other), path: ['name'] });
    await clock.sleep(PAUSE_MILLIS, signal);
    signal.throwIfAborted();
  }
}

/**
 * Warns at the plan of a create that its name is taken; gives whether what has it may be left behind, so that the apply goes on with it.
 *
 * Never an error, because no plan can be sure: what has the name may be what this plan destroys, at an address that is planned later
 * or by another provider block; and of a replacement the provider sees the new object as any other. A state that holds the other
 * object tells nothing either: with create_before_destroy the name is taken, without it is free by then.
 */
export async function foresee<T extends Named>(
  namesakes: Namesakes<T>,
  mayBeLeft: (object: T) => boolean,
  { client, diagnostics }: PlanContext<Connection>,
): Promise<boolean> {
  if (client === undefined) return false;
  const { what, name } = namesakes;
  if (client.ownership.plans('create', `${what} ${name}`)) diagnostics.warning(renamed(namesakes));
  const found = await namesakes.find();
  const strange = found.filter(({ id }) => client.ownership.standing(id) === undefined);
  const isLeft = (each: T) => !each.claimed && client.journal.isOwn(what, each) && mayBeLeft(each);
  const other = strange.find((each) => !isLeft(each));
  if (other !== undefined) {
    const { summary, detail } = taken(namesakes, other);
    const unless = `The apply will refuse it, unless the ${what} is destroyed before.`;
    diagnostics.warning({ summary, detail: `${unless} ${detail}`, path: ['name'] });
  }
  return strange.some(isLeft);
}

/** To be called when a destroy is planned: warns when the same plan makes another object of the name. */
export function foreseeDestroy(
  what: Namesakes<never>['what'],
  { id, name }: { readonly id: string; readonly name: string },
  { client, diagnostics }: PlanContext<Connection>,
): void {
  client?.ownership.hold(id);
  if (client?.ownership.plans('destroy', `${what} ${name}`)) diagnostics.warning(renamed({ what, name }));
}

/** Deletes an object by `work`, unless this apply has given it to another address. */
export async function remove(
  what: Namesakes<never>['what'],
  { id, name }: { readonly id: string; readonly name: string },
  { client, diagnostics }: ResourceContext<Connection>,
  work: () => Promise<void>,
): Promise<void> {
  if (await client.ownership.remove(id, work)) return;
  diagnostics.warning({
    summary: `The ${what} "${name}" stays: it is managed at another address now`,
    detail: `Another block asks for the same, and this apply has given ${id} to it: the block was renamed, and that worked as a move. Nothing was destroyed. Next time tell it by a "moved" block.`,
  });
}

type Titled = Pick<Namesakes<never>, 'what' | 'name'>;

const adopted = ({ what, name }: Titled, { id }: Named): Finding => ({
  summary: `The ${what} "${name}" was there already`,
  detail: `An apply that was cut off has made it: it is managed from now on as ${id}. Nothing is done twice.`,
});

function taken<T extends Named>({ what, name, importId }: Namesakes<T>, other: T): Finding {
  return {
    summary: `Another ${what} has the name "${name}"`,
    detail: `It is ${other.id}, ${other.claimed ? 'which somebody manages' : 'which this apply has not left behind as it is configured here: another one may be making it'}. Choose another name, or import it with ${importId(other)}. If a block was renamed, tell it by a "moved" block.`,
  };
}

const renamed = ({ what, name }: Titled): Finding => ({
  summary: `The ${what} "${name}" is destroyed at one address and made at another`,
  detail: `If a block was renamed, tell it by a "moved" block: then nothing is destroyed. As it is planned, the ${what} that works is removed, and another one begins from nothing.`,
});
