import { typeOf } from '../../protocol/schema/type-of.ts';
import type { PlannedState } from '../../protocol/schema/values-of.ts';
import { sameValue } from '../../protocol/values/fingerprint.ts';
import type { Value } from '../../protocol/values/value.ts';
import { taskAttributes } from './attributes.ts';
import type { Settings, TaskAttributes, TaskStateValues } from './task-state.ts';

type Planned = PlannedState<TaskAttributes>;

/** What the service does not know of a task: how this configuration deals with it. */
export const settingsOf = (state: Settings): Settings => ({
  desired_status: state.desired_status,
  wait_for: state.wait_for,
  on_wait_failure: state.on_wait_failure,
  deletion_policy: state.deletion_policy,
  timeouts: state.timeouts,
});

const known = ['name', 'source_id', 'target_id', 'databases', 'options'] as const;

/** Whether nothing changes that the service knows of the task. */
export const changesOnlySettings = (prior: TaskStateValues, planned: Planned): boolean =>
  known.every((name) =>
    sameValue(typeOf(taskAttributes[name]), planned[name] as Value, prior[name] as Value),
  );

/** Whether nothing is to be done about the task either: the settings are what a later apply or a destroy goes by. */
export const asksNothing = (prior: TaskStateValues, wanted: TaskStateValues): boolean =>
  changesOnlySettings(prior, wanted) &&
  wanted.status === prior.status &&
  wanted.desired_status === prior.desired_status &&
  wanted.wait_for === prior.wait_for;
