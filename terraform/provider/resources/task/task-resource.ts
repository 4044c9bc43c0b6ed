import type { Connection } from '../../connection.ts';
import { millisOf } from '../../duration.ts';
import { findTask, type Task, type TaskKind, tasksNamed } from '../../gateway/tasks.ts';
import type { ApplyContext } from '../../protocol/contracts/context.ts';
import { ProviderError } from '../../protocol/contracts/diagnostics.ts';
import type { Resource } from '../../protocol/contracts/resource.ts';
import { isUnknown } from '../../protocol/values/unknown.ts';
import { findByImportId } from '../find-by-import-id.ts';
import { hold } from '../hold.ts';
import { foreseeDestroy, remove } from '../names.ts';
import { AWAITED, hasArrived } from './awaited.ts';
import { configured } from './configured-task.ts';
import { converge, failedChecks, OverdueError, requireTask } from './converge.ts';
import { UNTAINT } from './copy-again.ts';
import {
  abandonedTaskStays,
  abandonedUnder,
  isKept,
  requireRemovable,
  runningTaskStays,
  taskWillStay,
} from './deletion-policy.ts';
import { planDestruction, takeDeparture } from './departure.ts';
import { copiedUnder, isGone, noteGone, outlivesItself, taskIsGone } from './finished-task.ts';
import { takeFormer } from './former-task.ts';
import { refusalOf } from './kept-name.ts';
import { noteFiner } from './noted-state.ts';
import { planTask } from './plan-task.ts';
import { removeTask } from './remove-task.ts';
import { checkRetryWindows } from './retry-windows.ts';
import { checkSelection } from './selection-rules.ts';
import { asksNothing, settingsOf } from './settings.ts';
import { isLost, isStarted, reasonOf, type Status, statusOf } from './status.ts';
import { underWay } from './tainted-task.ts';
import { tablesTakenIn } from './taken-in.ts';
import { isSameWork, makeTask } from './task-name.ts';
import {
  configurationOf,
  importedSettings,
  resourceTypeOf,
  stateOf,
  type TaskAttributes,
  type TaskSchema,
  type TaskStateValues,
} from './task-state.ts';

type Apply = ApplyContext<Connection, TaskStateValues>;

/** The resource of a kind of task. */
export function taskResource(kind: TaskKind, schema: TaskSchema): Resource<TaskAttributes, Connection> {
  return {
    schema,

    validate({ databases, options }, { diagnostics }) {
      checkSelection(databases, diagnostics);
      checkRetryWindows(options, diagnostics);
    },

    plan: (request, context) => planTask(kind, request, context),

    planDestroy(state, context) {
      const { id, name, status, deletion_policy: policy } = state;
      const { client, privateState, diagnostics } = context;
      planDestruction(privateState);
      const stays = policy === 'abandon' && !isGone(privateState);
      const kept = stays ? abandonedUnder(state) : copiedUnder(state, privateState);
      client?.ownership.keepsName(id, kept, 'plan');
      foreseeDestroy('task', { id, name }, context, kept && refusalOf({ ...kept, id }));
      if (isKept(policy, status as Status) && !isGone(privateState)) throw runningTaskStays(id);
      if (stays) diagnostics.warning(taskWillStay(id));
    },

    async create({ planned }, context) {
      const wanted = planned as TaskStateValues;
      takeDeparture(context.privateState);
      const task = await makeTask(kind, wanted, context);
      context.keep(stateOf(task, wanted));
      return await work(task, wanted, undefined, context);
    },

    async read(state, context) {
      const { client, signal, privateState } = context;
      const task = await findTask(client.gateway, state.id, signal);
      const { ownership } = client;
      noteGone(privateState, task === null);
      noteFiner(privateState, task);
      if (task === null) {
        if (!outlivesItself(kind, state)) {
          ownership.miss(state.name);
          return null;
        }
        ownership.hold(state.id);
        ownership.keepsName(state.id, copiedUnder(state, privateState), 'read');
        privateState.set(AWAITED, undefined);
        context.diagnostics.warning(taskIsGone(state));
        return state;
      }
      await hold('Task', task, context);
      const { name } = task;
      const kept = abandonedUnder({ ...state, name }) ?? underWay(name, statusOf[task.state], isLost(task));
      ownership.keepsName(task.id, kept, 'read');
      if (privateState.get(AWAITED) === true && (await hasArrived(task, state, context)))
        privateState.set(AWAITED, undefined);
      return await reasoned(task, stateOf(task, state), client, signal);
    },

    async update({ planned, prior }, context) {
      const wanted = planned as TaskStateValues;
      takeFormer(context.privateState);
      // Of a task that is gone the state alone changes.
      if (isGone(context.privateState))
        return { ...wanted, status: prior.status, status_reason: prior.status_reason };
      const task = await requireTask(context.client.gateway, { ...prior, kind }, context.signal);
      await hold('Task', task, context);
      if (asksNothing(prior, wanted)) return wanted;
      const { status, status_reason } = wanted;
      const state = await work(task, wanted, prior, context);
      // What was planned as known stands; the next refresh tells of what has become of it since.
      return isUnknown(status) || context.diagnostics.hasErrors ? state : { ...state, status, status_reason };
    },

    async delete({ id, name, source_id, target_id, deletion_policy: policy, timeouts }, context) {
      const { isDestroy, successor, goneOnWith } = takeDeparture(context.privateState);
      if (!isDestroy && goneOnWith === id) return;
      if (policy === 'abandon') {
        if ((await findTask(context.client.gateway, id, context.signal)) === null) return;
        if (!isDestroy && (successor === undefined || successor === name))
          throw new ProviderError({ code: 'INVALID_STATE', ...abandonedTaskStays({ id, name }) });
        context.diagnostics.warning({
          summary: 'The task stays at the service',
          detail: `Task ${id} has deletion_policy = "abandon": it is no longer managed here, and goes on as it is.`,
        });
        context.client.ownership.leave([source_id, target_id]);
        return;
      }
      await remove('task', { id, name }, context, async () => {
        await requireRemovable(id, policy, context);
        await removeTask(id, millisOf(timeouts.delete) ?? 0, context);
      });
    },

    async import(text, { client, signal }) {
      const task = await findByImportId(text, {
        what: 'task',
        byId: (id) => findTask(client.gateway, id, signal),
        named: (name) => tasksNamed(client.gateway, name, signal),
      });
      if (task !== null && task.kind !== kind) throw otherKind(task);
      return task && stateOf(task, importedSettings(task));
    },
  };
}

