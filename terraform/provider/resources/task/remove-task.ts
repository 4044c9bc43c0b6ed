import type { Connection } from '../../connection.ts';
import { hasCode } from '../../gateway/gateway-error.ts';
import { destroyTask, findTask, operateTask, type Task } from '../../gateway/tasks.ts';
import type { ResourceContext } from '../../protocol/contracts/context.ts';
import { ProviderError } from '../../protocol/contracts/diagnostics.ts';
import { sentences } from '../../protocol/contracts/sentences.ts';
import { reasonOf } from './status.ts';

const PAUSE_MILLIS = 200;

/** Stops the task if it works, and destroys it; waits until it is gone. That it is gone already is success. */
export async function removeTask(
  id: string,
  millis: number,
  { client, signal }: ResourceContext<Connection>,
): Promise<void> {
  const { gateway } = client;
  const deadline = gateway.clock.now() + millis;
  for (;;) {
    const task = await findTask(gateway, id, signal);
    if (task === null) return;
    try {
      if (await stepAside(task, client, signal)) return;
    } catch (error) {
      if (hasCode(error, 'NOT_FOUND')) return;
      // Its state had changed meanwhile: it is looked at again.
      if (!hasCode(error, 'INVALID_STATE', 'CONFLICT')) throw error;
    }
    if (gateway.clock.now() >= deadline) throw lateRemoval(task, millis);
    await gateway.clock.sleep(PAUSE_MILLIS, signal);
  }
}

/** True once the task is destroyed. */
async function stepAside(task: Task, { gateway }: Connection, signal: AbortSignal): Promise<boolean> {
  switch (task.state) {
    case 'CHECKING':
    case 'COMPLETING':
    case 'STOPPING':
      return false;
    case 'QUEUED':
    case 'RUNNING':
    case 'READY_TO_COMPLETE':
    case 'RETRYING':
      await operateTask(gateway, 'stopTask', task.id, signal);
      return false;
    default:
      await destroyTask(gateway, task.id, signal);
      return true;
  }
}

const lateRemoval = (task: Task, millis: number): ProviderError =>
  new ProviderError({
    code: 'DEADLINE_EXCEEDED',
    summary: `Task "${task.name}" is not gone within ${millis / 1000} s`,
    detail: sentences(
      `It is ${task.state}.`,
      reasonOf(task),
      `Destroy it again, or raise timeouts.delete. Task: ${task.id}.`,
    ),
  });
