import type { Connection } from '../../connection.ts';
import { type Task, type TaskKind, tasksNamed } from '../../gateway/tasks.ts';
import type { PlanContext, ResourceContext } from '../../protocol/contracts/context.ts';
import { foresee, leftBehind, type Namesakes } from '../names.ts';
import { databasesState, isSameSelection } from './selection.ts';
import { isLost, statusOf } from './status.ts';
import { resourceTypeOf, type TaskStateValues } from './task-state.ts';

type Work = Pick<TaskStateValues, 'source_id' | 'target_id' | 'databases'>;

/** The task that an apply left behind, or none. @throws ProviderError NAME_TAKEN */
export const taskLeftBehind = (
  kind: TaskKind,
  wanted: TaskStateValues,
  context: ResourceContext<Connection>,
): Promise<Task | undefined> =>
  leftBehind(
    namesakes(wanted.name, context.client, context.signal),
    (task) => isLeftover(kind, task, wanted),
    context,
  );

/** Warns when another task has the name; gives whether one may be left behind. `wanted` is absent while not all of it is known. */
export async function foreseeTask(
  kind: TaskKind,
  name: string,
  wanted: Work | undefined,
  context: PlanContext<Connection>,
): Promise<boolean> {
  if (context.client === undefined) return false;
  return await foresee(
    namesakes(name, context.client, context.signal),
    (task) => wanted === undefined || isLeftover(kind, task, wanted),
    context,
  );
}

/** Whether the task carries the same between the same endpoints. */
export const isSameWork = (task: Task, wanted: Work): boolean =>
  task.source?.id === wanted.source_id &&
  task.target?.id === wanted.target_id &&
  isSameSelection(databasesState(task.objects.databases, null), wanted.databases);

/** A task that was stopped, or failed for good, does nothing of what is wanted any more. */
const isLeftover = (kind: TaskKind, task: Task, wanted: Work): boolean =>
  task.kind === kind && statusOf[task.state] !== 'stopped' && !isLost(task) && isSameWork(task, wanted);

const namesakes = (name: string, { gateway }: Connection, signal: AbortSignal): Namesakes<Task> => ({
  what: 'task',
  name,
  find: () => tasksNamed(gateway, name, signal),
  importId: ({ id, kind }) => `the id "${id}" as ${resourceTypeOf[kind]}`,
});
