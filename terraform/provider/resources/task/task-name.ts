import type { Connection } from '../../connection.ts';
import { createTask, type Task, type TaskKind, tasksNamed } from '../../gateway/tasks.ts';
import type { PlanContext, ResourceContext } from '../../protocol/contracts/context.ts';
import { makeOnce } from '../make-once.ts';
import { type Foreseen, foresee, type Namesakes } from '../names.ts';
import { foreseeRename, rename } from '../rename.ts';
import { located } from './field-path.ts';
import { removeTask } from './remove-task.ts';
import { databasesState, isSameSelection } from './selection.ts';
import { isLost, statusOf } from './status.ts';
import { configurationOf, resourceTypeOf, type TaskStateValues } from './task-state.ts';

type Work = Pick<TaskStateValues, 'source_id' | 'target_id' | 'databases'>;

/** The task, made once. @throws ProviderError NAME_TAKEN */
export const makeTask = (
  kind: TaskKind,
  wanted: TaskStateValues,
  context: ResourceContext<Connection>,
): Promise<Task> => {
  const { client, signal } = context;
  const input = { ...configurationOf(wanted), kind };
  const making = {
    ...namesakes(wanted.name, client, signal),
    isWanted: (task: Task) => isLeftover(kind, task, wanted),
    send: (key: string) => createTask(client.gateway, input, { key, signal }),
    undo: (id: string) => removeTask(id, UNDO_MILLIS, context),
  };
  return located(() => makeOnce(making, context));
};

/** A task that was never started is gone at once. */
const UNDO_MILLIS = 10_000;

/** What has the name, of which it warns. `wanted` is absent while not all of it is known. */
export async function foreseeTask(
  kind: TaskKind,
  name: string,
  wanted: Work | undefined,
  context: PlanContext<Connection>,
): Promise<Foreseen<Task> | undefined> {
  if (context.client === undefined) return undefined;
  return await foresee(
    namesakes(name, context.client, context.signal),
    (task) => wanted === undefined || isLeftover(kind, task, wanted),
    context,
  );
}

/** Warns at the plan of another name that it is taken. */
export async function foreseeTaskRename(
  id: string,
  name: string,
  context: PlanContext<Connection>,
): Promise<void> {
  if (context.client === undefined) return;
  await foreseeRename(namesakes(name, context.client, context.signal), id, context);
}

/** Changes the task by `work`, which gives it the name. @throws ProviderError NAME_TAKEN */
export const renameTask = (
  task: Task,
  name: string,
  context: ResourceContext<Connection>,
  work: () => Promise<Task>,
): Promise<Task> => rename(namesakes(name, context.client, context.signal), task, context, work);

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
