import { type Connection, define } from '../connection.ts';
import { checkDuration, millisOf } from '../duration.ts';
import { hasCode } from '../gateway/gateway-error.ts';
import { findTask, operateTask, type Task, tasksNamed } from '../gateway/tasks.ts';
import { checkId } from '../names.ts';
import type { ResourceContext } from '../protocol/contracts/context.ts';
import { ProviderError } from '../protocol/contracts/diagnostics.ts';
import type { Resource } from '../protocol/contracts/resource.ts';
import { sentences } from '../protocol/contracts/sentences.ts';
import { defineSchema } from '../protocol/schema/define.ts';
import { sameValue } from '../protocol/values/fingerprint.ts';
import type { Value } from '../protocol/values/value.ts';
import { findByImportId } from './find-by-import-id.ts';
import { failedChecks } from './task/converge.ts';
import { reasonOf } from './task/status.ts';

const schema = defineSchema({
  description:
    'The cutover of a migration, made once: it waits until the copy is whole and the target keeps up, lets the service apply the rest and create triggers and events, and ends when the task is finished. ' +
    'Stop the writes at the source before, for example by a resource that this one depends on. ' +
    'Applied again, or after it was cut off, it goes on where it was. A destroy undoes nothing: it only removes the record.',
  attributes: {
    id: { type: 'string', computed: true, description: 'Id of the task.' },
    task_id: {
      type: 'string',
      required: true,
      requiresReplace: true,
      check: checkId,
      description: 'The migration to cut over.',
    },
    max_lag_seconds: {
      type: 'number',
      wholeNumber: { min: 0, max: 86_400 },
      optional: true,
      default: 10,
      description:
        'The cutover begins once the target is behind by no more than this, seconds. The default is 10.',
    },
    triggers: {
      type: ['map', 'string'],
      optional: true,
      description:
        'Values whose change asks for the cutover again: the record is replaced, and one that is made already stays made. The first ones, where there were none, are taken down in place.',
    },
    timeouts: {
      nesting: 'single',
      optional: true,
      default: { create: '2h' },
      description: 'How long to wait for the service, as durations such as `90s`, `30m` or `1h30m`.',
      attributes: {
        create: {
          type: 'string',
          optional: true,
          default: '2h',
          check: checkDuration,
          description: 'Until the cutover is made. The default is `2h`.',
        },
      },
    },
    status: { type: 'string', computed: true, description: 'State of the task: `finished`.' },
  },
});

const PAUSE_MILLIS = 500;

const resource: Resource<typeof schema.attributes, Connection> = {
  schema,

  async plan({ planned, prior }, { client, signal }) {
    if (prior !== null) client?.records.keepCutover(prior.task_id);
    else if (client !== undefined && typeof planned.task_id === 'string') {
      await requireMigration(planned.task_id, client, signal);
    }
    return { planned, requiresReplace: asksAgain(planned.triggers, prior?.triggers) ? [['triggers']] : [] };
  },

  async create({ planned }, context) {
    const { task_id: id, max_lag_seconds: lag, triggers, timeouts } = planned as Settings;
    await cutOver(id, { lagMillis: lag * 1000, millis: millisOf(timeouts.create) ?? 0 }, context);
    return { id, task_id: id, max_lag_seconds: lag, triggers, timeouts, status: 'finished' };
  },

  async read(state, { client, signal }) {
    const task = await findTask(client.gateway, state.task_id, signal);
    // A cutover outlives its task; one whose task works again is not made.
    return task === null || task.state === 'COMPLETED' ? { ...state, status: 'finished' } : null;
  },

  async update({ planned, prior }) {
    return { ...(planned as Settings), id: prior.id, status: prior.status };
  },

  async delete({ task_id: id }, { client, diagnostics }) {
    client.records.keepCutover(id);
    diagnostics.warning({
      summary: 'The cutover stays made',
      detail: `Only its record is removed here. Task ${id} is finished, and no data is changed at either end.`,
    });
  },

  async import(text, { client, signal }) {
    const task = await findByImportId(text, {
      what: 'task',
      byId: (known) => findTask(client.gateway, known, signal),
      named: (name) => tasksNamed(client.gateway, name, signal),
    });
    if (task === null) return null;
    if (task.state !== 'COMPLETED') throw notMade(task);
    const { id } = task;
    const timeouts = { create: '2h' };
    return { id, task_id: id, max_lag_seconds: 10, triggers: null, timeouts, status: 'finished' };
  },
};

export const cutover = define.resource(resource);

/** Triggers that an import or the first apply knew nothing of tell of nothing that has happened since. */
const asksAgain = (planned: Value, prior: Value | undefined): boolean =>
  prior != null && !sameValue(schema.attributes.triggers.type, planned, prior);

interface Settings {
  readonly task_id: string;
  readonly max_lag_seconds: number;
  readonly triggers: { readonly [key: string]: string | null } | null;
  readonly timeouts: { readonly create: string };
}

interface Limits {
  readonly lagMillis: number;
  readonly millis: number;
}

