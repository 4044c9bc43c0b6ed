import type { PrivateState } from '../../protocol/contracts/context.ts';

/**
 * What the plan knows of the removal of a task, left for it in the private state. A CLI tells a removal neither whether the user
 * destroys the task or something takes its place, nor, of a tainted task, anything that its state says: that removal gets what the plan
 * of the new task has left.
 */
export interface Departure {
  /** The user destroys the task; nothing takes its place. */
  readonly isDestroy: boolean;
  /** Name of the task that takes its place, as far as it was known. */
  readonly successor: string | undefined;
  /** The task that the create goes on with. */
  readonly goneOnWith: string | undefined;
}

const DESTROY = 'destroy';
const SUCCESSOR = 'successor';
const GONE_ON_WITH = 'gone_on_with';

export function planDestruction(privateState: PrivateState): void {
  privateState.set(DESTROY, true);
}

export function planSuccession(privateState: PrivateState, successor: string | undefined): void {
  privateState.set(SUCCESSOR, successor);
}

export function planToGoOnWith(privateState: PrivateState, id: string): void {
  privateState.set(GONE_ON_WITH, id);
}

/** What was left. Once it is taken there is nothing. */
export function takeDeparture(privateState: PrivateState): Departure {
  const take = (key: string) => {
    const fact = privateState.get(key);
    privateState.set(key, undefined);
    return fact;
  };
  return {
    isDestroy: take(DESTROY) === true,
    successor: take(SUCCESSOR) as string | undefined,
    goneOnWith: take(GONE_ON_WITH) as string | undefined,
  };
}
