import type { PrivateState } from '../../protocol/contracts/context.ts';
import type { DeletionPolicy } from './deletion-policy.ts';
import type { Status } from './status.ts';
import type { TaskStateValues } from './task-state.ts';

/** A task that is there while another is planned in its place. */
export interface FormerTask {
  readonly id: string;
  readonly name: string;
  readonly status: Status;
  readonly policy: DeletionPolicy;
}

/** Whether work is lost with it: it has worked, and was not ended for good. */
export const isWorthKeeping = ({ status }: Pick<FormerTask, 'status'>): boolean =>
  status !== 'not_started' && status !== 'stopped';

const FORMER = 'former';

/** Leaves word of a task in the private state of its plan: a plan for one in its place is given that, and no more. */
export function leaveFormer(prior: TaskStateValues, privateState: PrivateState): void {
  const { id, name, status, deletion_policy: policy } = prior;
  const former: FormerTask = { id, name, status: status as Status, policy };
  privateState.set(FORMER, { ...former });
}

/** The task in whose place one is planned, if any. Once it is taken there is none. */
export function takeFormer(privateState: PrivateState): FormerTask | undefined {
  const former = privateState.get(FORMER);
  privateState.set(FORMER, undefined);
  return former as unknown as FormerTask | undefined;
}
