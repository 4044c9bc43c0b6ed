import type { Connection } from '../../connection.ts';
import { findTask } from '../../gateway/tasks.ts';
import type { Keeper } from '../../ownership.ts';
import type { ResourceContext } from '../../protocol/contracts/context.ts';
import { type Finding, ProviderError } from '../../protocol/contracts/diagnostics.ts';
import type { State } from '../../protocol/schema/values-of.ts';
import type { taskAttributes } from './attributes.ts';
import { type Status, statusOf } from './status.ts';

export type DeletionPolicy = State<typeof taskAttributes>['deletion_policy'];

/** Whether a task stays because it is running. */
export const isKept = (policy: DeletionPolicy, status: Status): boolean =>
  policy === 'refuse_if_running' && status === 'running';

/**
 * Asked once more before a task is removed: of a replacement, and of a tainted task, no CLI plans the removal.
 * @throws ProviderError while the task runs that must not be removed then.
 */
export async function requireRemovable(
  id: string,
  policy: DeletionPolicy,
  { client, signal }: ResourceContext<Connection>,
): Promise<void> {
  if (policy !== 'refuse_if_running') return;
  const task = await findTask(client.gateway, id, signal);
  if (task !== null && isKept(policy, statusOf[task.state])) throw runningTaskStays(id);
}

/** Under which name the task goes on at the service whatever becomes of its state, if it does. */
export const abandonedUnder = ({
  name,
  deletion_policy: policy,
}: {
  readonly name: string;
  readonly deletion_policy: DeletionPolicy;
}): Omit<Keeper, 'id'> | undefined => (policy === 'abandon' ? { name, why: 'abandoned' } : undefined);

/**
 * An abandoned task keeps its name, which another one in its place would need: the state would lose the one and get no other. What takes
 * its place is planned by -replace, by a taint, or by another name of its block.
 */
export const abandonedTaskStays = ({
  id,
  name,
}: {
  readonly id: string;
  readonly name: string;
}): Finding => ({
  summary: 'The task would be abandoned, and no other one could be made in its place',
  detail: `Task ${id} has deletion_policy = "abandon": a replacement leaves it at the service, where it keeps the name "${name}". Where the resource is tainted, run "terraform untaint" or "tofu untaint" with its address; where its block was renamed, tell it by a "moved" block: then the task stays as it is. Before it is replaced, apply another deletion_policy, so that it is removed; or give the new task another name in the change that replaces it.`,
  path: ['deletion_policy'],
});

/** Told at the plan: what it works with stays as well. */
export const taskWillStay = (id: string): Finding => ({
  summary: 'The task will stay at the service',
  detail: `Task ${id} has deletion_policy = "abandon": it goes on as it is, and so its endpoints stay at the service too, where this run destroys them with it. Endpoints that a later run destroys are refused while the task is there. To end the task, apply another deletion_policy first.`,
  path: ['deletion_policy'],
});

export const runningTaskStays = (id: string): ProviderError =>
  new ProviderError({
    code: 'INVALID_STATE',
    summary: 'The task is running and may not be destroyed',
    detail: `Task ${id} has deletion_policy = "refuse_if_running". Before it is destroyed or replaced, apply desired_status = "paused" or another deletion_policy. Where the resource is tainted, untaint it first.`,
    path: ['deletion_policy'],
  });