async function cutOver(id: string, limits: Limits, context: ResourceContext<Connection>): Promise<void> {
  const { client, signal } = context;
  const { clock } = client.gateway;
  const deadline = clock.now() + limits.millis;
  for (;;) {
    const task = await requireMigration(id, client, signal);
    if (task === 'gone' || task.state === 'COMPLETED') return;
    if (task.state === 'CHECK_FAILED') throw await uncheckedTask(task, context);
    if (hopeless.has(task.state)) throw hopelessTask(task);
    if (isReady(task, limits.lagMillis)) await complete(task, context);
    if (clock.now() >= deadline) throw lateCutover(task, limits);
    await clock.sleep(PAUSE_MILLIS, signal);
  }
}

/** A refusal means that the task fell behind meanwhile: it is waited for again. */
async function complete({ id }: Task, { client, signal }: ResourceContext<Connection>): Promise<void> {
  try {
    await operateTask(client.gateway, 'completeTask', id, signal);
  } catch (error) {
    if (!hasCode(error, 'INVALID_STATE', 'CONFLICT')) throw error;
  }
}

/** How far the target is known to be behind. */
const lagOf = ({ progress }: Pick<Task, 'progress'>): number | undefined =>
  progress?.lagMillis == null ? undefined : Number(progress.lagMillis);

/** Whether the migration can be cut over, and is known to be behind by no more than that. */
export function isReady(task: Pick<Task, 'state' | 'progress'>, lagMillis: number): boolean {
  const lag = lagOf(task);
  return task.state === 'READY_TO_COMPLETE' && lag !== undefined && lag <= lagMillis;
}

/** States that a task does not leave by itself towards its cutover. */
const hopeless: ReadonlySet<string> = new Set([
  'DRAFT',
  'CHECK_PASSED',
  'PAUSED',
  'STOPPING',
  'STOPPED',
  'ERROR',
  'FAILED',
]);

/**
 * The task to cut over; `gone` when a state holds the record that it was, which outlives it.
 * @throws ProviderError NOT_FOUND, or UNSUPPORTED for a synchronization.
 */
async function requireMigration(
  id: string,
  { gateway, records }: Connection,
  signal: AbortSignal,
): Promise<Task | 'gone'> {
  const task = await findTask(gateway, id, signal);
  if (task === null) {
    if (records.hasCutover(id)) return 'gone';
    throw new ProviderError({
      code: 'NOT_FOUND',
      summary: `There is no task ${id} to cut over`,
      detail: `Check whether task ${id} was destroyed, or whether the provider asks another service. Refer to the attribute "id" of the opendts_migration_task that is to be cut over.`,
      path: ['task_id'],
    });
  }
  if (task.kind === 'MIGRATION') return task;
  throw new ProviderError({
    code: 'UNSUPPORTED',
    summary: 'A synchronization has no cutover',
    detail: `Task ${id} goes on until it is stopped. Set desired_status = "stopped" of its opendts_sync_task instead, or use an opendts_migration_task.`,
    path: ['task_id'],
  });
}

/** Its resource wants it to run already: what the precheck found keeps it from that. */
async function uncheckedTask(
  { id, name }: Task,
  { client, signal }: ResourceContext<Connection>,
): Promise<ProviderError> {
  const failures = (await failedChecks(client.gateway, id, signal)).map((check) => `- ${check}`);
  return new ProviderError({
    code: 'PRECHECK_FAILED',
    summary: `The cutover of task "${name}" cannot be made`,
    detail: `The precheck of the task failed, so that it has not begun.\n\n${failures.join('\n')}\n\nRepair it and apply the resource of the task again, which checks anew and starts it; then apply this one. Task: ${id}.`,
    path: ['task_id'],
  });
}

const notMade = ({ id, name, kind, state }: Task): ProviderError =>
  new ProviderError({
    code: 'INVALID_STATE',
    summary: `Task "${name}" is not cut over`,
    detail: `It is a ${kind.toLowerCase()} and ${state}. Only a cutover that is made, whose migration is COMPLETED, can be imported. Remove the import, and an apply of the resource makes the cutover of a migration. Task: ${id}.`,
  });

const hopelessTask = (task: Task): ProviderError =>
  new ProviderError({
    code: task.errors[0]?.code ?? 'INVALID_STATE',
    summary: `The cutover of task "${task.name}" cannot be made`,
    detail: `The task is ${task.state}. ${reasonOf(task) ?? remedyOf(task)}\n\nApply again once the task works. Task: ${task.id}.`,
    path: ['task_id'],
  });

const remedyOf = ({ state }: Task): string =>
  state === 'STOPPING' || state === 'STOPPED'
    ? 'It can never run again: replace its resource by -replace, which copies again.'
    : 'Set desired_status = "running" of its resource.';

const lateCutover = (task: Task, { millis, lagMillis }: Limits): ProviderError =>
  new ProviderError({
    code: 'DEADLINE_EXCEEDED',
    summary: `The cutover of task "${task.name}" is not made within ${millis / 1000} s`,
    detail: `${sentences(`The task is ${task.state} and ${lagOf(task) ?? 'an unknown number of'} ms behind; ${lagMillis} ms are allowed.`, reasonOf(task))}\n\nApply again to go on, or raise timeouts.create or max_lag_seconds. Task: ${task.id}.`,
    path: ['task_id'],
  });
