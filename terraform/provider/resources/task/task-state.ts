import type { Task, TaskConfiguration, TaskKind } from '../../gateway/tasks.ts';
import type { Schema } from '../../protocol/schema/attribute.ts';
import type { State } from '../../protocol/schema/values-of.ts';
import type { taskAttributes, waitAttribute } from './attributes.ts';
import { optionsOf, optionsState } from './options.ts';
import { databasesState, selectionOf } from './selection.ts';
import { type DesiredStatus, reasonOf, type Status, statusOf } from './status.ts';

/** The attributes that the resources of both kinds are made with. */
export type TaskAttributes = typeof taskAttributes & {
  readonly wait_for: ReturnType<typeof waitAttribute<readonly ['started', 'incremental', 'finished']>>;
};
export type TaskSchema = Schema<TaskAttributes>;
export type TaskStateValues = State<TaskAttributes>;

/** What a task is to do, once all of it is known. */
export type KnownWork = Pick<TaskStateValues, 'name' | 'source_id' | 'target_id' | 'databases' | 'options'>;

/** What the service does not know of a task: how this configuration deals with it. */
export type Settings = Pick<
  TaskStateValues,
  'desired_status' | 'wait_for' | 'on_wait_failure' | 'deletion_policy' | 'timeouts'
>;

export function stateOf(
  task: Task,
  settings: Settings & Partial<Pick<TaskStateValues, 'databases'>>,
): TaskStateValues {
  return {
    id: task.id,
    name: task.name,
    source_id: task.source?.id ?? '',
    target_id: task.target?.id ?? '',
    databases: databasesState(task.objects.databases, settings.databases ?? null),
    options: optionsState(task.options),
    desired_status: settings.desired_status,
    status: statusOf[task.state],
    status_reason: reasonOf(task),
    wait_for: settings.wait_for,
    on_wait_failure: settings.on_wait_failure,
    deletion_policy: settings.deletion_policy,
    timeouts: settings.timeouts,
  };
}

export const configurationOf = (state: TaskStateValues): TaskConfiguration => ({
  name: state.name,
  sourceId: state.source_id,
  targetId: state.target_id,
  objects: { databases: selectionOf(state.databases) },
  options: optionsOf(state.options),
});

/** Settings of an imported task: the defaults, and what it is now as what it should be. */
export function importedSettings(task: Task): Settings {
  return {
    desired_status: desiredOf[statusOf[task.state]],
    wait_for: 'started',
    on_wait_failure: 'warning',
    deletion_policy: 'stop_and_delete',
    timeouts: { create: '1h', update: '1h', delete: '10m' },
  };
}

const desiredOf: Readonly<Record<Status, DesiredStatus>> = {
  not_started: 'paused',
  running: 'running',
  paused: 'paused',
  stopped: 'stopped',
  finished: 'running',
  failed: 'running',
};

export const resourceTypeOf: Readonly<Record<TaskKind, string>> = {
  MIGRATION: 'opendts_migration_task',
  SYNCHRONIZATION: 'opendts_sync_task',
};
