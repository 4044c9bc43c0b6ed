import type { GatewayClient } from '../../gateway/client.ts';
import { hasCode } from '../../gateway/gateway-error.ts';
import { describeItem, precheckItems } from '../../gateway/prechecks.ts';
import { findTask, type Operation, operateTask, type Task, type TaskKind } from '../../gateway/tasks.ts';
import { ProviderError } from '../../protocol/contracts/diagnostics.ts';
import { sentences } from '../../protocol/contracts/sentences.ts';
import { REPLACE_LOST } from './copy-again.ts';
import { fateOf } from './finished-task.ts';
import { type DesiredStatus, reasonOf, statusOf } from './status.ts';

export type WaitFor = 'started' | 'incremental' | 'finished';

export interface Goal {
  /** `settled`: in a state that does not end by itself at once. */
  readonly desired: DesiredStatus | 'settled';
  /** Of a task that should run. */
  readonly waitFor: WaitFor;
  /** What else must be true of a task that has come to it. */
  readonly isWhole?: ((task: Task) => Promise<boolean>) | undefined;
  readonly limit: Limit;
}

/** How long an apply may take for a task, all that it does together. */
export interface Limit {
  readonly millis: number;
  /** When that is over, by the client's clock. */
  readonly at: number;
}

export interface ConvergeOptions {
  readonly client: GatewayClient;
  readonly signal: AbortSignal;
  /** Told of each task that is read. */
  readonly seen?: (task: Task) => void;
}

const FIRST_PAUSE_MILLIS = 100;
const LONGEST_PAUSE_MILLIS = 2000;
/** What is told of a task's progress is at most this old. */
const REPORT_MILLIS = 1000;

/** What to do next about a task: an operation, waiting, or nothing more. */
type Step = Operation | 'wait' | 'done';

/** The time is over before the task was what it should be; it goes on by itself. */
export class OverdueError extends ProviderError {}

/**
 * Brings a task, as it was last seen, to what is desired, one operation after the other, each decided by the state that it then has:
 * cut off anywhere it goes on where it was, and what somebody else does meanwhile is taken as it is. Gives the task as it is when that is
 * reached.
 * @throws ProviderError telling why it cannot be reached, or was not in time.
 */
export async function converge(last: Task, goal: Goal, options: ConvergeOptions): Promise<Task> {
  const { client, signal, seen } = options;
  const { clock } = client;
  let task = last;
  const tried = new Set<Operation>();
  let operatedAt: number | undefined;
  for (let pause = FIRST_PAUSE_MILLIS; ; ) {
    task = await seenAgain(client, task, signal);
    seen?.(task);
    const sinceMillis = operatedAt === undefined ? undefined : clock.now() - operatedAt;
    const step = await stepOf(task, goal, { tried, client, signal, sinceMillis });
    if (step === 'done' && ((await goal.isWhole?.(task)) ?? true)) return task;
    if (step !== 'wait' && step !== 'done') {
      tried.add(step);
      if (await operate(client, step, task.id, signal)) pause = FIRST_PAUSE_MILLIS;
      operatedAt = clock.now();
    }
    if (clock.now() >= goal.limit.at) throw lateTask(task, goal);
    await clock.sleep(pause, signal);
    if (signal.aborted) throw interrupted(task);
    pause = Math.min(pause * 1.5, LONGEST_PAUSE_MILLIS);
  }
}

/** False when the state had changed meanwhile: it is looked at again. */
async function operate(
  client: GatewayClient,
  step: Operation,
  id: string,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await operateTask(client, step, id, signal);
    return true;
  } catch (error) {
    if (hasCode(error, 'INVALID_STATE', 'CONFLICT')) return false;
    throw error;
  }
}

interface Tries {
  readonly tried: ReadonlySet<Operation>;
  readonly client: GatewayClient;
  readonly signal: AbortSignal;
  /** Since the latest operation; undefined while the task was left alone. */
  readonly sinceMillis: number | undefined;
}

async function stepOf(task: Task, goal: Goal, tries: Tries): Promise<Step> {
  switch (goal.desired) {
    case 'running':
      return await stepToRunning(task, goal.waitFor, tries);
    case 'paused':
      return await stepToPaused(task, tries);
    case 'stopped':
      return stepToStopped(task);
    case 'settled':
      return ['CHECKING', 'COMPLETING', 'STOPPING'].includes(task.state) ? 'wait' : 'done';
  }
}

async function stepToRunning(task: Task, waitFor: WaitFor, tries: Tries): Promise<Step> {
  switch (task.state) {
    case 'DRAFT':
      return 'runPrecheck';
    case 'CHECK_FAILED':
      if (!tries.tried.has('runPrecheck')) return 'runPrecheck';
      throw await failedPrecheck(task, tries);
    case 'CHECK_PASSED':
      return 'startTask';
    case 'PAUSED':
      return 'resumeTask';
    case 'ERROR':
      if (!tries.tried.has('retryTask')) return 'retryTask';
      throw failedTask(task);
    case 'FAILED':
    case 'STOPPING':
    case 'STOPPED':
      throw lostTask(task);
    case 'COMPLETED':
      return 'done';
    default:
      return hasReached(task, waitFor, tries.sinceMillis) ? 'done' : 'wait';
  }
}

