import type { Keeper } from '../../ownership.ts';
import type { Finding } from '../../protocol/contracts/diagnostics.ts';
import { isWorthKeeping } from './former-task.ts';
import type { Status } from './status.ts';

/**
 * Under which name a task goes on that a state holds, if it does. A CLI plans what is tainted as if there were nothing in the state: a plan
 * that begins with the task, or destroys it, takes this back.
 */
export const underWay = (name: string, status: Status, isLost: boolean): Omit<Keeper, 'id'> | undefined =>
  isWorthKeeping({ status }) && !isLost ? { name, why: 'under way' } : undefined;

export const taintedTaskStays = ({ id }: Pick<Keeper, 'id'>): Finding => ({
  summary: 'The task is under way, and would be replaced because it is tainted',
  detail: `The create of task ${id} or a provisioner ended with an error, for which the CLI marked the resource, or somebody did by "taint"; the task goes on. Run "terraform untaint" or "tofu untaint" with the address of the resource, and apply again. To copy everything again on purpose, use -replace after that; to destroy it, untaint it too, or use -refresh=false. Where its block was renamed, tell it by a "moved" block.`,
});
