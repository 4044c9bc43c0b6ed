import type { TaskKind } from '../../gateway/tasks.ts';
import type { Keeper } from '../../ownership.ts';
import type { PrivateState } from '../../protocol/contracts/context.ts';
import type { Finding } from '../../protocol/contracts/diagnostics.ts';
import type { TaskStateValues } from './task-state.ts';

const GONE = 'gone';

/** Notes of a task that the state keeps whether it is no longer at the service. */
export function noteGone(privateState: PrivateState, isGone: boolean): void {
  privateState.set(GONE, isGone ? true : undefined);
}

export const isGone = (privateState: PrivateState): boolean => privateState.get(GONE) === true;

/**
 * Whether the state keeps the task when it is gone. The target of a migration may live on from when it was started: a state does not know
 * of a cutover that came after it. One in its place would copy over that.
 */
export const outlivesItself = (kind: TaskKind, { status }: Pick<TaskStateValues, 'status'>): boolean =>
  kind === 'MIGRATION' && status !== 'not_started';

/** Under which name nothing is made anew for the sake of the target, if it is so. */
export const copiedUnder = (
  { name, status }: Pick<TaskStateValues, 'name' | 'status'>,
  privateState: PrivateState,
): Omit<Keeper, 'id'> | undefined =>
  status === 'finished' || isGone(privateState) ? { name, why: 'copied' } : undefined;

const STAYS =
  'It stays in the state as it was, and nothing is made anew: another one would copy over the target. To forget it, destroy the resource or remove its block. To copy everything again on purpose, use -replace.';

/** What becomes of a task that is gone, as it was when it was last seen. */
export const fateOf = (kind: TaskKind, last: Pick<TaskStateValues, 'status'>): string =>
  outlivesItself(kind, last) ? STAYS : 'The next plan makes it anew.';

export const taskIsGone = ({ id, name, status }: TaskStateValues): Finding => {
  const what = status === 'finished' ? 'The finished task' : 'The migration';
  const why =
    status === 'finished'
      ? `Task ${id} was finished before somebody destroyed it.`
      : `Task ${id} was ${status} when it was last seen, and somebody has destroyed it since, maybe after its cutover.`;
  return {
    summary: `${what} "${name}" is no longer at the service`,
    detail: `${why} ${STAYS}`,
  };
};

/** What takes the place of such a task unasked is planned by another name of its block, or by a taint. */
export const copiedTaskStays = ({ id, name }: Pick<Keeper, 'id' | 'name'>): Finding => ({
  summary: `The migration "${name}" was made already, and another one would copy over its target`,
  detail: `It is task ${id}. Where its block was renamed, tell it by a "moved" block; where it is tainted, run "terraform untaint" or "tofu untaint" with the address of the resource; where the state has lost it, import it. To copy everything again on purpose, use -replace, or destroy this one in an apply of its own before. A destroy of all that begins with this plan wants -refresh=false.`,
  path: ['name'],
});
