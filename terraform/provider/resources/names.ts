import type { Connection } from '../connection.ts';
import type { Made } from '../journal.ts';
import type { PlanContext, ResourceContext } from '../protocol/contracts/context.ts';
import type { Finding } from '../protocol/contracts/diagnostics.ts';

/** Objects of a kind that have one name; the service lets names repeat, the provider does not make a second one. */
export interface Namesakes<T> {
  readonly what: 'endpoint' | 'task';
  readonly name: string;
  readonly find: () => Promise<readonly T[]>;
  /** Completes "import it with". */
  readonly importId: (object: T) => string;
}

export interface Named extends Made {
  readonly claimed: boolean;
}

/**
 * Warns at the plan of a create that its name is taken.
 *
 * Never an error, because no plan can be sure: what has the name may be what this plan destroys, at an address that is planned later
 * or by another provider block; and of a replacement the provider sees the new object as any other. A state that holds the other
 * object tells nothing either: with create_before_destroy the name is taken, without it is free by then.
 */
export async function foresee<T extends Named>(
  namesakes: Namesakes<T>,
  mayBeLeft: (object: T) => boolean,
  { client, diagnostics }: PlanContext<Connection>,
): Promise<Foreseen<T> | undefined> {
  if (client === undefined) return undefined;
  const { what, name } = namesakes;
  if (client.ownership.plans('create', `${what} ${name}`)) diagnostics.warning(renamed(namesakes));
  const found = await namesakes.find();
  const strange = found.filter(({ id }) => client.ownership.standing(id) === undefined);
  const mayBe = strange.filter((each) => !each.claimed && mayBeLeft(each));
  const isLeft = (each: T) => mayBe.includes(each) && client.journal.isOwn(what, each);
  // The apply finds out whose it is.
  const isOpen = client.journal.unanswered(what, name) !== undefined;
  const holders = found.filter((each) => !isLeft(each) && !(isOpen && mayBe.includes(each)));
  const other = holders.find((each) => strange.includes(each));
  if (other !== undefined) {
    const { summary, detail } = taken(namesakes, other);
    const unless = `The apply will refuse it, unless the ${what} is destroyed before.`;
    diagnostics.warning({ summary, detail: `${unless} ${detail}`, path: ['name'] });
  }
  const [holder] = holders;
  return {
    left: strange.find(isLeft),
    holders,
    taken: holder && { ...taken(namesakes, holder), path: ['name'] },
  };
}

/** What a plan finds under a name that it wants. */
export interface Foreseen<T> {
  /** What was left behind under it, with which the apply goes on. */
  readonly left: T | undefined;
  /** Others that have it, also those that this process knows of. */
  readonly holders: readonly T[];
  /** What there is to say of these. */
  readonly taken: Finding | undefined;
}

/**
 * To be called when a destroy is planned: warns when the same plan makes another object of the name, or tells the `fault` of that as
 * an error.
 */
export function foreseeDestroy(
  what: Namesakes<never>['what'],
  { id, name }: { readonly id: string; readonly name: string },
  { client, diagnostics }: PlanContext<Connection>,
  fault?: Finding,
): void {
  client?.ownership.hold(id);
  if (!client?.ownership.plans('destroy', `${what} ${name}`)) return;
  if (fault === undefined) diagnostics.warning(renamed({ what, name }));
  else diagnostics.error(fault);
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

export const adopted = ({ what, name }: Titled, { id }: Named): Finding => ({
  summary: `The ${what} "${name}" was there already`,
  detail: `An apply that was cut off has made it: it is managed from now on as ${id}. Nothing is done twice.`,
});

export function taken<T extends Named>({ what, name, importId }: Namesakes<T>, other: T): Finding {
  return {
    summary: `Another ${what} has the name "${name}"`,
    detail: `It is ${other.id}, ${other.claimed ? 'which somebody manages' : 'which this apply has not left behind as it is configured here: another one may be making it'}. Choose another name, or import it with ${importId(other)}. If a block was renamed, tell it by a "moved" block.`,
  };
}

const renamed = ({ what, name }: Titled): Finding => ({
  summary: `The ${what} "${name}" is destroyed at one address and made at another`,
  detail: `If a block was renamed, tell it by a "moved" block: then nothing is destroyed. As it is planned, the ${what} that works is removed, and another one begins from nothing.`,
});
