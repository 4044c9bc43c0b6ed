import type { Keeper } from '../../ownership.ts';
import type { PrivateState } from '../../protocol/contracts/context.ts';
import type { Finding } from '../../protocol/contracts/diagnostics.ts';
import { isWorthKeeping } from './former-task.ts';
import type { Status } from './status.ts';

const TAINTED = 'tainted';

/** Notes that the create of a task ends with an error, for which the CLI marks it. */
export function noteTaint(privateState: PrivateState, isTainted: boolean): void {
  privateState.set(TAINTED, isTainted ? true : undefined);
}

/** Under which name a task goes on that is tainted for nothing but such an error, if it is one. */
export function taintedUnder(
  name: string,
  status: Status,
  privateState: PrivateState,
): Omit<Keeper, 'id'> | undefined {
  return privateState.get(TAINTED) === true && isWorthKeeping({ status })
    ? { name, why: 'tainted' }
    : undefined;
}

export const taintedTaskStays = ({ id }: Pick<Keeper, 'id'>): Finding => ({
  summary: 'The task is under way, and would be replaced because it is tainted',
  detail: `The apply that made task ${id} ended with an error, for which the CLI marked it; the task goes on. Run "terraform untaint" or "tofu untaint" with the address of the resource, and apply again. To copy everything again on purpose, use -replace after that; to destroy it, untaint it too, or use -refresh=false. Where its block was renamed, tell it by a "moved" block.`,
});