async function stepToPaused(task: Task, tries: Tries): Promise<Step> {
  switch (task.state) {
    case 'DRAFT':
      return 'runPrecheck';
    case 'CHECK_FAILED':
      if (!tries.tried.has('runPrecheck')) return 'runPrecheck';
      throw await failedPrecheck(task, tries);
    case 'QUEUED':
    case 'RUNNING':
    case 'RETRYING':
    case 'READY_TO_COMPLETE':
      return 'pauseTask';
    case 'CHECKING':
    case 'COMPLETING':
      return 'wait';
    case 'STOPPING':
    case 'STOPPED':
      throw lostTask(task);
    default:
      return 'done';
  }
}

function stepToStopped(task: Task): Step {
  switch (task.state) {
    case 'QUEUED':
    case 'RUNNING':
    case 'PAUSED':
    case 'READY_TO_COMPLETE':
    case 'ERROR':
    case 'RETRYING':
      return 'stopTask';
    case 'CHECKING':
    case 'COMPLETING':
    case 'STOPPING':
      return 'wait';
    default:
      return 'done';
  }
}

/** Whether a task that should run is as far as it is waited for. `sinceMillis`: since the latest operation, if there was any. */
export function hasReached(task: Task, waitFor: WaitFor, sinceMillis?: number): boolean {
  const works = task.state === 'RUNNING' || task.state === 'READY_TO_COMPLETE' || task.state === 'COMPLETING';
  if (!works) return false;
  if (waitFor === 'started') return true;
  if (waitFor === 'finished') return false;
  const applies = task.kind === 'MIGRATION' ? task.state !== 'RUNNING' : task.phase === 'APPLY';
  return applies && (sinceMillis === undefined || keepsUp(task, sinceMillis));
}

/**
 * Whether all that was committed before the latest operation is applied. The state alone does not tell: a task that is tried again is in
 * APPLY from the first, and may fail at the same change once more.
 */
function keepsUp({ progress }: Task, sinceMillis: number): boolean {
  if (progress?.lagMillis == null) return false;
  return Number(progress.lagMillis) + REPORT_MILLIS < sinceMillis;
}

/** @throws ProviderError when there is none any more. `last`: as it was last seen. */
export async function requireTask(
  client: GatewayClient,
  last: { readonly id: string; readonly kind: TaskKind; readonly status: string },
  signal: AbortSignal,
): Promise<Task> {
  const task = await findTask(client, last.id, signal);
  if (task !== null) return task;
  throw new ProviderError({
    code: 'NOT_FOUND',
    summary: `There is no task ${last.id}`,
    detail: `Somebody else has destroyed it. ${fateOf(last.kind, last)} ${named(last)}`,
  });
}

/** The task as it is now. @throws ProviderError when it is gone. */
export const seenAgain = (
  client: GatewayClient,
  { id, kind, state }: Task,
  signal: AbortSignal,
): Promise<Task> => requireTask(client, { id, kind, status: statusOf[state] }, signal);

async function failedPrecheck(task: Task, { client, signal }: Tries): Promise<ProviderError> {
  const failures = (await failedChecks(client, task.id, signal)).map((check) => `- ${check}`);
  return new ProviderError({
    code: 'PRECHECK_FAILED',
    summary: `The precheck of task "${task.name}" failed`,
    detail: `${failures.join('\n')}\n\nRepair it and apply again. ${named(task)}`,
  });
}

/** What the latest precheck of a task found, in words. */
export async function failedChecks(
  client: GatewayClient,
  taskId: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const items = await precheckItems(client, taskId, signal);
  return items.filter(({ grade }) => grade === 'FAIL').map(describeItem);
}

const failedTask = (task: Task): ProviderError =>
  new ProviderError({
    code: task.errors[0]?.code ?? 'ERROR',
    summary: `Task "${task.name}" stopped at a failure`,
    detail: `${reasonOf(task) ?? 'The service tells no reason.'}\n\nRepair it and apply again: the task goes on from its checkpoint. ${named(task)}`,
  });

const lostTask = (task: Task): ProviderError =>
  new ProviderError({
    code: 'INVALID_STATE',
    summary: `Task "${task.name}" can never run again`,
    detail: `${sentences(`It is ${task.state}.`, reasonOf(task))}\n\n${REPLACE_LOST} ${named(task)}`,
  });

export const interrupted = (task: Task): ProviderError =>
  new ProviderError({
    code: 'INTERRUPTED',
    summary: `The run was interrupted while task "${task.name}" was waited for`,
    detail: `The task is ${task.state} and goes on by itself. Apply again to wait for it. ${named(task)}`,
  });

function lateTask(task: Task, { limit, waitFor, desired }: Goal): OverdueError {
  const wanted = desired === 'running' ? waitFor : desired;
  return new OverdueError({
    code: 'DEADLINE_EXCEEDED',
    summary: `Task "${task.name}" is not ${wanted} within ${limit.millis / 1000} s`,
    detail: `${goesOn(task)}\n\nApply again to wait for it, or raise "timeouts". ${named(task)}`,
  });
}

/** What a task is that needs nobody for its way on, and what it meets there. */
export function goesOn(task: Task): string {
  const phase = task.phase === null ? '' : `, phase ${task.phase}`;
  return sentences(
    `It is ${statusOf[task.state]} (${task.state}${phase}) and goes on by itself.`,
    reasonOf(task),
  );
}

export const named = ({ id }: Pick<Task, 'id'>): string => `Task: ${id}.`;