/**
 * Makes the configuration of the task what is wanted, then the task itself. The state is true in any case, and what an update wished in
 * vain is not in it, so that the next plan repairs what is left. `prior`: absent of a task that was just created.
 */
async function work(
  task: Task,
  wanted: TaskStateValues,
  prior: TaskStateValues | undefined,
  context: Apply,
): Promise<TaskStateValues> {
  const { client, signal, privateState, diagnostics } = context;
  const phase = prior === undefined ? 'create' : 'update';
  const millis = millisOf(wanted.timeouts[phase]) ?? 0;
  const limit = { millis, at: client.gateway.clock.now() + millis };
  const goal = { desired: wanted.desired_status, waitFor: wanted.wait_for, limit };
  const wasAwaited = privateState.get(AWAITED) === true;
  privateState.set(AWAITED, true);
  const takesIn =
    isStarted(task) && (!isSameWork(task, wanted) || (wasAwaited && task.kind === 'SYNCHRONIZATION'));
  let latest = await configured(task, wanted, limit, context);
  const failed = () => ({ ...stateOf(latest, wanted), ...settingsOf(prior ?? wanted) });
  context.keep(failed());
  try {
    const seen = (each: Task) => {
      tellChange(latest, each, context);
      latest = each;
    };
    const isWhole =
      takesIn && goal.desired === 'running' && goal.waitFor === 'incremental'
        ? tablesTakenIn(client.gateway, configurationOf(wanted).objects.databases, signal)
        : undefined;
    latest = await converge(latest, { ...goal, isWhole }, { client: client.gateway, signal, seen });
    privateState.set(AWAITED, undefined);
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    tellFailure(error, wanted, phase, context);
  }
  noteFiner(privateState, latest);
  const state = diagnostics.hasErrors ? failed() : stateOf(latest, wanted);
  return await reasoned(latest, state, client, signal);
}

/** Whoever waits for an apply may look into the log for what it waits for. */
function tellChange(before: Task, { id, state, errors }: Task, { logger }: Apply): void {
  const reason = reasonOf({ errors });
  if (state === before.state && reason === reasonOf(before)) return;
  logger.info(`Task ${id} is ${state}`, reason === null ? {} : { reason });
}

/**
 * An error of a create taints the task, and the next apply would replace it: it is told as one to those alone who want that, and never
 * of an interrupt. One of an update costs nothing.
 */
function tellFailure(
  error: ProviderError,
  { on_wait_failure: asked }: TaskStateValues,
  phase: 'create' | 'update',
  { diagnostics, signal }: Apply,
): void {
  if (phase === 'update') {
    diagnostics[error instanceof OverdueError ? asked : 'error'](error.finding);
  } else if (signal.aborted || asked === 'warning') {
    diagnostics.warning(error.finding);
  } else {
    const { detail } = error.finding;
    diagnostics.error({ ...error.finding, detail: `${detail}\n\n${UNTAINT}` });
  }
}

/** The state, with what its precheck found when that is why the task does not work. */
async function reasoned(
  { id, state: at }: Task,
  state: TaskStateValues,
  { gateway }: Connection,
  signal: AbortSignal,
): Promise<TaskStateValues> {
  if (at !== 'CHECK_FAILED' || signal.aborted) return state;
  const failures = await failedChecks(gateway, id, signal);
  return { ...state, status_reason: `PRECHECK_FAILED: ${failures.join(' ')}` };
}

const otherKind = ({ id, kind }: Task): ProviderError =>
  new ProviderError({
    code: 'INVALID_INPUT',
    summary: 'The task is of another kind',
    detail: `Task ${id} is a ${kind.toLowerCase()}: import it as ${resourceTypeOf[kind]}.`,
  });
