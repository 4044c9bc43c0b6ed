import type { Task } from '../../gateway/tasks.ts';
import type { PrivateState } from '../../protocol/contracts/context.ts';
import { type Finer, finerOf } from './status.ts';

const FINER = 'finer';

/** Notes of a task beside its state what that does not tell, for plans; null: it is gone. */
export function noteFiner(privateState: PrivateState, task: Pick<Task, 'state'> | null): void {
  privateState.set(FINER, task === null ? undefined : finerOf(task));
}

export const finerNoted = (privateState: PrivateState): Finer | undefined =>
  privateState.get(FINER) as Finer | undefined;
