import type { Connection } from '../../connection.ts';
import { GatewayError } from '../../gateway/gateway-error.ts';
import type { Task } from '../../gateway/tasks.ts';
import type { ResourceContext } from '../../protocol/contracts/context.ts';
import { hasReached } from './converge.ts';
import { finerOf, needOf, statusOf } from './status.ts';
import { tablesTakenIn } from './taken-in.ts';
import { configurationOf, type TaskStateValues } from './task-state.ts';

/** Remembers that an apply has waited for the task in vain: its status may be as desired while its work is not that far. */
export const AWAITED = 'awaited';

/** Whether there is nothing more to wait for. What cannot be found out now is waited for. */
export async function hasArrived(
  task: Task,
  wanted: TaskStateValues,
  { client: { gateway }, signal }: ResourceContext<Connection>,
): Promise<boolean> {
  const { desired_status: desired, wait_for: waitFor } = wanted;
  const status = statusOf[task.state];
  if (desired !== 'running' || status !== 'running')
    return needOf(desired, status, finerOf(task)) === 'nothing';
  if (!hasReached(task, waitFor)) return false;
  if (task.kind === 'MIGRATION' || waitFor !== 'incremental') return true;
  try {
    return await tablesTakenIn(gateway, configurationOf(wanted).objects.databases, signal)(task);
  } catch (error) {
    if (error instanceof GatewayError) return false;
    throw error;
  }
}
