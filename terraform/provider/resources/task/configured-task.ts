import type { Connection } from '../../connection.ts';
import { hasCode } from '../../gateway/gateway-error.ts';
import { configureTask, modifyObjects, type Task } from '../../gateway/tasks.ts';
import type { ResourceContext } from '../../protocol/contracts/context.ts';
import { ProviderError } from '../../protocol/contracts/diagnostics.ts';
import { sentences } from '../../protocol/contracts/sentences.ts';
import { converge, goesOn, interrupted, type Limit, named, seenAgain } from './converge.ts';
import { REPLACE_CHANGED } from './copy-again.ts';
import { located } from './field-path.ts';
import { isLost, isStarted, reasonOf, statusOf } from './status.ts';
import { isSameWork, renameTask } from './task-name.ts';
import { configurationOf, type TaskStateValues } from './task-state.ts';

/**
 * The task with the configuration that is wanted, as far as one of its state takes it.
 * @throws ProviderError when it takes it no more, or not in time.
 */
export async function configured(
  task: Task,
  wanted: TaskStateValues,
  limit: Limit,
  context: ResourceContext<Connection>,
): Promise<Task> {
  const { gateway } = context.client;
  const { name, options, ...rest } = configurationOf(wanted);
  const same =
    JSON.stringify(options) === JSON.stringify({ ...options, ...task.options }) && name === task.name;
  const sameWork = isSameWork(task, wanted);
  if (same && sameWork) return task;
  const modified = isStarted(task) && !sameWork ? await reselected(task, wanted, limit, context) : task;
  if (same && isStarted(task)) return modified;
  const change = { id: task.id, name, options, ...(isStarted(task) ? {} : rest) };
  await converge(
    task,
    { desired: 'settled', waitFor: 'started', limit },
    { client: gateway, signal: context.signal },
  );
  const configure = () => configureTask(gateway, change, context.signal);
  return await located(() => (name === task.name ? configure() : renameTask(task, name, context, configure)));
}

/** Gives the task other objects while it is under way; what it waits for passes by itself. */
async function reselected(
  task: Task,
  wanted: TaskStateValues,
  limit: Limit,
  { client: { gateway }, signal, logger }: ResourceContext<Connection>,
): Promise<Task> {
  const { objects } = configurationOf(wanted);
  for (let now = task; ; now = await seenAgain(gateway, now, signal)) {
    requireReselectable(now, wanted);
    try {
      return await located(() => modifyObjects(gateway, { id: task.id, objects }, signal));
    } catch (error) {
      if (!hasCode(error, 'INVALID_STATE', 'CONFLICT')) throw atDatabases(error);
    }
    if (gateway.clock.now() >= limit.at) throw lateChange(now, limit);
    logger.info('The task takes no other objects now: waiting', { task: now.id, state: now.state });
    await gateway.clock.sleep(MODIFY_PAUSE_MILLIS, signal);
    if (signal.aborted) throw interrupted(now);
  }
}

const MODIFY_PAUSE_MILLIS = 500;

/** @throws ProviderError when the task will never take the objects, whatever it is waited for. */
function requireReselectable(task: Task, { source_id: source, target_id: target }: TaskStateValues): void {
  if (statusOf[task.state] === 'stopped' || isLost(task)) throw endedTask(task);
  const isElsewhere = task.source?.id !== source || task.target?.id !== target;
  if (isElsewhere || task.kind === 'MIGRATION') throw startedTask(task);
}

/** A precheck of what is added is about the objects. */
function atDatabases(error: unknown): unknown {
  if (!hasCode(error, 'PRECHECK_FAILED')) return error;
  return new ProviderError({ ...error.finding, code: error.code, path: ['databases'], cause: error });
}

const endedTask = (task: Task): ProviderError =>
  new ProviderError({
    code: 'INVALID_STATE',
    summary: `The objects of task "${task.name}" cannot be changed any more`,
    detail: `${sentences(`It is ${task.state}.`, reasonOf(task))}\n\n${REPLACE_CHANGED} ${named(task)}`,
    path: ['databases'],
  });

const startedTask = (task: Task): ProviderError =>
  new ProviderError({
    code: 'INVALID_STATE',
    summary: `Task "${task.name}" was started since the plan`,
    detail: `It is ${task.state}: its source and its target are fixed now, and so is what a migration carries.\n\nPlan again, which tells what can be changed. ${named(task)}`,
  });

const lateChange = (task: Task, { millis }: Limit): ProviderError =>
  new ProviderError({
    code: 'DEADLINE_EXCEEDED',
    summary: `The objects of task "${task.name}" were not changed within ${millis / 1000} s`,
    detail: `${goesOn(task)} It takes other objects once it works again.\n\nApply again to wait for that, or raise "timeouts". ${named(task)}`,
    path: ['databases'],
  });
