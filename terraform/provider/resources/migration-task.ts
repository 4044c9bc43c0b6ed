import { type Connection, define } from '../connection.ts';
import type { PlanContext } from '../protocol/contracts/context.ts';
import { defineSchema } from '../protocol/schema/define.ts';
import { taskAttributes, waitAttribute } from './task/attributes.ts';
import { isGone } from './task/finished-task.ts';
import { taskResource } from './task/task-resource.ts';
import type { TaskAttributes, TaskStateValues } from './task/task-state.ts';

const schema = defineSchema({
  description:
    'A migration: it copies databases while they stay in use, follows their changes, and ends with the cutover, which is made by opendts_cutover. ' +
    'A task whose copy is under way is not tainted unless `on_wait_failure` asks for it: what goes wrong is a warning, and the next plan repairs it. ' +
    'An apply that is cut off and run again goes on with the task that it made.',
  attributes: {
    ...taskAttributes,
    wait_for: waitAttribute(
      ['started', 'incremental', 'finished'],
      '`started`: until it works. `incremental`: until the copy is whole and the target keeps up, so that the cutover can be made. `finished`: until somebody else has made the cutover; never use it with an opendts_cutover of this task, which begins only after.',
    ),
  },
});

const resource = taskResource('MIGRATION', schema);

export const migrationTask = define.resource<TaskAttributes>({
  ...resource,
  plan(request, context) {
    keepRecord(request.prior, context);
    return resource.plan?.(request, context) ?? request;
  },
  async read(state, context) {
    const found = await resource.read(state, context);
    keepRecord(found, context);
    return found;
  },
});

/** Of one that is gone and stays in the state: data sources ask for it. */
function keepRecord(state: TaskStateValues | null, { client, privateState }: PlanContext<Connection>): void {
  if (state !== null && isGone(privateState)) client?.records.keepTask(state);
}
