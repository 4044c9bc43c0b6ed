import type { PrivateState } from '../../protocol/contracts/context.ts';
import type { Finding } from '../../protocol/contracts/diagnostics.ts';
import type { TaskStateValues } from './task-state.ts';

const GONE = 'gone';

/** Notes of a finished task whether it is no longer at the service. */
export function noteGone(privateState: PrivateState, isGone: boolean): void {
  privateState.set(GONE, isGone ? true : undefined);
}

export const isGone = (privateState: PrivateState): boolean => privateState.get(GONE) === true;

/** Its work is done, and the target lives on: one in its place would copy over that. */
export const isDone = ({ status }: TaskStateValues): boolean => status === 'finished';

export const finishedTaskIsGone = ({ id, name }: TaskStateValues): Finding => ({
  summary: `The finished task "${name}" is no longer at the service`,
  detail: `Task ${id} was finished before somebody destroyed it. It stays in the state as it was, and nothing is made anew: another one would copy over the target. To forget it, destroy the resource or remove its block. To copy everything again on purpose, use -replace.`,
});
